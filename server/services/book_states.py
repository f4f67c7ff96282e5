"""A receipt book goes out of use: given back, suspended with its phone, lifted, or written off.

Blank slips are controlled forms (重要空白凭证): whoever gives them back and whoever takes them are
named. Numbers that were given back are never issued again, and a slip that bears one all the same
has happened: it is taken in and flagged (sync/flags.py).
"""

from __future__ import annotations

from server.db import Tx, transaction
from server.services import feed, holes, office_events
from server.services.issue_book import lane_of
from server.services.move_book import move_rest
from server.stores.books import as_book, used_numbers
from server.tables import ReceiptBook
from sync.problems import Problem


def return_book(branch_id: str, book_id: str, first_blank: str, *, by: str) -> None:
    """The holder gives the unused rest of a book back to the cashier.

    first_blank  The number behind the last slip that the phone gave. Numbers below it that have
                 not come are open holes until they do.

    Refuses `book_unknown`, `book_out_of_use`, `own_record`, and `first_blank_invalid` for a number
    of another book or one behind which slips are known already.
    """
    with transaction(branch_id, actor=by, cause="return_book") as tx:
        row = _book_of(tx, book_id, "issued", "suspended")
        first = _first_blank(tx, row, first_blank)
        row.state, row.used_to = "returned", first - 1
        body = {
            **_said(row),
            "from_no": first,
            "to_no": row.to_no,
            "given_by": row.holder_id,
            "taken_by": by,
        }
        office_events.record(tx, "book.returned", body, actor=by)
        feed.touch_book(tx, row)
        holes.look_into(tx, [row])


def suspend(tx: Tx, row: ReceiptBook, *, device_id: str, reason: str) -> None:
    """The phone of a book is gone: nobody may use the rest until a cashier has looked into it."""
    row.state = "suspended"
    body = {**_said(row), "state": "suspended", "device": device_id, "reason": reason}
    office_events.record(tx, "book.suspended", body, actor=tx.actor)
    feed.touch_book(tx, row)


def lift_book(branch_id: str, book_id: str, first_blank: str, reason: str, *, by: str) -> None:
    """A suspended book goes on: its blank rest to the phone that its holder has now.

    first_blank  As for `return_book`: what lies below stays with the lost phone.

    Refuses what `return_book` refuses, `book_reason_missing` and `officer_has_no_device`.
    """
    with transaction(branch_id, actor=by, cause="lift_book") as tx:
        row = _book_of(tx, book_id, "suspended")
        first = _first_blank(tx, row, first_blank)
        lane = lane_of(tx.session, branch_id, row.holder_id)
        body = {**_said(row), "state": "lifted", "first_blank": first, "reason": _reason(reason)}
        office_events.record(tx, "book.suspended", body, actor=by)
        if first > row.from_no:
            row.state, row.used_to = "returned", first - 1  # all of what stays with it
        move_rest(tx, row, first, lane.id)
        tx.session.flush()
        holes.look_into(tx, [row])


def write_off_book(branch_id: str, book_id: str, reason: str, *, by: str) -> None:
    """The rest of a suspended book is lost for good: its numbers are void, whoever shows one.

    Refuses `book_unknown`, `book_out_of_use`, `own_record`, `book_reason_missing`.
    """
    with transaction(branch_id, actor=by, cause="write_off_book") as tx:
        row = _book_of(tx, book_id, "suspended")
        row.state = "written_off"
        body = {**_said(row), "state": "written_off", "reason": _reason(reason)}
        office_events.record(tx, "book.suspended", body, actor=by)
        feed.touch_book(tx, row)


def _book_of(tx: Tx, book_id: str, *states: str) -> ReceiptBook:
    """The book, while no push, no count and no other cashier changes what is known of it."""
    office_events.branch_lane(tx)
    row = tx.session.get(ReceiptBook, (tx.branch_id, book_id), with_for_update=True)
    if row is None:
        raise Problem("book_unknown", book=book_id[:40])
    if row.state not in states:
        raise Problem("book_out_of_use", book=book_id)
    if row.holder_id == tx.actor:
        raise Problem("own_record")
    return row


def _first_blank(tx: Tx, row: ReceiptBook, typed: str) -> int:
    book = as_book(row)
    first = book.index(typed.strip().upper())
    known = book.next_number(used_numbers(tx.session, tx.branch_id, row.id))
    if first is None or known is None or first < (book.index(known) or 0):
        raise Problem("first_blank_invalid", receipt_no=known or "—")
    return first


def _reason(typed: str) -> str:
    reason = typed.strip()[: holes.REASON_CHARS]
    if not reason:
        raise Problem("book_reason_missing")
    return reason


def _said(row: ReceiptBook) -> dict[str, object]:
    return {
        "book": row.id,
        "prefix": row.prefix,
        "width": row.width,
        "from_no": row.from_no,
        "to_no": row.to_no,
        "holder": row.holder_id,
    }
