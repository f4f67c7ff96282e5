"""What must have happened before the account of somebody who leaves may be closed (U32).

Each line is something that only this person, or only this phone, can still put right.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.cash_day import hands
from server.services.phone_state import PhoneState, state_of
from server.stores.events import is_latest
from server.tables import (
    Assignment,
    Attachment,
    Device,
    EventRow,
    ReceiptBook,
    Staff,
    VerdictRow,
)
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One reason why the account must stay open.

    kind   unsent (records on a phone only), unheard (a phone that never said how far it is),
           cash (in hand), books (that can still be used), kept (events that wait for a person),
           photos (promised, not here), phones (not revoked yet), households (still assigned).
    count  How many of them; amount_fen the cash in them, where cash is.
    """

    kind: str
    count: int
    amount_fen: int | None = None


def leaving_blockers(branch_id: str, officer_id: str) -> list[Blocker]:
    """What stands in the way, the weightiest first. An empty list: the account may be closed.

    Refuses `staff_unknown`.
    """
    with snapshot() as session:
        if session.get(Staff, (branch_id, officer_id)) is None:
            raise Problem("staff_unknown", staff=officer_id[:40])
        phones = [state_of(session, device) for device in _devices(session, branch_id, officer_id)]
        found = [
            Blocker(kind="cash", count=1, amount_fen=hands(session, branch_id).get(officer_id, 0)),
            Blocker(
                kind="unsent",
                count=sum(phone.missing for phone in phones),
                amount_fen=sum(phone.missing_fen for phone in phones),
            ),
            *_counts(session, branch_id, officer_id, phones),
        ]
    return [each for each in found if (each.amount_fen if each.kind == "cash" else each.count)]


def _devices(session: Session, branch_id: str, officer_id: str) -> list[Device]:
    rows = session.scalars(
        select(Device)
        .where(Device.branch_id == branch_id, Device.officer_id == officer_id)
        .order_by(Device.enrolled_at_ms)
    )
    return list(rows)


def _counts(
    session: Session, branch_id: str, officer_id: str, phones: list[PhoneState]
) -> list[Blocker]:
    counted = {
        "unheard": sum(phone.said_at_ms is None and _has_recorded(phone) for phone in phones),
        "kept": _count_kept(session, branch_id, officer_id),
        "books": _count_books(session, branch_id, officer_id),
        "photos": _count_photos(session, branch_id, officer_id),
        "households": _count_households(session, branch_id, officer_id),
        "phones": sum(phone.status == "active" for phone in phones),
    }
    return [Blocker(kind=kind, count=count) for kind, count in counted.items()]


def _has_recorded(phone: PhoneState) -> bool:
    """A phone that was enrolled and never used has nothing to say."""
    return any(lane.head_seq for lane in phone.lanes)


def _count_kept(session: Session, branch_id: str, officer_id: str) -> int:
    query = (
        select(func.count())
        .select_from(VerdictRow)
        .join(
            EventRow,
            (EventRow.branch_id == VerdictRow.branch_id) & (EventRow.hash == VerdictRow.event_hash),
        )
        .where(
            VerdictRow.branch_id == branch_id,
            VerdictRow.verdict.in_(("quarantined", "parked")),
            is_latest(),
            EventRow.actor == officer_id,
        )
    )
    return session.scalar(query) or 0


def _count_books(session: Session, branch_id: str, officer_id: str) -> int:
    query = select(func.count()).select_from(ReceiptBook)
    where = (
        ReceiptBook.branch_id == branch_id,
        ReceiptBook.holder_id == officer_id,
        ReceiptBook.state == "issued",
    )
    return session.scalar(query.where(*where)) or 0


def _count_photos(session: Session, branch_id: str, officer_id: str) -> int:
    named = (EventRow.branch_id == Attachment.branch_id) & (EventRow.hash == Attachment.event_hash)
    query = select(func.count()).select_from(Attachment).join(EventRow, named)
    where = (
        Attachment.branch_id == branch_id,
        Attachment.state == "promised",
        EventRow.actor == officer_id,
    )
    return session.scalar(query.where(*where)) or 0


def _count_households(session: Session, branch_id: str, officer_id: str) -> int:
    query = select(func.count()).select_from(Assignment)
    where = (
        Assignment.branch_id == branch_id,
        Assignment.officer_id == officer_id,
        Assignment.to_tick.is_(None),
    )
    return session.scalar(query.where(*where)) or 0
