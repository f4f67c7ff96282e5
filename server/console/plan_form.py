"""From the table of villages and days to the stops of a route."""

from __future__ import annotations

from collections.abc import Mapping

from server.services.list_sweeps import SweepPlan, VillagePlan
from sync.problems import Problem


def stops_of_form(plan: SweepPlan, form: Mapping[str, str]) -> list[tuple[str, str]]:
    """(household, day) in the order of the way.

    day:VILLAGE     The day of a village, '' for none.
    order:VILLAGE   Its place among the villages of that day; by the list if it is empty.
    own:HOUSEHOLD   A household's own day, 'none' to leave it out, '' to go with its village.

    Households that another officer visits in the same days are left out of a whole village.
    """
    days = set(plan.days)
    placed: list[tuple[str, int, int, str]] = []
    for place, village in enumerate(plan.villages):
        village_day = _day(form.get(f"day:{village.key}", ""), days)
        order = _order(form.get(f"order:{village.key}", ""))
        for line in village.households:
            day = _own_day(village, line.id, form.get(f"own:{line.id}", ""), days, village_day)
            if day:
                placed.append((day, order, place, line.id))
    placed.sort(key=lambda item: item[:3])  # households of a village stay in their order
    return [(household_id, day) for day, _, _, household_id in placed]


def _own_day(
    village: VillagePlan, household_id: str, own: str, days: set[str], village_day: str
) -> str:
    if own == "none":
        return ""
    if own:
        return _day(own, days)
    return "" if household_id in village.taken else village_day


def _day(text: str, days: set[str]) -> str:
    if text and text not in days:
        raise Problem("sweep_day_invalid", day=text[:20])
    return text


def _order(text: str) -> int:
    text = text.strip()
    if not text:
        return 1000
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Problem("form_invalid", field="次序", rule="1, 2, 3 …")
    return int(text)
