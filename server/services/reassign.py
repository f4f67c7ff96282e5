"""Hand households from one officer to another (sync-design 2.10).

One transaction and one tick: the history of assignments, the evictions of the former officer, the
rows of the new one (those that did not change included), his stops, and the note that tells him
what may be missing. Whatever the former officer did before he knew is kept and judged by his
anchor; nothing is refused to him.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, transaction
from server.services import feed, office_events, sweep_scope
from server.services.branches import collectors, has_role
from server.services.hand_overs import open_of, phones_to_wait_for
from server.services.withdraw import stops_of_officer, withdraw
from server.tables import Assignment, HandOver, Household, Staff, Stop, Sweep
from sync.canonical import sha256_hex
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """Which households go from whom to whom.

    evict_after_ms  Until then the former officer keeps them beside the new one, so that a route
                    under way is not pulled out under his feet; None: they leave him at once.
    """

    household_ids: tuple[str, ...]
    from_officer_id: str
    to_officer_id: str
    evict_after_ms: int | None = None


def reassign_households(branch_id: str, handing: Handing, *, by: str) -> str:
    """Hand over; the hash of the event.

    Refuses `not_permitted` unless a supervisor does it, `nothing_to_hand_over`, `same_officer`,
    `staff_unknown` for somebody who is no officer, `household_unknown`, `household_not_assigned`.
    """
    with transaction(branch_id, actor=by, cause="reassign") as tx:
        _check(tx.session, branch_id, handing, by)
        body = {
            "households": sorted(set(handing.household_ids)),
            "from_officer": handing.from_officer_id,
            "to_officer": handing.to_officer_id,
            "evict_after": handing.evict_after_ms,
        }
        event_hash = office_events.record(tx, "case.reassigned", body, actor=by)
        _move(tx, handing)
        return event_hash


def _check(session: Session, branch_id: str, handing: Handing, by: str) -> None:
    if not has_role(session, branch_id, by, "supervisor"):
        raise Problem("not_permitted", role="—", roles="supervisor")
    if not handing.household_ids:
        raise Problem("nothing_to_hand_over")
    giver = session.get(Staff, (branch_id, handing.from_officer_id))
    if giver is None:
        raise Problem("staff_unknown", staff=handing.from_officer_id)
    if handing.to_officer_id == handing.from_officer_id:
        raise Problem("same_officer", officer=giver.name)
    if handing.to_officer_id not in collectors(session, branch_id):
        raise Problem("staff_unknown", staff=handing.to_officer_id)
    held = households_of(session, branch_id, handing.from_officer_id)
    for household_id in sorted(set(handing.household_ids) - held):
        if session.get(Household, (branch_id, household_id)) is None:
            raise Problem("household_unknown", household=household_id)
        raise Problem("household_not_assigned", household=household_id, officer=giver.name)


def households_of(session: Session, branch_id: str, officer_id: str) -> set[str]:
    """The households that are with an officer now, without those he only keeps for a while."""
    held = session.scalars(
        select(Assignment.household_id).where(
            Assignment.branch_id == branch_id,
            Assignment.officer_id == officer_id,
            Assignment.to_tick.is_(None),
        )
    )
    kept = session.scalars(
        select(HandOver.household_id).where(
            HandOver.branch_id == branch_id,
            HandOver.from_officer_id == officer_id,
            HandOver.evict_tick.is_(None),
        )
    )
    return set(held) - set(kept)


def _move(tx: Tx, handing: Handing) -> None:
    """Write everything; last what needs the tick that the transaction will take."""
    households = set(handing.household_ids)
    giver, taker = handing.from_officer_id, handing.to_officer_id
    stops = _new_stops(tx, handing)
    is_at_once = (handing.evict_after_ms or 0) <= tx.now_ms
    _cancel_grace(tx, taker, households)
    feed.publish_stops(tx, taker, stops)
    if is_at_once:
        withdraw(tx, giver, households)  # after the rows went to all who hold them: it takes his
    sweep_scope.assign(tx, taker, households, set())
    notes = _notes(tx, handing, is_at_once)
    tx.session.add_all(notes)
    tx.session.flush()
    for row in open_of(tx.session, tx.branch_id, households):
        if row.from_officer_id != taker:
            tx.touch("handover", row.household_id, taker)


def _new_stops(tx: Tx, handing: Handing) -> list[Stop]:
    """The stops of the new officer: on the day of the old one if his sweep has it."""
    today = day_of(tx.now_ms)
    old = {
        stop.household_id: (stop, sweep)
        for stop, sweep in stops_of_officer(tx, handing.from_officer_id, handing.household_ids)
        if sweep.state == "published" and sweep.ends_on >= today
    }
    made: list[Stop] = []
    for household_id in sorted(set(handing.household_ids)):
        stop, sweep = old.get(household_id, (None, None))
        days = (sweep.starts_on, sweep.ends_on) if sweep else (today, today)
        target = _target(tx, handing.to_officer_id, days)
        day = max(stop.day if stop else today, today, target.starts_on)
        made.append(_stop(tx, target, household_id, min(day, target.ends_on)))
    return made


def _target(tx: Tx, officer_id: str, days: tuple[str, str]) -> Sweep:
    """The sweep that takes the stops up: the one he is on, or next goes on, or a new one."""
    today = day_of(tx.now_ms)
    sweep = tx.session.scalars(
        select(Sweep)
        .where(
            Sweep.branch_id == tx.branch_id,
            Sweep.officer_id == officer_id,
            Sweep.state == "published",
            Sweep.ends_on >= today,
        )
        .order_by(Sweep.starts_on, Sweep.id)
        .limit(1)
        .with_for_update()
    ).first()
    if sweep is not None:
        return sweep
    sweep = Sweep(
        branch_id=tx.branch_id,
        id=f"H{days[0].replace('-', '')}-{officer_id}"[:64],
        officer_id=officer_id,
        second_officer_id=None,
        starts_on=days[0],
        ends_on=days[1],
        state="published",
        created_by=tx.actor,
        published_at_ms=tx.now_ms,
    )
    sweep = tx.session.merge(sweep)
    tx.session.flush()
    return sweep


def _stop(tx: Tx, sweep: Sweep, household_id: str, day: str) -> Stop:
    """The household at the end of a day, or where it stands in the sweep already."""
    stop_id = sha256_hex(f"{sweep.id} {household_id}".encode())[:32]
    stop = tx.session.get(Stop, (tx.branch_id, stop_id))
    if stop is None:
        taken = sweep_scope.stops_of(tx.session, tx.branch_id, sweep.id)
        last = max((each.position for each in taken if each.day == day), default=0)
        stop = Stop(
            branch_id=tx.branch_id,
            id=stop_id,
            sweep_id=sweep.id,
            household_id=household_id,
            day=day,
            position=last + 1,
        )
        tx.session.add(stop)
        tx.session.flush()
    return stop


def _cancel_grace(tx: Tx, taker: str, household_ids: Collection[str]) -> None:
    """He gave it away, kept it for a while, and has it back: nothing is taken from him."""
    for row in open_of(tx.session, tx.branch_id, household_ids, lock=True):
        if row.from_officer_id == taker and row.evict_tick is None:
            row.evict_tick, row.settled_at_ms = row.at_tick, tx.now_ms
    tx.session.flush()


def _notes(tx: Tx, handing: Handing, is_at_once: bool) -> list[HandOver]:
    phones = phones_to_wait_for(tx.session, tx.branch_id, handing.from_officer_id, tx.now_ms)
    seen = min((phone.last_seen_at_ms or 0 for phone in phones), default=None)
    tick = sweep_scope.coming_tick(tx)
    is_certain = is_at_once and not phones
    return [
        HandOver(
            branch_id=tx.branch_id,
            household_id=household_id,
            at_tick=tick,
            from_officer_id=handing.from_officer_id,
            to_officer_id=handing.to_officer_id,
            last_seen_at_ms=seen,
            at_ms=tx.now_ms,
            evict_after_ms=handing.evict_after_ms,
            evict_tick=tick if is_at_once else None,
            settled_at_ms=tx.now_ms if is_certain else None,
        )
        for household_id in sorted(set(handing.household_ids))
    ]
