"""The receipt books of a branch: every number used, void, unused or missing (U38)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.staff_names import names
from server.stores.books import as_book
from server.tables import Lane, ReceiptBook, ReceiptRow, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One book with its count of numbers; they sum to `total`.

    used     Given out and applied.        void  Given out and made invalid.
    doubted  Used by a receipt that is to be verified.
    missing  Left out below the highest number used; `explained` of them have been explained.
    """

    id: str
    first: str
    last: str
    total: int
    holder: str
    lane: str
    state: str
    issued_at_ms: int
    issued_by: str
    used: int
    void: int
    doubted: int
    missing: tuple[str, ...]
    explained: tuple[str, ...]

    @property
    def unused(self) -> int:
        """Numbers that nobody has needed yet."""
        return self.total - self.used - self.void - self.doubted - len(self.missing)


def books(branch_id: str) -> list[BookLine]:
    """All books, by prefix and number."""
    with snapshot() as session:
        rows = session.scalars(
            select(ReceiptBook)
            .where(ReceiptBook.branch_id == branch_id)
            .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
        ).all()
        return [_line(session, row) for row in rows]


def _line(session: Session, row: ReceiptBook) -> BookLine:
    who = names(session, row.branch_id)
    states = _states(session, row)
    lane = session.get(Lane, (row.branch_id, row.lane_id)) if row.lane_id else None
    book = as_book(row)
    missing = tuple(book.holes(states))
    count = Counter(states.values())
    return BookLine(
        id=row.id,
        first=book.number(book.from_no),
        last=book.number(book.to_no),
        total=book.to_no - book.from_no + 1,
        holder=who.get(row.holder_id, row.holder_id),
        lane=lane.code if lane else "",
        state=row.state,
        issued_at_ms=row.issued_at_ms,
        issued_by=who.get(row.issued_by, row.issued_by),
        used=count["applied"],
        void=count["voided"],
        doubted=count["quarantined"],
        missing=missing,
        explained=tuple(number for number in missing if _is_explained(session, row, number)),
    )


def _states(session: Session, row: ReceiptBook) -> dict[str, str]:
    """Number of the book -> its state. Of two receipts under one number the valid one counts."""
    receipts = session.execute(
        select(ReceiptRow.receipt_no, ReceiptRow.state)
        .where(ReceiptRow.branch_id == row.branch_id, ReceiptRow.book_id == row.id)
        .order_by(ReceiptRow.state.desc())  # voided, quarantined, applied
    )
    book = as_book(row)
    return {r.receipt_no: r.state for r in receipts if book.contains(r.receipt_no)}


def _is_explained(session: Session, row: ReceiptBook, number: str) -> bool:
    task = session.get(Task, (row.branch_id, f"hole-{number}"))
    return task is not None and task.state == "done"
