"""A phone begins a new lane in the place of one whose end it does not remember (protocol 9)."""

from __future__ import annotations

from sqlalchemy import select

from server.db import Tx
from server.services import feed, office_events
from server.services.body import optional_text
from server.services.move_book import move_rest
from server.stores.books import as_book, used_numbers
from server.tables import ReceiptBook
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
    _, rest = as_book(old).split(used_numbers(tx.session, tx.branch_id, old.id))
    if rest is not None:
        move_rest(tx, old, rest.from_no, lane_id)
