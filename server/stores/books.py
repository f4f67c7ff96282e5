"""Receipt books in the database, and which of them a printed number belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.stores.lanes import with_heirs
from server.tables import ReceiptBook, ReceiptRow
from sync.receipts import Book


def books_of_lane(session: Session, branch_id: str, lane_id: str) -> list[ReceiptBook]:
    """Every book that was ever issued to a lane, whatever its state: numbers stay used.

    Numbers that went to a lane in its place are among them: a phone may have used them before it
    knew that its memory had gone back.
    """
    lanes = with_heirs(branch_id, lane_id)
    return list(
        session.scalars(
            select(ReceiptBook)
            .where(ReceiptBook.branch_id == branch_id, ReceiptBook.lane_id.in_(lanes))
            .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
        )
    )


def book_holding(books: Iterable[ReceiptBook], receipt_no: str) -> ReceiptBook | None:
    """The book among these in which a printed number stands."""
    return next((book for book in books if as_book(book).contains(receipt_no)), None)


def is_given_back(row: ReceiptBook | None, receipt_no: str) -> bool:
    """Was this number among the blank slips that came back with the rest of its book?"""
    if row is None or row.state != "returned" or row.used_to is None:
        return False
    return (as_book(row).index(receipt_no) or 0) > row.used_to


def as_book(row: ReceiptBook) -> Book:
    """The row as the core knows a book."""
    return Book(row.prefix, row.from_no, row.to_no, row.width)


def used_numbers(session: Session, branch_id: str, book_id: str) -> list[str]:
    """The numbers of a book that reached the server, in any state, in order."""
    return list(
        session.scalars(
            select(ReceiptRow.receipt_no)
            .where(ReceiptRow.branch_id == branch_id, ReceiptRow.book_id == book_id)
            .order_by(ReceiptRow.receipt_no)
        )
    )
