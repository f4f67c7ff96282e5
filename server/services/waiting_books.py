"""A receipt book set aside for an officer who has no phone yet.

Its numbers count as taken from then on. The first phone that the officer enrols gets it; until
then no lane can use them.
"""

from __future__ import annotations

from sqlalchemy import select

from server.db import Tx, transaction
from server.services import feed, office_events
from server.tables import ReceiptBook
from sync.problems import Problem
from sync.receipts import Book


def set_aside(branch_id: str, book: Book, *, officer_id: str, by: str) -> str:
    """Set a block of numbers aside for an officer; the id of the book. Refuses `own_record`."""
    if by == officer_id:
        raise Problem("own_record")
    with transaction(branch_id, actor=by, cause="set_aside_book") as tx:
        row = ReceiptBook(
            branch_id=branch_id,
            id=f"{book.number(book.from_no)}-{book.to_no:0{book.width}d}",
            prefix=book.prefix,
            from_no=book.from_no,
            to_no=book.to_no,
            width=book.width,
            lane_id=None,
            holder_id=officer_id,
            state="issued",
            issued_by=by,
            issued_at_ms=tx.now_ms,
        )
        tx.session.add(row)
        _record(tx, row)
        return row.id


def bind_waiting_books(tx: Tx, officer_id: str, lane_id: str) -> None:
    """Give the books that wait for an officer to the lane of the phone he is enrolling."""
    waiting = tx.session.scalars(
        select(ReceiptBook)
        .where(
            ReceiptBook.branch_id == tx.branch_id,
            ReceiptBook.holder_id == officer_id,
            ReceiptBook.lane_id.is_(None),
            ReceiptBook.state == "issued",
        )
        .order_by(ReceiptBook.id)
    )
    for row in waiting:
        row.lane_id = lane_id
        _record(tx, row)
        feed.touch_book(tx, row)


def _record(tx: Tx, row: ReceiptBook) -> None:
    tx.session.flush()
    body = {
        "book": row.id,
        "prefix": row.prefix,
        "from_no": row.from_no,
        "to_no": row.to_no,
        "width": row.width,
        "lane": row.lane_id,
        "holder": row.holder_id,
    }
    office_events.record(tx, "book.issued", body, actor=row.issued_by)
