"""The planning table as a form: which households, on which day, in which order.

Method: two villages of two households; the form is a plain mapping.
"""

from __future__ import annotations

import pytest

from server.console.plan_form import stops_of_form
from server.services.list_sweeps import SweepLine, SweepPlan, VillagePlan
from server.services.look_up import HouseholdLine
from sync.problems import Problem

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def household(household_id: str) -> HouseholdLine:
    return HouseholdLine(
        id=household_id,
        name=household_id,
        kind="FARM_HOUSEHOLD",
        area="涡水镇",
        village_id="V",
        village="马头冲",
        natural_village=None,
        phone=None,
        loans=1,
        principal_fen=1000_00,
        owed_fen=1000_00,
    )


def village(key: str, *ids: str, taken: dict[str, str] | None = None) -> VillagePlan:
    return VillagePlan(
        key=key,
        area="涡水镇",
        name=key,
        households=tuple(household(one) for one in ids),
        day="",
        order=0,
        own={},
        taken=taken or {},
    )


def plan(*villages: VillagePlan) -> SweepPlan:
    line = SweepLine(
        id="S",
        officer="李薇",
        second=None,
        starts_on=MONDAY,
        ends_on=TUESDAY,
        state="draft",
        households=0,
        published_at_ms=None,
    )
    return SweepPlan(line=line, days=(MONDAY, TUESDAY), villages=villages, count_by_day={})


PLAN = plan(village("V1", "W1", "W2"), village("V2", "W3", "W4"))


def test_it_takes_whole_villages_in_the_order_of_the_list() -> None:
    stops = stops_of_form(PLAN, {"day:V1": MONDAY, "day:V2": MONDAY})

    assert stops == [("W1", MONDAY), ("W2", MONDAY), ("W3", MONDAY), ("W4", MONDAY)]


def test_it_takes_the_order_that_was_typed() -> None:
    form = {"day:V1": MONDAY, "day:V2": MONDAY, "order:V1": "2", "order:V2": "1"}

    assert [one for one, _ in stops_of_form(PLAN, form)] == ["W3", "W4", "W1", "W2"]


def test_it_lets_single_households_go_their_own_way() -> None:
    form = {"day:V1": MONDAY, "own:W1": TUESDAY, "own:W2": "none", "own:W3": TUESDAY}

    assert stops_of_form(PLAN, form) == [("W1", TUESDAY), ("W3", TUESDAY)]


def test_it_leaves_out_households_that_another_officer_visits() -> None:
    taken = plan(village("V1", "W1", "W2", taken={"W2": "张敏"}))

    assert stops_of_form(taken, {"day:V1": MONDAY}) == [("W1", MONDAY)]


def test_it_refuses_a_day_outside_the_sweep() -> None:
    with pytest.raises(Problem, match="sweep_day_invalid"):
        stops_of_form(PLAN, {"day:V1": "2026-03-09"})


def test_it_refuses_an_order_that_is_no_number() -> None:
    with pytest.raises(Problem, match="form_invalid"):
        stops_of_form(PLAN, {"day:V1": MONDAY, "order:V1": "first"})
