"""Dates without a clock: 'YYYY-MM-DD' in Asia/Shanghai, and the steps that the law counts in."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from sync.problems import Problem

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_date(text: object) -> bool:
    """True for a real day written exactly 'YYYY-MM-DD', from year 1 on."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse_date(text: str) -> date:
    """The day that was written. Refuses `date_invalid`: no other form, no 30 February."""
    if not is_date(text):
        raise Problem("date_invalid", value=text[:40], rule="YYYY-MM-DD")
    return date.fromisoformat(text)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day if there is none (Civil Code art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The same day of a later year, or the month's end: 29 February becomes 28 February."""
    return add_months(day, 12 * years)


def add_days(day: date, days: int) -> date:
    """A day later, or earlier if negative."""
    return day + timedelta(days=days)


def days_between(earlier: date, later: date) -> int:
    """Whole days from one day to the other: the first is not counted, the last is."""
    return (later - earlier).days
