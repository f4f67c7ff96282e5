"""Receipt numbers: each of every book used once, void, unused with a holder, or missing (R23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sync.problems import Problem
from sync.receipts import Book
from sync.verify.records import Event
from sync.verify.slips import Slip
from sync.verify.world import World

_ROW = ("prefix", "from_no", "to_no", "width", "lane", "holder", "state", "used_to")
_BOOK_KINDS = ("book.issued", "book.moved", "book.returned", "book.suspended", "device.revoked")


@dataclass(frozen=True, slots=True)
class Held:
    """A book as the events of the office leave it, and whose it is.

    state    issued, suspended, returned or written_off.
    used_to  Once it is out of use: the last number that was given out.
    """

    book: Book
    lane: str | None
    holder: str
    state: str = "issued"
    used_to: int | None = None


def books_of(world: World) -> dict[str, Held]:
    """Book -> its numbers and its holder, by what was issued, moved, given back and suspended."""
    books: dict[str, Held] = {}
    for event in sorted(world.of_kind(*_BOOK_KINDS), key=lambda event: event.seq):
        try:
            _follow(books, event)
        except (KeyError, TypeError, Problem):
            world.findings.broken("body_unreadable", kind=event.kind, **world.where(event))
    return books


def _follow(books: dict[str, Held], event: Event) -> None:
    body = event.body
    if event.kind == "device.revoked":
        for book in body["books"]:
            books[book] = replace(books[book], state="suspended")
    elif event.kind == "book.issued":
        issued = Book(body["prefix"], body["from_no"], body["to_no"], body["width"])
        books[body["book"]] = Held(issued, body["lane"], body["holder"])
    elif event.kind == "book.moved":
        _move(books, event)
    elif event.kind == "book.returned":
        _end(books, body["book"], body["from_no"])
    elif body["state"] != "lifted":
        books[body["book"]] = replace(books[body["book"]], state=body["state"])
    elif body["first_blank"] > body["from_no"]:  # what lies below stays with the lost phone
        _end(books, body["book"], body["first_blank"])


def _move(books: dict[str, Held], event: Event) -> None:
    body, old = event.body, books[event.body["from_book"]]
    if body["book"] == body["from_book"]:
        books[body["book"]] = replace(old, lane=body["lane"], state="issued")
        return
    books[body["from_book"]] = replace(old, book=replace(old.book, to_no=body["from_no"] - 1))
    rest = replace(old.book, from_no=body["from_no"], to_no=body["to_no"])
    books[body["book"]] = Held(rest, body["lane"], body["holder"])


def _end(books: dict[str, Held], book: str, first_blank: int) -> None:
    books[book] = replace(books[book], state="returned", used_to=first_blank - 1)


def _held(held: Held) -> tuple[object, ...]:
    return held.lane, held.holder, held.state, held.used_to


def check_books(world: World, books: Mapping[str, Held]) -> None:
    """The books of the export are those that were issued, number for number."""
    rows = world.once("book", "id", "book")
    for book_id, held in books.items():
        row = rows.pop(book_id, None)
        if row is None:
            world.findings.broken("book_missing", book=book_id)
            continue
        book = held.book
        numbers = [book.prefix, book.from_no, book.to_no, book.width]
        if [row[name] for name in _ROW] != [*numbers, *_held(held)]:
            world.findings.broken("book_wrong", line=row["line"], book=book_id)
    for book_id, row in rows.items():
        world.findings.broken("book_wrong", line=row["line"], book=book_id)


def check_numbers(world: World, slips: Mapping[str, Slip], books: Mapping[str, Held]) -> None:
    """No number twice, none from nowhere, none out of order, and every hole is told."""
    users: defaultdict[str, list[Slip]] = defaultdict(list)
    for slip in slips.values():
        users[slip.number].append(slip)
    heirs = _heirs(world)
    for number, used in users.items():
        _check_use(world, number, used)
        _check_place(world, used[0], books, heirs)
    explained = _explained(world)
    for held in books.values():
        taken = {n for number in users if (n := held.book.index(number)) is not None}
        for number in held.book.holes(users, held.used_to):
            n = held.book.index(number) or 0
            later = [held.book.number(each) for each in taken if each > n]
            is_past = any(slip.counted_by for each in later for slip in users[each])
            if number in explained:
                world.counters["holes_explained"] += 1
            elif is_past:
                world.findings.broken("number_hole", receipt=number, officer=held.holder)
            else:
                world.findings.note("number_hole_open", receipt=number, officer=held.holder)
        _tally(world, held, taken, users)


def _check_use(world: World, number: str, used: list[Slip]) -> None:
    """Of several slips with one number, one counts; the others wait or were settled."""
    counting = [slip for slip in used if slip.event.is_applied]
    for slip in counting[1:]:
        world.findings.broken("number_twice", **world.where(slip.event))
    for slip in used:
        if slip.state == "quarantined":
            world.findings.note("number_in_doubt", **world.where(slip.event))


def _check_place(
    world: World, slip: Slip, books: Mapping[str, Held], heirs: Mapping[str, str]
) -> None:
    """An applied number is in a book of its lane, unless a supervisor said otherwise."""
    event = slip.event
    said = str(event.body.get("receipt_no"))
    if not event.is_applied or (event.latest and "released" in event.latest.flags):
        return
    held = next((held for held in books.values() if held.book.contains(said)), None)
    if held is None:
        world.findings.broken("number_unknown", **world.where(event))
        return
    lane: str | None = event.lane
    while lane is not None and lane != held.lane:
        lane = heirs.get(lane)
    if lane is None:
        world.findings.broken("number_of_another", **world.where(event))


def check_order(world: World, books: Mapping[str, Held]) -> None:
    """On one lane the numbers of a book rise; where they do not, a person should look."""
    last: dict[tuple[str, str], int] = {}
    for event in world.of_kind("cash.receipt"):
        number = event.body.get("receipt_no")
        for book_id, held in books.items():
            n = held.book.index(number) if isinstance(number, str) else None
            if n is None:
                continue
            if n < last.get((event.lane, book_id), 0):
                world.findings.note("number_out_of_order", **world.where(event))
            last[event.lane, book_id] = max(n, last.get((event.lane, book_id), 0))


def _heirs(world: World) -> dict[str, str]:
    """Lane -> the lane that took its place."""
    return {row["replaces"]: row["id"] for row in world.rows["lane"] if row["replaces"]}


def _explained(world: World) -> set[str]:
    """Numbers whose hole was explained to the cashier."""
    found = {str(event.body.get("number")) for event in world.of_kind("book.hole_explained")}
    for event in world.of_kind("cash.counted"):
        holes = event.body.get("holes")
        found |= set(holes) if isinstance(holes, dict) else set()
    return found


def _tally(world: World, held: Held, taken: set[int], users: Mapping[str, list[Slip]]) -> None:
    book = held.book
    void = sum(all(slip.state == "voided" for slip in users[book.number(n)]) for n in taken)
    missing = len(book.holes(users, held.used_to))
    world.counters["numbers_used"] += len(taken) - void
    world.counters["numbers_void"] += void
    world.counters["numbers_missing"] += missing
    world.counters["numbers_unused"] += book.to_no - book.from_no + 1 - len(taken) - missing
