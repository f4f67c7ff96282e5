"""Postings of the core system against receipts, line by line. Pure: what comes out is decided here
and written elsewhere.

One line has one receipt at most, and one receipt one line. What does not fit is an exception for a
person; a receipt is never changed to make it fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from server.office.core_file import CoreLine
from sync.dates import days_between, parse_date

# A posting without a receipt number belongs to a receipt of so many days before it at most: the
# core system's month is closed by then.
WINDOW_DAYS = 31

# What an exception can be. The last one has no line: it is a receipt that is not posted in time.
KINDS = (
    "line_without_receipt",
    "amount_differs",
    "loan_differs",
    "split_differs",
    "posted_twice",
    "void_posted",
    "doubted_posted",
    "receipt_without_line",
)

# Settling one of these may say: yes, this line is the posting of this receipt.
MAY_BE_TAKEN = ("amount_differs", "loan_differs", "doubted_posted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A receipt as matching needs it, in fen.

    counted_by  Who took its cash over, None while the officer has it.
    posted_on   The day on which a line before said that it was booked.
    """

    event: str
    number: str
    loan: str
    contract_no: str
    amount_fen: int
    parts: tuple[int, ...]
    taken_on: str
    state: str
    posted_on: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """This line is the posting of this receipt."""

    line: CoreLine
    receipt: str


@dataclass(frozen=True, slots=True)
class Odd:
    """A line that a person must look at, with the receipt that it seems to be about."""

    kind: str
    line: CoreLine
    receipt: str | None = None


@dataclass(slots=True)
class Matched:
    """What a file comes to. A split that differs is matched, and odd besides."""

    matches: list[Match] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)


def match_lines(lines: Iterable[CoreLine], receipts: Sequence[Candidate]) -> Matched:
    """Match every line: those with a receipt number first, then by loan, amount and day.

    The order of the file does not matter for lines that have a receipt number; of lines alike
    without one, the earlier posting takes the earlier receipt.
    """
    work = _Matching(receipts)
    ordered = sorted(lines, key=lambda line: (not line.receipt_no, line.posted_on, line.line))
    for line in ordered:
        work.by_number(line) if line.receipt_no else work.by_loan(line)
    work.found.matches.sort(key=lambda match: match.line.line)
    work.found.odd.sort(key=lambda odd: odd.line.line)
    return work.found


class _Matching:
    """One run over a file: which receipts are still free."""

    def __init__(self, receipts: Sequence[Candidate]) -> None:
        self.found = Matched()
        self._receipts = sorted(receipts, key=lambda one: (one.taken_on, one.number, one.event))
        self._posted = {one.event for one in receipts if one.posted_on}

    def by_number(self, line: CoreLine) -> None:
        """The receipt with this number; of two under one number the valid one."""
        named = [one for one in self._receipts if one.number == line.receipt_no]
        named.sort(key=lambda one: one.state != "applied")
        if not named:
            self._odd("line_without_receipt", line)
            return
        receipt = named[0]
        if receipt.state == "voided":
            self._odd("void_posted", line, receipt)
        elif receipt.event in self._posted:
            self._odd("posted_twice", line, receipt)
        elif receipt.state != "applied":
            self._odd("doubted_posted", line, receipt)
        elif not _is_about(line, receipt):
            self._odd("loan_differs", line, receipt)
        elif receipt.amount_fen != line.amount_fen:
            self._odd("amount_differs", line, receipt)
        else:
            self._match(line, receipt)

    def by_loan(self, line: CoreLine) -> None:
        """A receipt of the loan, of the same amount, taken within the window before the posting."""
        near = [one for one in self._receipts if _is_about(line, one) and _in_window(line, one)]
        alike = [one for one in near if one.amount_fen == line.amount_fen]
        free = [one for one in alike if one.state == "applied" and one.event not in self._posted]
        if free:
            free.sort(key=lambda one: line.parts is not None and line.parts != one.parts)
            self._match(line, free[0])
            return
        others = [one for one in near if one.state == "applied" and one.event not in self._posted]
        for kind, rest in (
            ("posted_twice", [one for one in alike if one.event in self._posted]),
            ("void_posted", [one for one in alike if one.state == "voided"]),
            ("doubted_posted", [one for one in alike if one.state == "quarantined"]),
            ("amount_differs", others if len(others) == 1 else []),
        ):
            if rest:
                self._odd(kind, line, rest[0])
                return
        self._odd("line_without_receipt", line)

    def _match(self, line: CoreLine, receipt: Candidate) -> None:
        self._posted.add(receipt.event)
        self.found.matches.append(Match(line, receipt.event))
        if line.parts is not None and line.parts != receipt.parts:
            self._odd("split_differs", line, receipt)

    def _odd(self, kind: str, line: CoreLine, receipt: Candidate | None = None) -> None:
        self.found.odd.append(Odd(kind, line, receipt.event if receipt else None))


def _is_about(line: CoreLine, receipt: Candidate) -> bool:
    """The same loan, as far as the line says which one."""
    if line.loan:
        return line.loan in (receipt.loan, receipt.contract_no)
    return not line.contract_no or line.contract_no == receipt.contract_no


def _in_window(line: CoreLine, receipt: Candidate) -> bool:
    days = days_between(parse_date(receipt.taken_on), parse_date(line.posted_on))
    return 0 <= days <= WINDOW_DAYS
