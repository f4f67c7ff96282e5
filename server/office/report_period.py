"""Which days a week's report counts.

Reports follow one another without a gap: the weekend after a sweep belongs to the next report,
so that a receipt of Sunday is in exactly one of them (NV7).
"""

from __future__ import annotations

from datetime import date

from server.office.report_facts import Period
from sync.dates import add_days, parse_date
from sync.problems import Problem

_FRIDAY, _NEXT_MONDAY = 4, 7


def period_of_week(first_day: str) -> Period:
    """Saturday before to Friday of the week that begins on a Monday; written the Monday after.

    Refuses `report_week_invalid` for a day that is no Monday.
    """
    monday = parse_date(first_day)
    if monday.weekday() != 0:
        raise Problem("report_week_invalid", first_day=first_day)
    return Period(
        starts_on=add_days(monday, -2).isoformat(),
        ends_on=add_days(monday, _FRIDAY).isoformat(),
        report_on=add_days(monday, _NEXT_MONDAY).isoformat(),
    )


def monday_of(day: str) -> str:
    """The Monday of the week in which a day lies."""
    read: date = parse_date(day)
    return add_days(read, -read.weekday()).isoformat()
