"""One phone, as far as the office can know it: what it says it holds, and what has come (U19).

A phone that is lost holds records that nobody has seen. What it said last of itself (its beacon)
limits the loss: so many records, so much cash, and these receipt numbers may have been given out.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.staff_names import names
from server.stores.books import as_book, books_of_lane
from server.stores.events import is_latest
from server.tables import (
    Beacon,
    CashCount,
    Device,
    EventRow,
    Incident,
    Lane,
    LedgerLeg,
    ReceiptBook,
    ReceiptRow,
    VerdictRow,
)
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """One lane of the phone: how far it is here, and how far the phone said it is.

    missing  Records that the phone had and that are not here, by its last word; at least so many.
    is_even  The phone's last word is exactly what is here.
    """

    code: str
    head_seq: int
    archived_seq: int
    beacon_seq: int | None
    missing: int
    is_even: bool
    closed_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """A receipt book of the phone: which numbers are known to be used, and which may be.

    used_to   The highest number that has come, or None.
    maybe_to  Up to here numbers may have been given out; None if all that were are here.
    """

    first: str
    last: str
    state: str
    used: int
    used_to: str | None
    maybe_from: str | None
    maybe_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """Something that went wrong on the phone, and who has looked at it."""

    id: str
    kind: str
    at_ms: int
    settled_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """All of it.

    said_at_ms   When its last word about itself came; None if it never spoke.
    said_fen     The cash in hand by that word.
    missing      Records known to be on the phone only.
    missing_fen  Of the cash it named, what no record here accounts for.
    kept         Its events that wait for a person, and the cash in them.
    """

    id: str
    officer_id: str
    officer: str
    status: str
    enrolled_at_ms: int
    revoked_at_ms: int | None
    last_seen_at_ms: int | None
    said_at_ms: int | None
    said_fen: int | None
    missing: int
    missing_fen: int
    kept: int
    kept_fen: int
    lanes: tuple[LaneState, ...]
    numbers: tuple[NumberRange, ...]
    incidents: tuple[IncidentLine, ...]


def phone_state(branch_id: str, device_id: str) -> PhoneState:
    """One phone of the branch. Refuses `device_unknown`."""
    with snapshot() as session:
        device = session.get(Device, (branch_id, device_id))
        if device is None:
            raise Problem("device_unknown")
        return state_of(session, device)


def state_of(session: Session, device: Device) -> PhoneState:
    """The same inside a session that is open."""
    rows = _lanes(session, device)
    states = tuple(_lane_state(lane, beacon) for lane, beacon in rows)
    missing = sum(state.missing for state in states)
    said = max((b for _, b in rows if b), key=lambda each: each.received_at_ms, default=None)
    kept, kept_fen = _kept(session, device)
    who = names(session, device.branch_id)
    return PhoneState(
        id=device.id,
        officer_id=device.officer_id,
        officer=who.get(device.officer_id, device.officer_id),
        status=device.status,
        enrolled_at_ms=device.enrolled_at_ms,
        revoked_at_ms=device.revoked_at_ms,
        last_seen_at_ms=device.last_seen_at_ms,
        said_at_ms=said.received_at_ms if said else None,
        said_fen=said.hand_fen if said else None,
        missing=missing,
        missing_fen=_missing_fen(session, device, said) if said and missing else 0,
        kept=kept,
        kept_fen=kept_fen,
        lanes=states,
        numbers=tuple(_numbers(session, device, missing)),
        incidents=tuple(_incidents(session, device, who)),
    )


def _lanes(session: Session, device: Device) -> list[tuple[Lane, Beacon | None]]:
    rows = session.execute(
        select(Lane, Beacon)
        .outerjoin(Beacon, (Beacon.branch_id == Lane.branch_id) & (Beacon.lane_id == Lane.id))
        .where(Lane.branch_id == device.branch_id, Lane.device_id == device.id)
        .order_by(func.length(Lane.code), Lane.code)
    )
    return [(lane, beacon) for lane, beacon in rows]


def _lane_state(lane: Lane, beacon: Beacon | None) -> LaneState:
    return LaneState(
        code=lane.code,
        head_seq=lane.head_seq,
        archived_seq=lane.archived_seq,
        beacon_seq=beacon.head_seq if beacon else None,
        missing=max(0, beacon.head_seq - lane.head_seq) if beacon else 0,
        is_even=beacon is not None and is_even(lane, beacon),
        closed_at_ms=lane.closed_at_ms,
    )


def is_even(lane: Lane, beacon: Beacon) -> bool:
    """Is what the phone said last exactly what is here? By hash: a number alone may be a fork."""
    same = lane.head_hash.startswith(beacon.head_hash)
    return lane.head_seq == beacon.head_seq and same


def _missing_fen(session: Session, device: Device, said: Beacon) -> int:
    """The cash that the phone named, less what its records here put into the hand.

    Both count the same way: receipts less voids of this phone, less all that was counted off its
    officer before the word came.
    """
    lane_ids = select(Lane.id).where(
        Lane.branch_id == device.branch_id, Lane.device_id == device.id
    )
    here = session.scalar(
        select(func.sum(LedgerLeg.amount_fen))
        .join(
            EventRow,
            (EventRow.branch_id == LedgerLeg.branch_id) & (EventRow.hash == LedgerLeg.event_hash),
        )
        .where(
            LedgerLeg.branch_id == device.branch_id,
            LedgerLeg.account == f"hand:{device.officer_id}",
            EventRow.lane_id.in_(lane_ids),
        )
    )
    counted = session.scalar(
        select(func.sum(CashCount.expected_fen)).where(
            CashCount.branch_id == device.branch_id,
            CashCount.officer_id == device.officer_id,
            CashCount.at_ms < said.received_at_ms,
        )
    )
    return said.hand_fen + int(counted or 0) - int(here or 0)


def _kept(session: Session, device: Device) -> tuple[int, int]:
    """Events of its lanes that wait for a person, and the cash of the receipts among them."""
    rows = session.execute(
        select(VerdictRow.event_hash, ReceiptRow.amount_fen)
        .join(
            EventRow,
            (EventRow.branch_id == VerdictRow.branch_id) & (EventRow.hash == VerdictRow.event_hash),
        )
        .join(Lane, (Lane.branch_id == EventRow.branch_id) & (Lane.id == EventRow.lane_id))
        .outerjoin(
            ReceiptRow,
            (ReceiptRow.branch_id == EventRow.branch_id) & (ReceiptRow.event_hash == EventRow.hash),
        )
        .where(
            VerdictRow.branch_id == device.branch_id,
            VerdictRow.verdict.in_(("quarantined", "parked")),
            is_latest(),
            Lane.device_id == device.id,
        )
    ).all()
    return len(rows), sum(row.amount_fen or 0 for row in rows)


def _numbers(session: Session, device: Device, missing: int) -> list[NumberRange]:
    """Of a phone that still works at most so many slips are unknown as records are missing; of one
    that is gone nobody knows what was given out after its last word."""
    unknown = missing if device.status == "active" else None
    lanes = _lanes(session, device)
    books = [book for lane, _ in lanes for book in books_of_lane(session, lane.branch_id, lane.id)]
    return [_range(session, book, unknown) for book in books]


def _range(session: Session, row: ReceiptBook, unknown: int | None) -> NumberRange:
    book = as_book(row)
    used = session.scalars(
        select(ReceiptRow.receipt_no).where(
            ReceiptRow.branch_id == row.branch_id, ReceiptRow.book_id == row.id
        )
    ).all()
    places = {n for number in used if (n := book.index(number)) is not None}
    top = max(places, default=book.from_no - 1)
    maybe = book.to_no if unknown is None else min(book.to_no, top + unknown)
    return NumberRange(
        first=book.number(book.from_no),
        last=book.number(book.to_no),
        state=row.state,
        used=len(places),
        used_to=book.number(top) if places else None,
        maybe_from=book.number(top + 1) if maybe > top else None,
        maybe_to=book.number(maybe) if maybe > top else None,
    )


def _incidents(session: Session, device: Device, who: dict[str, str]) -> list[IncidentLine]:
    rows = session.scalars(
        select(Incident)
        .where(Incident.branch_id == device.branch_id, Incident.device_id == device.id)
        .order_by(Incident.at_ms.desc(), Incident.id)
        .limit(100)
    )
    return [
        IncidentLine(
            id=row.id,
            kind=row.kind,
            at_ms=row.at_ms,
            settled_by=who.get(row.settled_by, row.settled_by) if row.settled_by else None,
        )
        for row in rows
    ]
