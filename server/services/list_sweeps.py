"""The sweeps of a branch as the planning pages show them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.look_up import HouseholdLine, all_households
from server.services.plan_sweep import week_of
from server.services.staff_names import names
from server.services.sweep_scope import stops_of, taken_by_others
from server.tables import Sweep
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepLine:
    """One sweep in a list."""

    id: str
    officer: str
    second: str | None
    starts_on: str
    ends_on: str
    state: str
    households: int
    published_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VillagePlan:
    """A village on the planning page: its day, and the households that go their own way.

    key      Id of the village, or 'area:' and an area for households without a village.
    day      The day on which the village is visited, '' if it is not.
    order    Its place among the villages of that day, from 1; 0 if it is not visited.
    own      Household -> its own day, or 'none' for one that is left out.
    taken    Household -> the officer who visits it in the same days.
    """

    key: str
    area: str
    name: str
    households: tuple[HouseholdLine, ...]
    day: str
    order: int
    own: dict[str, str]
    taken: dict[str, str]

    @property
    def principal_fen(self) -> int:
        """Principal of all households here, in fen."""
        return sum(line.principal_fen for line in self.households)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """A sweep with its villages and days."""

    line: SweepLine
    days: tuple[str, ...]
    villages: tuple[VillagePlan, ...]
    count_by_day: dict[str, int]


def sweeps(branch_id: str) -> list[SweepLine]:
    """All sweeps, the newest first."""
    with snapshot() as session:
        rows = session.scalars(
            select(Sweep)
            .where(Sweep.branch_id == branch_id)
            .order_by(Sweep.starts_on.desc(), Sweep.officer_id)
        ).all()
        who = names(session, branch_id)
        return [_line(session, row, who) for row in rows]


def sweep_plan(branch_id: str, sweep_id: str) -> SweepPlan:
    """One sweep for the planning page. Refuses `sweep_unknown`."""
    with snapshot() as session:
        sweep = session.get(Sweep, (branch_id, sweep_id))
        if sweep is None:
            raise Problem("sweep_unknown", sweep=sweep_id)
        stops = stops_of(session, branch_id, sweep_id)
        day_of_household = {stop.household_id: stop.day for stop in stops}
        order = {stop.household_id: (stop.day, stop.position) for stop in stops}
        taken = taken_by_others(session, sweep)
        groups = _groups(all_households(session, branch_id))
        return SweepPlan(
            line=_line(session, sweep, names(session, branch_id)),
            days=tuple(week_of(sweep).days),
            villages=_in_order(
                [_village(key, group, day_of_household, taken) for key, group in groups.items()],
                order,
            ),
            count_by_day=dict(Counter(day_of_household.values())),
        )


def _line(session: Session, row: Sweep, who: dict[str, str]) -> SweepLine:
    second = row.second_officer_id
    return SweepLine(
        id=row.id,
        officer=who.get(row.officer_id, row.officer_id),
        second=who.get(second, second) if second else None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=row.state,
        households=len(stops_of(session, row.branch_id, row.id)),
        published_at_ms=row.published_at_ms,
    )


def _groups(lines: list[HouseholdLine]) -> dict[str, list[HouseholdLine]]:
    groups: dict[str, list[HouseholdLine]] = {}
    for line in lines:
        groups.setdefault(line.village_id or f"area:{line.area}", []).append(line)
    return groups


def _village(
    key: str, group: list[HouseholdLine], days: dict[str, str], taken: dict[str, str]
) -> VillagePlan:
    """The day of a village is the day of most of its households; the others go their own way."""
    planned = Counter(days[line.id] for line in group if line.id in days)
    day = max(sorted(planned), key=lambda day: planned[day], default="")
    own = {
        line.id: days.get(line.id, "none")
        for line in group
        if day and line.id not in taken and days.get(line.id) != day
    }
    return VillagePlan(
        key=key,
        area=group[0].area,
        name=group[0].village or "",
        households=tuple(group),
        day=day,
        order=0,
        own=own,
        taken={line.id: taken[line.id] for line in group if line.id in taken},
    )


def _in_order(
    villages: list[VillagePlan], order: dict[str, tuple[str, int]]
) -> tuple[VillagePlan, ...]:
    """Number the villages of each day by the first of their households on the way."""

    def first(village: VillagePlan) -> int:
        places = [order[line.id] for line in village.households if line.id in order]
        return min((place for day, place in places if day == village.day), default=0)

    numbered = []
    for village in villages:
        before = [
            other
            for other in villages
            if other.day == village.day and first(other) < first(village)
        ]
        numbered.append(replace(village, order=len(before) + 1 if village.day else 0))
    return tuple(numbered)
