"""The rest of a receipt book goes to another lane of the same officer."""

from __future__ import annotations

from dataclasses import replace

from server.db import Tx
from server.services import feed, office_events
from server.stores.books import as_book
from server.tables import ReceiptBook
from sync.receipts import Book


def move_rest(tx: Tx, old: ReceiptBook, from_no: int, lane_id: str) -> ReceiptBook:
    """Move the numbers from `from_no` on to a lane that may use them; no number is in two books.

    What lies below stays with the old book, which ends there.
    """
    rest = replace(as_book(old), from_no=from_no)
    moved = old
    if from_no == old.from_no:
        old.lane_id, old.state = lane_id, "issued"
    else:
        old.to_no = from_no - 1
        moved = _row(old, rest, lane_id)
        tx.session.add(moved)
    feed.touch_book(tx, old)
    feed.touch_book(tx, moved)
    body = {
        "from_book": old.id,
        "book": moved.id,
        "from_no": rest.from_no,
        "to_no": rest.to_no,
        "lane": lane_id,
        "holder": old.holder_id,
    }
    office_events.record(tx, "book.moved", body, actor=tx.actor)
    return moved


def _row(old: ReceiptBook, rest: Book, lane_id: str) -> ReceiptBook:
    return ReceiptBook(
        branch_id=old.branch_id,
        id=f"{rest.number(rest.from_no)}-{rest.to_no:0{rest.width}d}",
        prefix=rest.prefix,
        from_no=rest.from_no,
        to_no=rest.to_no,
        width=rest.width,
        lane_id=lane_id,
        holder_id=old.holder_id,
        state="issued",
        issued_by=old.issued_by,
        issued_at_ms=old.issued_at_ms,
    )
