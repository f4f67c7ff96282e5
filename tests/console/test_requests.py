"""Help, wishes and plans noted at the console: what the later paragraphs of a report come from.

Method: Chen Jie fills in each form, well and badly.
"""

from __future__ import annotations

import pytest

from server.services.import_master import Said, import_master
from server.tables import AssistRequest, PlanItem, ServiceRequest
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, Bank

SERVICE = {
    "requester": "大龙村委",
    "kind": "DEDICATED_ACCOUNT",
    "purpose": "专款专用",
    "forwarded_to": "塘冲分社负责人",
    "state": "CONTACTED",
}
PLAN = {"week_starts_on": "2026-03-09", "kind": "SWEEP", "area": "香坪镇", "times": "1"}


@pytest.fixture
def collective(bank: Bank) -> Bank:
    """A bank with a collective borrower."""
    data = (
        "户号,户名,类别,片区,村委,贷款编号,本金余额,到期日\n"
        "C01,黄家冲良东二组,村民小组,涡水镇,,L-C01,6000,\n"
    ).encode()
    with bank.app.app_context():
        import_master(
            BRANCH, data, Said(as_of="2026-03-01", control_total_fen=6000_00), by=CHEN_JIE
        )
    return bank


def test_it_asks_for_help_about_collective_debts(collective: Bank, chen_jie: Visitor) -> None:
    form = {"about": ["C01"], "asked_of": "部门领导\n涡水村委现任干部\n"}

    answer = chen_jie.post("/requests/help", form)

    assert answer.status_code == 302
    text = words(chen_jie.get("/requests"))
    assert "黄家冲良东二组 → 部门领导、涡水村委现任干部" in text
    [row] = collective.rows(AssistRequest)
    assert (row.state, row.noted_on) == ("OPEN", "2026-03-02")


def test_it_notes_a_wish(bank: Bank, chen_jie: Visitor) -> None:
    answer = chen_jie.post("/requests/service", SERVICE)

    assert answer.status_code == 302
    assert "大龙村委 · 专款专用 → 塘冲分社负责人 已联系" in words(chen_jie.get("/requests"))


def test_it_adds_lines_to_the_plan_of_a_week(bank: Bank, chen_jie: Visitor) -> None:
    follow_up = {"week_starts_on": "2026-03-09", "kind": "FOLLOW_UP_INTENTIONS", "times": "1"}

    statuses = [chen_jie.post("/requests/plan", form).status_code for form in (follow_up, PLAN)]

    assert statuses == [302, 302]
    rows = sorted(bank.rows(PlanItem), key=lambda row: row.position)
    assert [(row.kind, row.area, row.position) for row in rows] == [
        ("FOLLOW_UP_INTENTIONS", None, 1),
        ("SWEEP", "香坪镇", 2),
    ]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("help", {"about": [], "asked_of": "部门领导"}),
        ("help", {"about": ["C01"], "asked_of": "  \n"}),
        ("service", {**SERVICE, "requester": ""}),
        ("service", {**SERVICE, "state": "FORGOTTEN"}),
        ("service", {**SERVICE, "purpose": "长" * 101}),
        ("plan", {**PLAN, "week_starts_on": "2026-03-10"}),
        ("plan", {**PLAN, "kind": "HOLIDAY"}),
        ("plan", {**PLAN, "area": ""}),
        ("plan", {**PLAN, "times": "0"}),
        ("plan", {**PLAN, "times": "often"}),
    ],
)
def test_it_refuses_what_is_incomplete(
    collective: Bank, chen_jie: Visitor, path: str, form: dict[str, object]
) -> None:
    assert chen_jie.post(f"/requests/{path}", form).status_code == 422
    for table in (AssistRequest, ServiceRequest, PlanItem):
        assert collective.rows(table) == []


def test_it_knows_no_other_household(collective: Bank, chen_jie: Visitor) -> None:
    form = {"about": ["C99"], "asked_of": "部门领导"}

    assert chen_jie.post("/requests/help", form).status_code == 404
