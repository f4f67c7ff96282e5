"""Cash handed over in person, as the exchange and the office ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.tables import CashHandover, DayClose, EventRow, Lane
from sync.books import Leg
from sync.events import Envelope
from sync.handovers import Handing
from sync.store import Recorded
from sync.time_bounds import day_of


def handed_between(
    session: Session, branch_id: str, slip: Envelope, until: Envelope | None
) -> list[str]:
    """The offers behind a slip in its lane, before a later event: its cash was in them."""
    offers = select(EventRow.hash).where(
        EventRow.branch_id == branch_id,
        EventRow.lane_id == slip.lane,
        EventRow.kind == "custody.handed",
        EventRow.seq > slip.seq,
    )
    if until is not None:
        offers = offers.where(EventRow.seq < until.seq)
    return list(session.scalars(offers))


def open_day(session: Session, branch_id: str, recorded: Recorded) -> str:
    """The true day of an event if it is open still; else the first open one since it came."""
    closed = set(session.scalars(select(DayClose.day).where(DayClose.branch_id == branch_id)))
    if recorded.effective_on not in closed:
        return recorded.effective_on
    day = day_of(recorded.recorded_at_ms)
    while day in closed:
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return day


def value_on(session: Session, branch_id: str, recorded: Recorded, legs: Sequence[Leg]) -> str:
    """The day that a movement bears: the true one, or the first open one if the vault's is shut.

    The branch's own lane is held then, so that no day is shut under it.
    """
    if all(leg.account != "vault" for leg in legs):
        return recorded.effective_on
    own = select(Lane.id).where(Lane.branch_id == branch_id, Lane.device_id.is_(None))
    session.execute(own.with_for_update()).all()
    return open_day(session, branch_id, recorded)


def handings_from(session: Session, branch_id: str, lane_id: str) -> list[Handing]:
    """Every confirmed handover of a lane, and of the lanes into which its cash went on."""
    found: list[Handing] = []
    known: set[str] = set()
    ahead = {lane_id}
    while ahead:
        known |= ahead
        rows = session.scalars(
            select(CashHandover).where(
                CashHandover.branch_id == branch_id,
                CashHandover.lane_id.in_(ahead),
                CashHandover.taken_hash.is_not(None),
            )
        )
        found += (more := [_handing(row) for row in rows])
        ahead = {each.taken_lane for each in more} - known
    return found


def _handing(row: CashHandover) -> Handing:
    assert row.taken_hash and row.taken_lane and row.taken_seq, "it was confirmed"
    return Handing(
        lane=row.lane_id,
        seq=row.seq,
        taken=row.taken_hash,
        taken_lane=row.taken_lane,
        taken_seq=row.taken_seq,
        receiver=None if row.into == "vault" else row.receiver_id,
    )
