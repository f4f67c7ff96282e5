"""Receipt books: a block of numbers on one lane, used in order, each once (R23)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sync.crockford import check_characters
from sync.problems import Problem

# A book of paper slips has 25 to 100 leaves; a block for a phone may be larger.
BOOK_NUMBERS_MAX = 10_000
WIDTH_MAX = 12

_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")


@dataclass(frozen=True, slots=True)
class Book:
    """A block of receipt numbers: prefix SJ, 101 to 150, width 6 is SJ000101 to SJ000150.

    from_no, to_no  First and last number, both in the book.
    width           Digits of a printed number; zeros are put before it.

    Refuses `book_invalid` for a range that is empty, too long or wider than its width.
    """

    prefix: str
    from_no: int
    to_no: int
    width: int

    def __post_init__(self) -> None:
        rule = self._broken_rule()
        if rule:
            raise Problem("book_invalid", rule=rule)

    def _broken_rule(self) -> str | None:
        if not _PREFIX.fullmatch(self.prefix) or self.prefix[-1:].isdigit():
            return "prefix_is_capital_letters"
        if not 1 <= self.width <= WIDTH_MAX:
            return "width"
        if not 1 <= self.from_no <= self.to_no < 10**self.width:
            return "range"
        return "numbers_max" if self.to_no - self.from_no >= BOOK_NUMBERS_MAX else None

    def number(self, n: int) -> str:
        """The n-th number as it is printed. n counts as the book does: from_no to to_no."""
        assert self.from_no <= n <= self.to_no, "the number is in the book"
        return f"{self.prefix}{n:0{self.width}d}"

    def index(self, receipt_no: str) -> int | None:
        """The place of a printed number in this book, or None if it is not of this book."""
        digits = receipt_no.removeprefix(self.prefix)
        if not receipt_no.startswith(self.prefix) or not re.fullmatch(r"[0-9]+", digits):
            return None
        n = int(digits) if len(digits) == self.width else 0
        return n if self.from_no <= n <= self.to_no else None

    def contains(self, receipt_no: str) -> bool:
        """True if the number, written exactly as printed, is in this book."""
        return self.index(receipt_no) is not None

    def next_number(self, used: Iterable[str]) -> str | None:
        """The number after the highest one used, or None if the book is used up.

        A hole is not filled: a number that was left out yesterday must not be given today.
        """
        n = max(self._used(used), default=self.from_no - 1) + 1
        return self.number(n) if n <= self.to_no else None

    def remaining(self, used: Iterable[str]) -> int:
        """How many slips can still be given."""
        return self.to_no - max(self._used(used), default=self.from_no - 1)

    def holes(self, used: Iterable[str], used_to: int | None = None) -> list[str]:
        """Numbers left out below the highest one used, in order. Each must be explained.

        used_to  The last number that its holder says he used: it and all below it are expected.
        """
        taken = self._used(used)
        end = max([self.from_no, *taken, *([] if used_to is None else [used_to + 1])])
        return [self.number(n) for n in range(self.from_no, end) if n not in taken]

    def split(self, used: Iterable[str]) -> tuple[Book | None, Book | None]:
        """The book up to the highest number used, and the book of those after it.

        Either is None if it would be empty. Holes stay in the first: they must be explained there.
        """
        top = max(self._used(used), default=self.from_no - 1)
        kept = replace(self, to_no=top) if top >= self.from_no else None
        return kept, replace(self, from_no=top + 1) if top < self.to_no else None

    def overlaps(self, other: Book) -> bool:
        """True if one printed number would stand in both books."""
        same = (self.prefix, self.width) == (other.prefix, other.width)
        return same and self.from_no <= other.to_no and other.from_no <= self.to_no

    def _used(self, used: Iterable[str]) -> set[int]:
        return {n for no in used if (n := self.index(no)) is not None}


def next_of(books: Iterable[Book], used: Iterable[str]) -> tuple[Book, str] | None:
    """The next slip of a lane: from the first of its books, in the order given, that has one."""
    taken = list(used)
    for book in books:
        number = book.next_number(taken)
        if number is not None:
            return book, number
    return None


def printed_number(receipt_no: str, hash_hex: str) -> str:
    """The number as the customer reads it, with the check characters of its event behind it."""
    return f"{receipt_no}-{check_characters(hash_hex)}"
