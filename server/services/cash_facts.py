"""What the cashier's books are made of, from the database: movements, receipts, closed days."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.clock import at_hour, day_of
from server.stores.events import chunks, latest_verdicts
from server.tables import CommitLog, DayClose, EventRow, LedgerLeg, ReceiptRow, VerdictRow
from sync.books import Leg
from sync.cash_reports import COUNTS, Movement, Slip
from sync.dates import add_days, parse_date

# Accounts whose movements the cashier's books show.
_ACCOUNTS = ("vault", "over_short")


@dataclass(frozen=True, slots=True, kw_only=True)
class CashFacts:
    """The facts of a period, and one movement that carries all before it.

    shut  Day -> the instant at which it was closed, in ms.
    """

    movements: tuple[Movement, ...]
    slips: Mapping[str, Slip]
    shut: Mapping[str, int]


def cash_facts(session: Session, branch_id: str, first_day: str) -> CashFacts:
    """Everything that the books of a period from this day on need."""
    shut = session.execute(
        select(DayClose.day, DayClose.at_ms).where(DayClose.branch_id == branch_id)
    )
    movements = _movements(session, branch_id, first_day)
    counts = [one.event for one in movements if one.kind in COUNTS]
    return CashFacts(
        movements=(_before(session, branch_id, first_day), *movements),
        slips=_slips(session, branch_id, first_day, counts),
        shut={row.day: row.at_ms for row in shut},
    )


def slips_of(session: Session, branch_id: str, rows: Iterable[ReceiptRow]) -> dict[str, Slip]:
    """Receipts as the books need them, by the hash of their event."""
    kept = list(rows)
    voided = voided_on(session, branch_id, [row for row in kept if row.state == "voided"])
    return {row.event_hash: _slip(row, voided.get(row.event_hash)) for row in kept}


def voided_on(session: Session, branch_id: str, rows: Iterable[ReceiptRow]) -> dict[str, str]:
    """Event hash of a receipt -> the day on which it became void for the office.

    By the void that names it or, if somebody of the office ruled so, by the verdict.
    """
    hashes = {row.event_hash for row in rows}
    if not hashes:
        return {}
    found = _ruled_on(session, branch_id, hashes)
    voids = session.execute(
        select(EventRow.hash, EventRow.canonical, EventRow.recorded_at_ms)
        .where(EventRow.branch_id == branch_id, EventRow.kind == "cash.void")
        .order_by(EventRow.recorded_at_ms.desc())
    ).all()
    verdicts = latest_verdicts(session, branch_id, [row.hash for row in voids])
    for row in voids:
        target = json.loads(row.canonical)["body"].get("target")
        if target in hashes and verdicts[row.hash].verdict == "applied":
            found[target] = day_of(row.recorded_at_ms)
    return found


def body_of(session: Session, branch_id: str, event_hash: str) -> dict[str, Any]:
    """The body of a stored event."""
    event = session.get_one(EventRow, (branch_id, event_hash))
    body: dict[str, Any] = json.loads(event.canonical)["body"]
    return body


def _ruled_on(session: Session, branch_id: str, hashes: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in chunks(hashes):
        rows = session.execute(
            select(VerdictRow.event_hash, CommitLog.at_ms)
            .join(
                CommitLog,
                (CommitLog.branch_id == VerdictRow.branch_id) & (CommitLog.tick == VerdictRow.tick),
            )
            .where(VerdictRow.branch_id == branch_id, VerdictRow.event_hash.in_(chunk))
            .order_by(VerdictRow.n)
        )
        found |= {row.event_hash: day_of(row.at_ms) for row in rows}
    return found


def _before(session: Session, branch_id: str, first_day: str) -> Movement:
    """All that was booked and recorded before a day, as one movement."""
    rows = session.execute(
        select(LedgerLeg.account, func.sum(LedgerLeg.amount_fen).label("fen"))
        .join(
            EventRow,
            (EventRow.branch_id == LedgerLeg.branch_id) & (EventRow.hash == LedgerLeg.event_hash),
        )
        .where(
            LedgerLeg.branch_id == branch_id,
            LedgerLeg.account.in_(_ACCOUNTS),
            LedgerLeg.value_on < first_day,
            EventRow.recorded_at_ms < at_hour(first_day, 0),
        )
        .group_by(LedgerLeg.account)
    )
    day = add_days(parse_date(first_day), -1).isoformat()
    return Movement(
        event="",
        kind="opening",
        at_ms=0,
        seq=0,
        value_on=day,
        recorded_on=day,
        legs=tuple(Leg(row.account, int(row.fen)) for row in rows),
    )


def _movements(session: Session, branch_id: str, first_day: str) -> list[Movement]:
    """Each event of the cash with all its legs; the legs of another day stand apart."""
    events = session.scalars(
        select(EventRow)
        .join(
            LedgerLeg,
            (LedgerLeg.branch_id == EventRow.branch_id) & (LedgerLeg.event_hash == EventRow.hash),
        )
        .where(
            EventRow.branch_id == branch_id,
            LedgerLeg.account.in_(_ACCOUNTS),
            or_(LedgerLeg.value_on >= first_day, EventRow.recorded_at_ms >= at_hour(first_day, 0)),
        )
        .distinct()
    ).all()
    legs = _legs(session, branch_id, [event.hash for event in events])
    return [
        Movement(
            event=event.hash,
            kind=event.kind,
            at_ms=event.recorded_at_ms,
            seq=event.seq,
            value_on=value_on,
            recorded_on=day_of(event.recorded_at_ms),
            legs=tuple(own),
            body=json.loads(event.canonical)["body"],
        )
        for event in events
        for value_on, own in legs[event.hash].items()
    ]


def _legs(
    session: Session, branch_id: str, hashes: list[str]
) -> dict[str, defaultdict[str, list[Leg]]]:
    """Event hash -> day -> its legs of that day."""
    found: dict[str, defaultdict[str, list[Leg]]] = {one: defaultdict(list) for one in hashes}
    for chunk in chunks(hashes):
        rows = session.scalars(
            select(LedgerLeg)
            .where(LedgerLeg.branch_id == branch_id, LedgerLeg.event_hash.in_(chunk))
            .order_by(LedgerLeg.event_hash, LedgerLeg.leg)
        )
        for row in rows:
            found[row.event_hash][row.value_on].append(Leg(row.account, row.amount_fen))
    return found


def _slips(session: Session, branch_id: str, first_day: str, counts: list[str]) -> dict[str, Slip]:
    """The receipts of these counts, those that arrived since, and all that are void."""
    of_branch = select(ReceiptRow).where(ReceiptRow.branch_id == branch_id)
    rows = session.scalars(
        of_branch.where(
            or_(ReceiptRow.recorded_at_ms >= at_hour(first_day, 0), ReceiptRow.state == "voided")
        )
    ).all()
    found = {row.event_hash: row for row in rows}
    for chunk in chunks(counts):
        counted = session.scalars(of_branch.where(ReceiptRow.counted_by.in_(chunk)))
        found |= {row.event_hash: row for row in counted}
    return slips_of(session, branch_id, found.values())


def _slip(row: ReceiptRow, void_on: str | None) -> Slip:
    return Slip(
        event=row.event_hash,
        number=row.receipt_no,
        officer=row.officer_id,
        loan=row.loan_id,
        household=row.household_id,
        method=row.method,
        state=row.state,
        amount_fen=row.amount_fen,
        parts={
            "principal": row.principal_fen,
            "interest": row.interest_fen,
            "penalty": row.penalty_fen,
            "cost": row.cost_fen,
        },
        taken_on=row.effective_on,
        arrived_on=day_of(row.recorded_at_ms),
        voided_on=void_on,
        counted_by=row.counted_by,
    )
