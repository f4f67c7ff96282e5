"""The cashier gives a numbered block of receipts to an officer's phone (收据领用, R23, U33)."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from server.db import Tx, transaction
from server.services import feed, office_events
from server.services.branches import has_role
from server.stores.books import as_book, used_numbers
from server.tables import Device, Lane, ReceiptBook
from sync.problems import Problem
from sync.receipts import Book

# A phone that has so many slips left needs no second book: blank slips are worth money.
UNUSED_NUMBERS_MAX = 200


def issue_book(branch_id: str, book: Book, *, officer_id: str, by: str) -> str:
    """Issue a block of numbers to the phone of an officer; the id of the book.

    Refuses `book_overlaps` when a number is in any book of the branch, whoever holds it and
    whatever its state; `officer_has_no_device`; `book_unused_left`; `own_record`.
    """
    if by == officer_id:
        raise Problem("own_record")
    with transaction(branch_id, actor=by, cause="issue_book") as tx:
        office_events.branch_lane(tx)  # two cashiers issue one after the other
        if not has_role(tx.session, branch_id, officer_id, "collector"):
            raise Problem("officer_has_no_device", officer=officer_id)
        lane = lane_of(tx.session, branch_id, officer_id)
        _check_overlap(tx.session, branch_id, book)
        _check_unused(tx.session, branch_id, lane.id)
        row = _add(tx, book, lane, officer_id, by)
        feed.touch_book(tx, row)
        return row.id


def lane_of(session: Session, branch_id: str, officer_id: str) -> Lane:
    """The lane of the officer's phone: of the one enrolled last, if there are several.

    A phone that gave up a lane writes the one that took its place. Refuses
    `officer_has_no_device`.
    """
    heir = aliased(Lane)
    is_given_up = exists().where(heir.branch_id == Lane.branch_id, heir.replaces == Lane.id)
    lane = session.scalars(
        select(Lane)
        .join(Device, (Device.branch_id == Lane.branch_id) & (Device.id == Lane.device_id))
        .where(
            Lane.branch_id == branch_id,
            Device.officer_id == officer_id,
            Device.status == "active",
            ~is_given_up,
        )
        .order_by(Device.enrolled_at_ms.desc(), Lane.code.desc())
        .limit(1)
    ).first()
    if lane is None:
        raise Problem("officer_has_no_device", officer=officer_id)
    return lane


def _check_overlap(session: Session, branch_id: str, book: Book) -> None:
    others = session.scalars(
        select(ReceiptBook).where(
            ReceiptBook.branch_id == branch_id, ReceiptBook.prefix == book.prefix
        )
    )
    for row in others:
        other = as_book(row)
        if book.overlaps(other):
            shared = book.number(max(book.from_no, other.from_no))
            raise Problem("book_overlaps", receipt_no=shared)


def _check_unused(session: Session, branch_id: str, lane_id: str) -> None:
    held = session.scalars(
        select(ReceiptBook).where(
            ReceiptBook.branch_id == branch_id,
            ReceiptBook.lane_id == lane_id,
            ReceiptBook.state == "issued",
        )
    )
    unused = sum(as_book(row).remaining(used_numbers(session, branch_id, row.id)) for row in held)
    if unused > UNUSED_NUMBERS_MAX:
        raise Problem("book_unused_left", unused=unused, max=UNUSED_NUMBERS_MAX)


def _add(tx: Tx, book: Book, lane: Lane, officer_id: str, by: str) -> ReceiptBook:
    row = ReceiptBook(
        branch_id=tx.branch_id,
        id=f"{book.number(book.from_no)}-{book.to_no:0{book.width}d}",
        prefix=book.prefix,
        from_no=book.from_no,
        to_no=book.to_no,
        width=book.width,
        lane_id=lane.id,
        holder_id=officer_id,
        state="issued",
        issued_by=by,
        issued_at_ms=tx.now_ms,
    )
    tx.session.add(row)
    tx.session.flush()
    body = {
        "book": row.id,
        "prefix": book.prefix,
        "from_no": book.from_no,
        "to_no": book.to_no,
        "width": book.width,
        "lane": lane.id,
        "holder": officer_id,
    }
    office_events.record(tx, "book.issued", body, actor=by)
    return row
