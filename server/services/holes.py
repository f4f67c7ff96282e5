"""Receipt numbers that were left out: an alarm as soon as a later number is here (R23, U38).

A hole is a number of a book below the highest that reached us, whatever became of that one, which
has not come itself. It is a work item until the number comes or the cashier writes down what
became of it. A number that comes after all is taken in like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, transaction
from server.services import office_events
from server.stores.books import as_book, books_of_lane
from server.tables import ReceiptBook, ReceiptRow, Task
from sync.problems import Problem

KIND = "number_hole"
REASON_CHARS = 200


def look(tx: Tx, slips: Collection[tuple[str, str]]) -> None:
    """Slips came, as (lane, number): their books may have a hole more, or one less."""
    found: dict[str, ReceiptBook] = {}
    for lane in sorted({lane for lane, _ in slips}):
        numbers = [number for of_lane, number in slips if of_lane == lane]
        for row in books_of_lane(tx.session, tx.branch_id, lane):
            book = as_book(row)
            if any(book.contains(number) for number in numbers):
                found[row.id] = row
    look_into(tx, list(found.values()))


def look_into(tx: Tx, books: Sequence[ReceiptBook]) -> None:
    """Open a work item for every hole of these books, and close those whose number has come."""
    used = _used(tx.session, tx.branch_id, books)
    for row in books:
        holes = set(as_book(row).holes(used[row.id], row.used_to))
        tasks = {task.about: task for task in _tasks(tx.session, row)}
        for number in sorted(holes - tasks.keys()):
            tx.session.add(_task(tx, number, "open"))
        for number, task in tasks.items():
            if task.state == "open" and number not in holes:
                task.state = "done"


def open_holes(session: Session, branch_id: str, officer_id: str) -> dict[str, ReceiptBook]:
    """Numbers left out in the officer's books that nobody has explained yet, in order."""
    of_hers = ReceiptBook.holder_id == officer_id
    return {number: row for row, number in _unexplained(session, branch_id, of_hers)}


def explain_hole(branch_id: str, number: str, reason: str, *, by: str) -> None:
    """Write down what became of a number that was left out.

    Refuses `hole_unexplained` without a reason, `hole_unknown` for a number that is not open, and
    `own_record` for a number of one's own book.
    """
    reason = reason.strip()[:REASON_CHARS]
    if not reason:
        raise Problem("hole_unexplained", receipt_no=number)
    with transaction(branch_id, actor=by, cause="explain_hole") as tx:
        office_events.branch_lane(tx)
        found = {each: row for row, each in _unexplained(tx.session, branch_id)}
        if number not in found:
            raise Problem("hole_unknown", receipt_no=number[:40])
        if found[number].holder_id == by:
            raise Problem("own_record")
        explain(tx, found[number], number, reason)


def explain(tx: Tx, book: ReceiptBook, number: str, reason: str) -> None:
    """Close the work item of an open hole with its explanation, in this transaction."""
    body = {"number": number, "book": book.id, "holder": book.holder_id, "reason": reason}
    office_events.record(tx, "book.hole_explained", body, actor=tx.actor)
    task = tx.session.get(Task, (tx.branch_id, _task_id(number)))
    if task is None:
        tx.session.add(_task(tx, number, "done"))
    else:
        task.state = "done"


def _unexplained(
    session: Session, branch_id: str, *where: ColumnElement[bool]
) -> Iterable[tuple[ReceiptBook, str]]:
    """Worked out from the slips, so that a work item nobody opened is not missed."""
    books = session.scalars(
        select(ReceiptBook)
        .where(ReceiptBook.branch_id == branch_id, *where)
        .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
    ).all()
    used = _used(session, branch_id, books)
    for row in books:
        holes = as_book(row).holes(used[row.id], row.used_to)
        done = (
            {task.about for task in _tasks(session, row) if task.state == "done"} if holes else ()
        )
        yield from ((row, number) for number in holes if number not in done)


def _used(
    session: Session, branch_id: str, books: Sequence[ReceiptBook]
) -> defaultdict[str, list[str]]:
    rows = session.execute(
        select(ReceiptRow.book_id, ReceiptRow.receipt_no).where(
            ReceiptRow.branch_id == branch_id, ReceiptRow.book_id.in_([row.id for row in books])
        )
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[str(row.book_id)].append(row.receipt_no)
    return found


def _tasks(session: Session, row: ReceiptBook) -> list[Task]:
    """The work items of a book's numbers. All are of one width, so that text sorts as numbers."""
    book = as_book(row)
    first, last = _task_id(book.number(book.from_no)), _task_id(book.number(book.to_no))
    return list(
        session.scalars(
            select(Task).where(
                Task.branch_id == row.branch_id, Task.id.between(first, last), Task.kind == KIND
            )
        )
    )


def _task(tx: Tx, number: str, state: str) -> Task:
    return Task(
        branch_id=tx.branch_id, id=_task_id(number), kind=KIND, about=number,
        opened_on=day_of(tx.now_ms), state=state,
    )  # fmt: skip


def _task_id(number: str) -> str:
    return f"hole-{number}"
