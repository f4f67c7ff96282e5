"""Statutory rest days, as far as they follow from the date alone.

Weekends, and the days that 全国年节及纪念日放假办法 (2025) fixes by the solar calendar. Holidays
of the lunar calendar and shifted working days come by yearly notice and are not loaded yet; they
matter only for a period whose last day falls on one of them.
"""

from __future__ import annotations

from datetime import date

SATURDAY = 5
FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_rest_day(day: str) -> bool:
    """Is this day ('YYYY-MM-DD') a rest day by the calendar alone?"""
    on = date.fromisoformat(day)
    return on.weekday() >= SATURDAY or (on.month, on.day) in FIXED
