"""A phone begins a new lane in the place of one whose end it does not remember (protocol 9)."""

from __future__ import annotations

from sqlalchemy import select

from server.db import Tx
from server.services import feed, office_events
from server.services.body import optional_text
from server.stores.books import as_book, used_numbers
from server.tables import ReceiptBook
from sync.receipts import Book
from sync.store import Recorded
from sync.verdicts import Verdict


def on_lane_opened(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Move the numbers that nobody has used to the new lane.

    The old book ends at the highest number that has reached us. Numbers left out below it stay
    holes, to be explained to the cashier; no number is in two books.
    """
    replaced = optional_text(recorded.event.body, "replaces")
    if replaced is None:
        return
    tx.rows.flush()
    office_events.branch_lane(tx)
    books = tx.session.scalars(
        select(ReceiptBook)
        .where(
            ReceiptBook.branch_id == tx.branch_id,
            ReceiptBook.lane_id == replaced,
            ReceiptBook.state == "issued",
        )
        .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
    ).all()
    for book in books:
        _move(tx, book, recorded.event.lane)
    feed.touch_me(tx, recorded.holder)  # books, and the hand over all lanes


def _move(tx: Tx, old: ReceiptBook, lane_id: str) -> None:
    kept, rest = as_book(old).split(used_numbers(tx.session, tx.branch_id, old.id))
    if rest is None:
        return
    moved = old
    if kept is None:
        old.lane_id = lane_id
    else:
        old.to_no = kept.to_no
        moved = _rest(old, rest, lane_id)
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
    office_events.record(tx, "book.moved", body, actor=old.holder_id)


def _rest(old: ReceiptBook, rest: Book, lane_id: str) -> ReceiptBook:
    return ReceiptBook(
        branch_id=old.branch_id,
        id=f"{rest.number(rest.from_no)}-{rest.to_no:0{rest.width}d}",
        prefix=rest.prefix,
        from_no=rest.from_no,
        to_no=rest.to_no,
        width=rest.width,
        lane_id=lane_id,
        holder_id=old.holder_id,
        state=old.state,
        issued_by=old.issued_by,
        issued_at_ms=old.issued_at_ms,
    )
