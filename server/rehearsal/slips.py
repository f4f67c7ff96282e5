"""Which receipt numbers an officer's phone gives: those of the file where a book can hold them.

A phone takes the next number of its books and cannot choose one. So the numbers of the file are
used if, officer by officer, they rise in the order in which the slips are given; the books are the
unbroken runs among them. Otherwise the numbers are the system's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.rehearsal.script import Day
from server.rehearsal.week import WeekReceipt
from sync.receipts import Book

# The cashier gives no second book to a phone that has more blank slips left than this.
NUMBERS_A_BOOK_MAX = 200
OWN_PREFIX, OWN_WIDTH = "SJ", 6

_NUMBER = re.compile(r"([A-Z]{1,8})([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Slips:
    """The books of each officer in the order of use. is_own: the numbers are not the file's."""

    books: dict[str, list[Book]]
    is_own: bool


def first_uploads(days: Iterable[Day]) -> dict[str, list[WeekReceipt]]:
    """Officer -> his slips in the order given; a conflict takes no new number."""
    given: dict[str, list[WeekReceipt]] = {}
    clients: set[str] = set()
    numbers: set[str] = set()
    for day in days:
        for call in day.calls:
            for receipt in call.receipts:
                if receipt.client_id not in clients and receipt.receipt_no not in numbers:
                    given.setdefault(call.officer, []).append(receipt)
                clients.add(receipt.client_id)
                numbers.add(receipt.receipt_no)
    return given


def slips_of(days: Sequence[Day]) -> Slips:
    """The books with which the week can be played."""
    given = first_uploads(days)
    books = {officer: _runs(receipts) for officer, receipts in given.items()}
    if all(found is not None for found in books.values()):
        return Slips({officer: found or [] for officer, found in books.items()}, False)
    return Slips(_own_books(given), True)


def _runs(receipts: Sequence[WeekReceipt]) -> list[Book] | None:
    """The unbroken runs of an officer's numbers, or None if a phone could not give them so."""
    read = [_NUMBER.fullmatch(receipt.receipt_no) for receipt in receipts]
    places = [(m[1], len(m[2]), int(m[2])) for m in read if m is not None]
    rising = all(earlier < later for earlier, later in pairwise(places))
    if len(places) < len(receipts) or not rising or any(number < 1 for *_, number in places):
        return None
    books: list[Book] = []
    for prefix, width, number in places:
        last = books[-1] if books else None
        if last and (last.prefix, last.width, last.to_no + 1) == (prefix, width, number):
            if last.to_no - last.from_no + 1 < NUMBERS_A_BOOK_MAX:
                books[-1] = Book(prefix, last.from_no, number, width)
                continue
        books.append(Book(prefix, number, number, width))
    return books


def _own_books(given: dict[str, list[WeekReceipt]]) -> dict[str, list[Book]]:
    """Books of the system's own, enough for every officer."""
    books: dict[str, list[Book]] = {}
    start = 1
    for officer, receipts in given.items():
        for _ in range(0, len(receipts), NUMBERS_A_BOOK_MAX):
            book = Book(OWN_PREFIX, start, start + NUMBERS_A_BOOK_MAX - 1, OWN_WIDTH)
            books.setdefault(officer, []).append(book)
            start += NUMBERS_A_BOOK_MAX
    return books
