"""Receipts as entries of a register or a recovery sheet, and the numbers that nobody has used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.office.paper_words import Office
from server.office.receipt_papers import Entry
from server.stores.books import as_book
from server.tables import CashCount, Loan, ReceiptBook, ReceiptRow, Task
from sync.receipts import Book


def entries_of_books(session: Session, branch_id: str, office: Office) -> list[Entry]:
    """Every number of every book, by prefix and number; of two receipts under one, both."""
    used = _by_number(session, branch_id, office)
    explained = _explained(session, branch_id)
    found: list[Entry] = []
    for row in _books(session, branch_id):
        book = as_book(row)
        holes = set(book.holes([number for number in used if book.contains(number)]))
        for value in range(row.from_no, row.to_no + 1):
            number = book.number(value)
            state = "explained" if number in explained else "missing"
            if number not in holes:
                state = "unused" if row.state == "issued" else row.state
            blank = Entry(number=number, holder=row.holder_id, state=state)
            found += used.get(number) or [blank]
    return found


def entries_of_no_book(session: Session, branch_id: str, office: Office) -> list[Entry]:
    """The receipts whose number is in no book of the branch."""
    books = [as_book(row) for row in _books(session, branch_id)]
    return [
        entry
        for number, entries in sorted(_by_number(session, branch_id, office).items())
        if not any(book.contains(number) for book in books)
        for entry in entries
    ]


def entries_of_month(
    session: Session, branch_id: str, office: Office, month: str, officer_id: str
) -> list[Entry]:
    """What one collector took in a month by the true dates, whatever its state, by date."""
    rows = session.scalars(
        select(ReceiptRow)
        .where(
            ReceiptRow.branch_id == branch_id,
            ReceiptRow.officer_id == officer_id,
            ReceiptRow.effective_on >= f"{month}-01",
            ReceiptRow.effective_on <= f"{month}-31",
        )
        .order_by(ReceiptRow.effective_on, ReceiptRow.receipt_no, ReceiptRow.event_hash)
    ).all()
    return _entries(session, branch_id, office, rows)


def unused_on(session: Session, branch_id: str, day: str) -> tuple[tuple[str, str, str, int], ...]:
    """(holder, first, last, how many) of the blank numbers of each book at the end of a day."""
    found = []
    for row in _books(session, branch_id):
        if row.state != "issued" or day_of(row.issued_at_ms) > day:
            continue
        arrived = session.execute(
            select(ReceiptRow.receipt_no, ReceiptRow.recorded_at_ms).where(
                ReceiptRow.branch_id == branch_id, ReceiptRow.book_id == row.id
            )
        )
        book = as_book(row)
        _, rest = book.split(
            [one.receipt_no for one in arrived if day_of(one.recorded_at_ms) <= day]
        )
        if rest is not None:
            found.append((row.holder_id, *_ends(rest)))
    return tuple(found)


def _ends(book: Book) -> tuple[str, str, int]:
    return book.number(book.from_no), book.number(book.to_no), book.to_no - book.from_no + 1


def _books(session: Session, branch_id: str) -> list[ReceiptBook]:
    return list(
        session.scalars(
            select(ReceiptBook)
            .where(ReceiptBook.branch_id == branch_id)
            .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
        )
    )


def _by_number(session: Session, branch_id: str, office: Office) -> dict[str, list[Entry]]:
    rows = session.scalars(
        select(ReceiptRow)
        .where(ReceiptRow.branch_id == branch_id)
        .order_by(ReceiptRow.receipt_no, ReceiptRow.recorded_at_ms, ReceiptRow.event_hash)
    ).all()
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in _entries(session, branch_id, office, rows):
        found[entry.number].append(entry)
    return dict(found)


def _entries(
    session: Session, branch_id: str, office: Office, rows: Iterable[ReceiptRow]
) -> list[Entry]:
    counts = session.execute(
        select(CashCount.event_hash, CashCount.day).where(CashCount.branch_id == branch_id)
    )
    counted = {row.event_hash: row.day for row in counts}
    lent = session.execute(select(Loan.id, Loan.loan_on).where(Loan.branch_id == branch_id))
    loan_on = {row.id: row.loan_on for row in lent}
    return [
        Entry(
            number=row.receipt_no,
            holder=row.officer_id,
            state=row.state,
            event=row.event_hash,
            taken_on=row.effective_on,
            household=office.households.get(row.household_id, row.household_id),
            loan=row.loan_id,
            loan_on=loan_on.get(row.loan_id) or "",
            parts=(row.principal_fen, row.interest_fen, row.penalty_fen, row.cost_fen),
            amount_fen=row.amount_fen,
            counted_on=counted.get(row.counted_by or "", ""),
            posted_on=row.posted_on or "",
        )
        for row in rows
    ]


def _explained(session: Session, branch_id: str) -> set[str]:
    return set(
        session.scalars(
            select(Task.about).where(
                Task.branch_id == branch_id, Task.kind == "number_hole", Task.state == "done"
            )
        )
    )
