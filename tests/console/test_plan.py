"""Planning and publishing a sweep: the page, the feed, and what a change takes off the phone.

Method: Chen Jie fills in the table of villages and days; Li Wei's phone shows what arrives.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.tables import Assignment, EventRow, Stop, Sweep, Village
from sync.problems import Problem
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank

MONDAY, TUESDAY, FRIDAY = "2026-03-02", "2026-03-03", "2026-03-06"
SWEEP = f"S20260302-{LI_WEI}"
NEW = {"officer": LI_WEI, "second": ZHANG_MIN, "starts_on": MONDAY, "ends_on": FRIDAY}


def week(officer_id: str = LI_WEI, first: str = MONDAY, last: str = FRIDAY) -> Week:
    return Week(officer_id=officer_id, second_officer_id=None, starts_on=first, ends_on=last)


def key(bank: Bank, name: str) -> str:
    """The key of a village in the form."""
    return next(str(row.id) for row in bank.rows(Village) if row.name == name)


def held(phone: Any, etype: str) -> set[str]:
    """The ids of the rows of a kind on the phone."""
    return {eid for kind, eid in phone.rows if kind == etype}


def test_it_plans_by_village_and_day_and_publishes(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    begun = chen_jie.post("/plan", NEW)
    form = {
        f"day:{key(bank, '马头冲')}": TUESDAY,
        f"day:{key(bank, '黄家冲')}": MONDAY,
        "own:W4": TUESDAY,
        "do": "publish",
    }

    answer = chen_jie.post(f"/plan/{SWEEP}", form)
    phone.sync(bank.send)

    assert begun.headers["Location"].endswith(f"/plan/{SWEEP}")
    assert answer.status_code == 302
    stops = {(row.household_id, row.day, row.position) for row in bank.rows(Stop)}
    assert stops == {
        ("W3", MONDAY, 1),
        ("W1", TUESDAY, 1),
        ("W2", TUESDAY, 2),
        ("W4", TUESDAY, 3),
    }
    assert held(phone, "household") == {"W1", "W2", "W3", "W4"}
    assert held(phone, "loan") == {"L-W1", "L-W2", "L-W3", "L-W4"}
    assert len(held(phone, "village")) == 2 and len(held(phone, "stop")) == 4
    page = words(chen_jie.get(f"/plan/{SWEEP}?done=published"))
    assert "已发布：手机下次同步时收到" in page and "4 户" in page


def test_it_keeps_a_draft_off_the_phone(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    chen_jie.post("/plan", NEW)
    chen_jie.post(f"/plan/{SWEEP}", {f"day:{key(bank, '马头冲')}": MONDAY, "do": "save"})
    phone.sync(bank.send)

    assert held(phone, "household") == set()
    assert bank.rows(Sweep)[0].state == "draft"


def test_it_shows_the_route_as_it_was_saved(bank: Bank, chen_jie: Visitor) -> None:
    chen_jie.post("/plan", NEW)
    village = key(bank, "马头冲")
    chen_jie.post(f"/plan/{SWEEP}", {f"day:{village}": MONDAY, "own:W2": "none", "do": "save"})

    page = chen_jie.get(f"/plan/{SWEEP}").text

    assert f'name="day:{village}" value="{MONDAY}" checked' in page
    assert '<option value="none" selected>' in page


def test_it_takes_off_the_phone_what_a_change_leaves_out(each_bank: Bank) -> None:
    bank = each_bank
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W3"])
    phone.sync(bank.send)

    with bank.app.app_context():
        plan_stops(BRANCH, SWEEP, [("W1", TUESDAY), ("W2", MONDAY)], by=CHEN_JIE)
    phone.sync(bank.send)

    assert held(phone, "household") == {"W1", "W2"}
    assert held(phone, "loan") == {"L-W1", "L-W2"}
    assert held(phone, "village") == {key(bank, "马头冲")}
    days = {row["row"]["household_id"]: row["row"]["day"] for (kind, _), row in phone.rows.items()
            if kind == "stop"}  # fmt: skip
    assert days == {"W1": TUESDAY, "W2": MONDAY}
    assert phone.incidents == []
    assert len([row for row in bank.rows(EventRow) if row.kind == "sweep.published"]) == 2


def test_it_writes_who_had_a_household_from_which_tick(each_bank: Bank) -> None:
    bank = each_bank
    bank.publish(LI_WEI, ["W1", "W3"])
    with bank.app.app_context():
        plan_stops(BRANCH, SWEEP, [("W1", MONDAY)], by=CHEN_JIE)

    rows = {row.household_id: (row.from_tick, row.to_tick) for row in bank.rows(Assignment)}

    first, second = rows["W3"]
    assert rows["W1"] == (first, None)
    assert second is not None and second > first
    published = [row for row in bank.rows(EventRow) if row.kind == "sweep.published"]
    assert len(published) == 2


def test_it_clears_the_last_sweep_when_the_next_is_published(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W3"])
    phone.sync(bank.send)
    bank.clock.pass_minutes(6 * 24 * 60)  # Sunday

    with bank.app.app_context():
        sweep = draft_sweep(BRANCH, week(first="2026-03-09", last="2026-03-13"), by=CHEN_JIE)
        plan_stops(BRANCH, sweep, [("W3", "2026-03-09"), ("W4", "2026-03-09")], by=CHEN_JIE)
        publish_sweep(BRANCH, sweep, by=CHEN_JIE)
    phone.sync(bank.send)

    assert held(phone, "household") == {"W3", "W4"}
    assert len(held(phone, "stop")) == 2


def test_it_refuses_overlapping_sweeps_of_one_officer(bank: Bank, chen_jie: Visitor) -> None:
    bank.publish(LI_WEI, ["W1"])

    answer = chen_jie.post("/plan", {**NEW, "starts_on": FRIDAY, "ends_on": "2026-03-09"})

    assert answer.status_code == 409
    assert "李薇 在 2026-03-02 至 2026-03-06 已有下乡任务" in words(answer)


def test_it_refuses_a_second_draft_that_overlaps_when_it_is_published(bank: Bank) -> None:
    with bank.app.app_context():
        later = draft_sweep(BRANCH, week(first=FRIDAY, last="2026-03-07"), by=CHEN_JIE)
        plan_stops(BRANCH, later, [("W4", FRIDAY)], by=CHEN_JIE)
    bank.publish(LI_WEI, ["W1"])

    with bank.app.app_context(), pytest.raises(Problem, match="sweep_overlaps"):
        publish_sweep(BRANCH, later, by=CHEN_JIE)


def test_it_gives_no_household_to_two_officers_in_the_same_days(
    bank: Bank, chen_jie: Visitor
) -> None:
    bank.publish(LI_WEI, ["W1"])
    chen_jie.post("/plan", {**NEW, "officer": ZHANG_MIN, "second": ""})
    sweep = f"S20260302-{ZHANG_MIN}"

    page = chen_jie.get(f"/plan/{sweep}")
    chen_jie.post(f"/plan/{sweep}", {f"day:{key(bank, '马头冲')}": MONDAY, "do": "publish"})

    assert "同期归 李薇" in words(page)
    mine = {row.household_id for row in bank.rows(Stop) if row.sweep_id == sweep}
    assert mine == {"W2"}
    with bank.app.app_context(), pytest.raises(Problem, match="household_assigned"):
        plan_stops(BRANCH, sweep, [("W1", MONDAY)], by=CHEN_JIE)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"officer": "nobody"}, 404),
        ({"officer": "cashier-1"}, 404),
        ({"second": LI_WEI}, 422),
        ({"ends_on": "2026-03-01"}, 422),
        ({"ends_on": "2026-03-09"}, 422),
        ({"starts_on": "2026-02-30"}, 422),
    ],
)
def test_it_refuses_a_sweep_that_cannot_be(
    bank: Bank, chen_jie: Visitor, change: dict[str, str], status: int
) -> None:
    assert chen_jie.post("/plan", {**NEW, **change}).status_code == status
    assert bank.rows(Sweep) == []


def test_it_publishes_no_empty_sweep(bank: Bank, chen_jie: Visitor) -> None:
    chen_jie.post("/plan", NEW)

    answer = chen_jie.post(f"/plan/{SWEEP}", {"do": "publish"})

    assert answer.status_code == 422
    assert bank.rows(Sweep)[0].state == "draft"


@pytest.mark.parametrize(
    ("stops", "code"),
    [
        ([("W1", "2026-03-09")], "sweep_day_invalid"),
        ([("W77", MONDAY)], "household_unknown"),
        ([("W1", MONDAY), ("W1", TUESDAY)], "form_invalid"),
    ],
)
def test_it_refuses_stops_that_cannot_be(
    bank: Bank, stops: list[tuple[str, str]], code: str
) -> None:
    with bank.app.app_context():
        sweep = draft_sweep(BRANCH, week(), by=CHEN_JIE)
        with pytest.raises(Problem, match=code):
            plan_stops(BRANCH, sweep, stops, by=CHEN_JIE)

    assert bank.rows(Stop) == []
