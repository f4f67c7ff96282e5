"""By when cash must be handed in: a rule of the branch from a day on, and leave given for once.

[L15] art. 11: income is banked the same day, otherwise when the bank has set it; in remote areas
the next working day, with approval (domain 3.9). The phone asks this too, to warn offline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sync.dates import add_days
from sync.rest_days import is_rest_day

DEADLINES = ("same_day", "next_working_day")


def next_working_day(day: str) -> str:
    """The first day after this one ('YYYY-MM-DD') that is no rest day."""
    following = add_days(date.fromisoformat(day), 1)
    while is_rest_day(following.isoformat()):
        following = add_days(following, 1)
    return following.isoformat()


def rule_on(day: str, rules: Sequence[Mapping[str, str]]) -> str:
    """The rule of a day, out of {"from", "deadline"} in any order; same_day where none is."""
    begun = [rule for rule in rules if rule["from"] <= day]
    return max(begun, key=lambda rule: rule["from"])["deadline"] if begun else "same_day"


def due_on(since: str, rules: Sequence[Mapping[str, str]], until: str | None = None) -> str:
    """The last day on which cash that was taken on a day may be handed in.

    until  The day to which the supervisor has extended it, if he has.
    """
    due = since if rule_on(since, rules) == "same_day" else next_working_day(since)
    return max(due, until or due)
