"""Households that changed hands, and what is uncertain about them until the old phone was here.

The officer who gave a household away may hold a receipt that has not reached us. Whoever took it
over is told so, until every phone of the former officer has synced past the eviction and, by its
own beacon, holds nothing that is not here. Nobody has to do anything: the last such sync settles
it. A phone that was revoked comes no more; for 30 days it is waited for all the same.

Rows are locked before the clock of the branch is, as everywhere: whoever holds the clock waits for
nobody. With grace (`evict_after`) the former officer keeps the household until then. His next sync
after it, or `doorstep tend`, takes it away, whichever is first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import Tx, transaction
from server.services import feed, sweep_scope
from server.services.devices import KnownDevice
from server.services.withdraw import withdraw
from server.stores.events import chunks
from server.tables import Beacon, Device, HandOver, Lane
from sync.problems import Problem

# A revoked phone may still deliver what it holds, but nobody knows when, or if it ever will.
UNSURE_MS = 30 * 24 * 3_600_000


def is_news(session: Session, device: KnownDevice, seen: int | None) -> bool:
    """Does it matter to an open hand-over that this phone was here? One query if there is none.

    seen  The tick up to which the phone has proved to hold the feed, or None.
    """
    rows = _open_from(session, device.branch_id, device.officer_id)
    if not rows:
        return False
    if any(_is_due(row, now_ms()) for row in rows):
        return True
    known = session.get_one(Device, (device.branch_id, device.id)).seen_tick
    past = max(known, seen or 0)
    if any(row.evict_tick is not None and known < row.evict_tick <= past for row in rows):
        return True
    return any(_may_settle(session, row, {device.id: past}, now_ms()) for row in rows)


def take_note(device: KnownDevice, seen: int | None) -> None:
    """Write down what `is_news` has found."""
    branch_id = device.branch_id
    with transaction(branch_id, actor=device.officer_id, cause="hand_over") as tx:
        row = tx.session.get_one(Device, (branch_id, device.id), with_for_update=True)
        row.seen_tick = max(row.seen_tick, seen or 0)
        tx.session.flush()
        _go_on(tx, _open_from(tx.session, branch_id, device.officer_id, lock=True))


def tend_hand_overs(branch_id: str) -> int:
    """End what has come to its end while no phone was here; how many are open still."""
    with transaction(branch_id, actor="system", cause="tend_hand_overs") as tx:
        rows = tx.session.scalars(
            select(HandOver)
            .where(HandOver.branch_id == branch_id, HandOver.settled_at_ms.is_(None))
            .order_by(HandOver.household_id, HandOver.at_tick)
            .with_for_update()
        ).all()
        _go_on(tx, rows)
        return sum(row.settled_at_ms is None for row in rows)


def settle_by_hand(branch_id: str, household_id: str, *, by: str) -> None:
    """The supervisor has asked the former officer: nothing is missing.

    Refuses `hand_over_unknown`, also while the former officer may still keep the household.
    """
    with transaction(branch_id, actor=by, cause="settle_hand_over") as tx:
        found = open_of(tx.session, branch_id, [household_id], lock=True)
        rows = [row for row in found if row.evict_tick is not None]
        if not rows:
            raise Problem("hand_over_unknown", household=household_id)
        _settle(tx, rows)


def open_of(
    session: Session, branch_id: str, household_ids: Collection[str], *, lock: bool = False
) -> list[HandOver]:
    """The open hand-overs of these households, the oldest first."""
    found: list[HandOver] = []
    for chunk in chunks(household_ids):
        rows = (
            select(HandOver)
            .where(
                HandOver.branch_id == branch_id,
                HandOver.household_id.in_(chunk),
                HandOver.settled_at_ms.is_(None),
            )
            .order_by(HandOver.household_id, HandOver.at_tick)
        )
        found += session.scalars(rows.with_for_update() if lock else rows)
    return found


def phones_to_wait_for(session: Session, branch_id: str, officer_id: str, at: int) -> list[Device]:
    """The phones of an officer that may hold something from before an instant (ms UTC)."""
    rows = session.scalars(
        select(Device)
        .where(
            Device.branch_id == branch_id,
            Device.officer_id == officer_id,
            Device.enrolled_at_ms <= at,
            Device.last_seen_at_ms.is_not(None),
        )
        .order_by(Device.id)
    )
    lately = at - UNSURE_MS
    return [row for row in rows if row.status == "active" or (row.last_seen_at_ms or 0) > lately]


def _open_from(
    session: Session, branch_id: str, officer_id: str, *, lock: bool = False
) -> Sequence[HandOver]:
    rows = (
        select(HandOver)
        .where(
            HandOver.branch_id == branch_id,
            HandOver.from_officer_id == officer_id,
            HandOver.settled_at_ms.is_(None),
        )
        .order_by(HandOver.household_id, HandOver.at_tick)
    )
    return session.scalars(rows.with_for_update() if lock else rows).all()


def _is_due(row: HandOver, now: int) -> bool:
    return row.evict_tick is None and (row.evict_after_ms or 0) <= now


def _go_on(tx: Tx, rows: Sequence[HandOver]) -> None:
    """Settle what can be settled, and last take away what was left for a time of grace."""
    _settle(tx, [row for row in rows if _may_settle(tx.session, row, {}, tx.now_ms)])
    due = [row for row in rows if _is_due(row, tx.now_ms)]
    for officer_id in sorted({row.from_officer_id for row in due}):
        end_grace(tx, officer_id, [row for row in due if row.from_officer_id == officer_id])


def end_grace(tx: Tx, officer_id: str, rows: Sequence[HandOver]) -> None:
    """The former officer loses these households now. Called last in its transaction."""
    withdraw(tx, officer_id, [row.household_id for row in rows])
    tick = sweep_scope.coming_tick(tx)
    for row in rows:
        row.evict_tick = tick


def _may_settle(session: Session, row: HandOver, past: dict[str, int], now: int) -> bool:
    """No phone of the former officer can hold something from before that is not here.

    past  Device -> the tick it has proved in this exchange, which is not written yet.
    """
    if row.evict_tick is None:
        return False
    phones = phones_to_wait_for(session, row.branch_id, row.from_officer_id, row.at_ms)
    for phone in phones:
        if phone.status != "active":
            if now - row.at_ms < UNSURE_MS:
                return False
        elif max(phone.seen_tick, past.get(phone.id, 0)) < row.evict_tick:
            return False
        elif _holds_more(session, phone):
            return False
    return True


def _holds_more(session: Session, phone: Device) -> bool:
    """By its own word the phone has recorded events that have not come."""
    missing = session.scalar(
        select(Lane.id)
        .join(Beacon, (Beacon.branch_id == Lane.branch_id) & (Beacon.lane_id == Lane.id))
        .where(
            Lane.branch_id == phone.branch_id,
            Lane.device_id == phone.id,
            Beacon.head_seq > Lane.head_seq,
        )
        .limit(1)
    )
    return missing is not None


def _settle(tx: Tx, rows: Sequence[HandOver]) -> None:
    for row in rows:
        row.settled_at_ms = tx.now_ms
    tx.session.flush()
    households = {row.household_id for row in rows}
    feed.touch_hand_overs(tx, households, open_of(tx.session, tx.branch_id, households))
