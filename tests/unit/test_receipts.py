"""Receipt books, beyond the vectors.

Method: a whole book is used up, with numbers left out at random; every number is accounted for.
"""

from __future__ import annotations

import random

import pytest

from sync.problems import Problem
from sync.receipts import Book, next_of, printed_number

BOOK = Book("SJ", 101, 150, 6)


def test_it_gives_every_number_once_in_order() -> None:
    used: list[str] = []
    while (number := BOOK.next_number(used)) is not None:
        used.append(number)

    assert used == [f"SJ{n:06d}" for n in range(101, 151)]
    assert BOOK.remaining(used) == 0 and BOOK.holes(used) == []


def test_it_accounts_for_every_number_of_a_book_used_badly() -> None:
    source = random.Random(9)
    for _ in range(300):
        used = [BOOK.number(n) for n in range(101, 151) if source.random() < 0.7]
        source.shuffle(used)

        assert len(used) + len(BOOK.holes(used)) + BOOK.remaining(used) == 50
        assert not set(used) & set(BOOK.holes(used))


def test_it_takes_a_number_used_twice_for_one() -> None:
    assert BOOK.next_number(["SJ000101", "SJ000101"]) == "SJ000102"


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (Book("SJ", 150, 160, 6), True),
        (Book("SJ", 90, 101, 6), True),
        (Book("SJ", 120, 130, 6), True),
        (Book("SJ", 151, 160, 6), False),
        (Book("SJ", 90, 100, 6), False),
        (Book("SX", 101, 150, 6), False),
        (Book("SJ", 101, 150, 7), False),
    ],
)
def test_it_sees_when_two_books_share_a_number(other: Book, overlaps: bool) -> None:
    assert BOOK.overlaps(other) is other.overlaps(BOOK) is overlaps
    shared = {BOOK.number(n) for n in range(101, 151)} & {
        other.number(n) for n in range(other.from_no, other.to_no + 1)
    }
    assert bool(shared) is overlaps


@pytest.mark.parametrize(
    ("book", "rule"),
    [
        (("SJ", 5, 4, 6), "range"),
        (("SJ", 0, 4, 6), "range"),
        (("SJ", 1, 1000, 3), "range"),
        (("SJ", 1, 2, 0), "width"),
        (("SJ", 1, 2, 13), "width"),
        (("SJ", 1, 10_001, 6), "numbers_max"),
        (("sj", 1, 2, 6), "prefix_is_capital_letters"),
        (("SJ1", 1, 2, 6), "prefix_is_capital_letters"),
        (("", 1, 2, 6), "prefix_is_capital_letters"),
        (("S-J", 1, 2, 6), "prefix_is_capital_letters"),
    ],
)
def test_it_refuses_a_book_that_is_none(book: tuple[str, int, int, int], rule: str) -> None:
    with pytest.raises(Problem) as refused:
        Book(*book)

    assert refused.value.details["rule"] == rule


def test_it_goes_on_to_the_next_book() -> None:
    after = Book("SJ", 201, 202, 6)

    assert next_of([BOOK, after], ["SJ000150"]) == (after, "SJ000201")
    assert next_of([BOOK, after], ["SJ000150", "SJ000202"]) is None


def test_it_gives_no_number_out_of_the_book() -> None:
    with pytest.raises(AssertionError):
        BOOK.number(151)


def test_it_prints_check_characters_behind_the_number() -> None:
    assert printed_number("SJ000101", "fffff" + "0" * 59) == "SJ000101-ZZZZ"
