"""The receipt books of a branch: every number used, void, unused or missing (U38)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services import holes
from server.services.staff_names import names
from server.stores.books import as_book, is_given_back
from server.tables import EventRow, Lane, ReceiptBook, ReceiptRow, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One book with its count of numbers; used, void, doubted, missing and rest sum to `total`.

    used       Given out and applied.        void  Given out and made invalid.
    doubted    Used by a receipt that is to be verified.
    missing    Left out below the highest number used.
    explained  Number -> what became of it, of the missing ones that were explained.
    came_back  Numbers that were explained as lost, or given back blank, and were used after all.
    first_blank  The first number that nobody has used as far as is known; None if there is none.
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
    explained: Mapping[str, str]
    came_back: tuple[str, ...]
    first_blank: str | None

    @property
    def rest(self) -> int:
        """Numbers behind the last one used: unused, returned, suspended or written off."""
        return self.total - self.used - self.void - self.doubted - len(self.missing)

    @property
    def unused(self) -> int:
        """Numbers that nobody has needed yet and that their holder may still use."""
        return self.rest if self.state == "issued" else 0

    @property
    def open_holes(self) -> tuple[str, ...]:
        """The missing numbers that nobody has explained."""
        return tuple(number for number in self.missing if number not in self.explained)


def books(branch_id: str) -> list[BookLine]:
    """All books, by prefix and number."""
    with snapshot() as session:
        rows = session.scalars(
            select(ReceiptBook)
            .where(ReceiptBook.branch_id == branch_id)
            .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
        ).all()
        told = _Told(_reasons(session, branch_id), _done(session, branch_id))
        return [_line(session, row, told) for row in rows]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was written about numbers left out, and which are settled."""

    reasons: Mapping[str, str]
    done: frozenset[str]


def _line(session: Session, row: ReceiptBook, told: _Told) -> BookLine:
    who = names(session, row.branch_id)
    states = _states(session, row)
    lane = session.get(Lane, (row.branch_id, row.lane_id)) if row.lane_id else None
    book = as_book(row)
    missing = tuple(book.holes(states, row.used_to))
    given_back = [number for number in states if is_given_back(row, number)]
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
        explained={no: told.reasons.get(no, "") for no in missing if no in told.done},
        came_back=tuple(sorted({*given_back, *(states.keys() & told.reasons.keys())})),
        first_blank=book.next_number(states),
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


def _reasons(session: Session, branch_id: str) -> dict[str, str]:
    """Number left out -> what the cashier wrote about it."""
    events = session.scalars(
        select(EventRow.canonical)
        .where(EventRow.branch_id == branch_id, EventRow.kind == "book.hole_explained")
        .order_by(EventRow.recorded_at_ms)
    )
    bodies = [json.loads(raw)["body"] for raw in events]
    return {body["number"]: body["reason"] for body in bodies}


def _done(session: Session, branch_id: str) -> frozenset[str]:
    tasks = session.scalars(
        select(Task.about).where(
            Task.branch_id == branch_id, Task.kind == holes.KIND, Task.state == "done"
        )
    )
    return frozenset(tasks)
