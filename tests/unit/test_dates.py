"""Dates: the steps the law counts in, against the calendar of the standard library.

Method: hostile spellings, month ends by hand, and 3,000 random days against an independent count.
"""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta

import pytest

from sync.dates import add_days, add_months, add_years, days_between, is_date, parse_date
from sync.problems import Problem


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-11-30", 1, "2025-12-30"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2000-02-29", 12 * 100, "2100-02-28"),
    ],
)
def test_it_ends_on_the_same_day_or_the_month_end(day: str, months: int, then: str) -> None:
    assert add_months(parse_date(day), months).isoformat() == then


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-2-03", "2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "20260203"),
        *("2026-02-03 ", " 2026-02-03", "2026-02-03T00:00", "２０２６-02-03", "2026/02/03"),
        *("-026-02-03", "2026-02-03\n", "2026-W06-2"),
    ],
)
def test_it_refuses_every_other_spelling(text: str) -> None:
    assert not is_date(text)
    with pytest.raises(Problem) as refused:
        parse_date(text)
    assert refused.value.code == "date_invalid"


@pytest.mark.parametrize("value", [None, 20260203, True, [], date(2026, 2, 3)])
def test_it_takes_no_value_that_is_not_text(value: object) -> None:
    assert not is_date(value)


def test_it_agrees_with_the_calendar_on_random_days() -> None:
    source = random.Random(11)
    for _ in range(3000):
        day = date(2000, 1, 1) + timedelta(days=source.randrange(12_000))
        months = source.randrange(300)

        then = add_months(day, months)

        assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
        last = calendar.monthrange(then.year, then.month)[1]
        assert then.day == day.day or (then.day == last and day.day > last)
        assert add_years(day, 3) == add_months(day, 36)
        assert days_between(day, add_days(day, months)) == months
