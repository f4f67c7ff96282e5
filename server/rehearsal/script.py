"""From a week to what each officer does on each day: pure, in the order in which it is played."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from server.rehearsal.week import Week, WeekHousehold, WeekIntention, WeekNotice, WeekReceipt

DEFAULT_OFFICER = "officer-1"


@dataclass(slots=True, kw_only=True)
class Call:
    """What an officer does about one household on one day. has_visit: he went there."""

    officer: str
    household: WeekHousehold
    has_visit: bool = False
    made: list[WeekNotice] = field(default_factory=list)
    served: list[WeekNotice] = field(default_factory=list)
    unsigned: list[WeekNotice | None] = field(default_factory=list)
    receipts: list[WeekReceipt] = field(default_factory=list)
    intentions: list[WeekIntention] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Day:
    """One day: the calls in order, and the officers whose answer gets lost and is sent again."""

    index: int
    calls: list[Call] = field(default_factory=list)
    retries: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Book:
    """Calls by day, household and officer while the script is written."""

    week: Week
    officers: dict[str, str]
    calls: dict[int, dict[tuple[str, str], Call]] = field(default_factory=lambda: defaultdict(dict))

    def call(self, day: int, household_id: str, officer: str | None = None) -> Call:
        """The call on a day, made when it is first named."""
        who = officer or self.officers.get(household_id, DEFAULT_OFFICER)
        household = self.week.household(household_id)
        return self.calls[day].setdefault(
            (household_id, who), Call(officer=who, household=household)
        )

    def visit(self, day: int, household_id: str, officer: str | None = None) -> Call:
        """A call for which the officer went there."""
        call = self.call(day, household_id, officer)
        call.has_visit = True
        return call


def officers_of(week: Week) -> dict[str, str]:
    """Household -> the officer who has it: whoever takes its cash first, else the first officer."""
    found: dict[str, str] = {}
    for receipt in week.receipts:
        found.setdefault(receipt.household, receipt.collector)
    return {one.id: found.get(one.id, DEFAULT_OFFICER) for one in week.households}


def script_of(week: Week) -> list[Day]:
    """Every day on which something happens, and every sweep day, in order."""
    book = _Book(week, officers_of(week))
    for household in week.households:
        if household.visit_day is not None:
            book.visit(household.visit_day, household.id)
    for notice in week.notices:
        _write_notice(book, notice)
    retries = _write_receipts(book)
    for household in week.households:
        _write_reason(book, household)
    for intention in week.intentions:
        day = _day_of(book, intention.household)
        book.call(day, intention.household).intentions.append(intention)
    days = sorted({*range(len(week.sweep_days)), *book.calls})
    return [
        Day(index=day, calls=list(book.calls[day].values()), retries=retries[day]) for day in days
    ]


def _day_of(book: _Book, household_id: str) -> int:
    """The day on which something without a day of its own happened: the visit, or the first.

    Of a household that nobody visited, the first day of the sweep on which it is named at all.
    """
    visit = book.week.household(household_id).visit_day
    if visit is not None:
        return visit
    sweep = range(len(book.week.sweep_days))
    named = (day for day in sweep for key in book.calls.get(day, ()) if key[0] == household_id)
    return min(named, default=0)


def _write_notice(book: _Book, notice: WeekNotice) -> None:
    """A notice that came back is made when it is served, unless the file says when."""
    if notice.signed_day is None:
        return
    made_day = notice.signed_day if notice.made_day is None else max(0, notice.made_day)
    book.call(made_day, notice.household).made.append(notice)
    book.visit(notice.signed_day, notice.household).served.append(notice)


def _write_reason(book: _Book, household: WeekHousehold) -> None:
    """Why nothing was signed: for each notice that did not come back, and where a reason stands.

    Nobody types a reason for a household that was never visited and has none.
    """
    notices = [one for one in book.week.notices if one.household == household.id]
    unsigned = [one for one in notices if one.signed_day is None]
    if household.unsigned_reason is None and (not unsigned or household.visit_day is None):
        return
    call = book.call(_day_of(book, household.id), household.id)
    call.made += unsigned
    call.unsigned += unsigned or [None]


def _write_receipts(book: _Book) -> dict[int, set[str]]:
    """Receipts on their days; the same upload again is a retry, another content a conflict."""
    retries: dict[int, set[str]] = defaultdict(set)
    first: dict[str, WeekReceipt] = {}
    seen: set[WeekReceipt] = set()
    for receipt in book.week.receipts:
        original = first.setdefault(receipt.client_id, receipt)
        if receipt in seen:
            retries[receipt.day].add(receipt.collector)
            continue
        seen.add(receipt)
        # A conflict comes after what it contradicts, whatever day it claims.
        day = max(receipt.day, original.day)
        book.visit(day, receipt.household, receipt.collector).receipts.append(receipt)
    return retries


def collectors(week: Week) -> list[str]:
    """Every officer of the week, the default one first."""
    named: Iterable[str] = (receipt.collector for receipt in week.receipts)
    return list(dict.fromkeys([DEFAULT_OFFICER, *named]))
