"""The document of a report: frozen and read again, compared with a later one, its totals.

Method: small weeks; what was frozen as JSON must come back as the same document.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from server.office.report_document import Document, Heading, differences, document_of, show
from server.office.report_facts import HouseholdFact, Period
from server.office.report_period import monday_of, period_of_week
from server.office.report_totals import percent, show_percent, total_lines
from sync.canonical import canonical_bytes
from sync.problems import Problem
from tests.office.report_bank import (
    EXPIRED,
    household,
    intention,
    loan,
    reason,
    receipt,
    report,
    signature,
)

HEADING = Heading(institution="演示农村信用社", branch="涡水分社", report_no="ZB20260302")


def document(*people: HouseholdFact, **changes: object) -> Document:
    """The document of a week."""
    return document_of(report(*people, **changes), HEADING)


def test_it_comes_back_from_its_frozen_form() -> None:
    made = document(household(1, "测二"), household(2, "测三", EXPIRED), receipts=(receipt(1),))
    made = replace(made, differences=tuple(differences(made, made)))

    again = Document.from_json(json.loads(canonical_bytes(made.to_json())))

    assert again.to_json() == made.to_json()
    assert again.title == "下乡催收周报"


def test_it_states_every_figure_that_differs() -> None:
    people = [household(1, "测二"), household(2, "测三")]
    before = document(*people, signatures=(signature(1),), reasons=(reason(2, "NOT_HOME"),))
    after = document(*people, receipts=(receipt(1),), intentions=(intention(2),))

    found = {one.what: (one.before, one.after) for one in differences(before, after)}

    assert found == {
        "清溪镇已签回（户）": ("1", "0"),
        "清溪镇现金收回（户）": ("0", "1"),
        "清溪镇收据（张）": ("0", "1"),
        "清溪镇收回本金": ("0元", "500元"),
        "清溪镇收回利息": ("0元", "100元"),
        "清溪镇还款意向（户）": ("0", "1"),
        "清溪镇意向借款本金": ("0元", "1000元"),
        "清溪镇意向农户": ("—", "测三"),
        "清溪镇未签回：不在家": ("1", "—"),
        "清溪镇未签回：未注明原因": ("—", "1"),
        "本期收据（张）": ("0", "1"),
        "本期收回本金": ("0元", "500元"),
        "本期收回利息": ("0元", "100元"),
        "本期现金合计": ("0元", "600元"),
    }


def test_it_states_a_limitation_that_differs_and_words_alone() -> None:
    before = document(household(1, "测二"))
    lost = document(household(1, "测二", loans=(loan("L1-0", on_report=EXPIRED),)))
    renamed = document(household(1, "测二"), intentions=())
    renamed = replace(renamed, paragraphs=(*renamed.paragraphs, "另有一句。"))

    [law] = differences(before, lost)
    [words] = differences(before, renamed)

    assert (law.what, law.before) == ("贷款 L1-0 诉讼时效", "未届满 2027-01-01")
    assert law.after == "已届满 2021-01-01"
    assert (words.what, words.before, words.after) == ("文字", "", "另有一句。")
    assert differences(before, before) == []


def test_it_shows_figures_as_people_read_them() -> None:
    assert show("cash_principal_fen", 600_50) == "600.50元"
    assert show("households_total", None) == "—"
    assert show("intention_names", ["测二", "测三"]) == "测二、测三"
    assert show("receipts", 0) == "0"


def test_it_gives_no_rate_of_nothing() -> None:
    assert [show_percent(percent(*pair)) for pair in ((13, 19), (13, 17), (15, 19), (1, 200))] == [
        "68.42%",
        "76.47%",
        "78.95%",
        "0.50%",
    ]
    assert percent(1, 3) == 3333 and percent(2, 3) == 6667
    assert show_percent(percent(0, 0)) == "—"


def test_it_counts_as_secured_only_what_runs() -> None:
    people = [household(1, "测二"), household(2, "测三", EXPIRED), household(3, "测四")]
    signed = (signature(1), signature(2))

    lines = total_lines(report(*people, signatures=signed, pieces={100_00: 2, 50: 1}).totals)

    assert "诉讼时效已保全1户（33.33%）" in lines[3]
    assert lines[-1] == "点钞：100元券2张，0.50元券1张。"
    assert total_lines(report().totals)[2:] == ["本期走访农户0户。"]


def test_it_counts_weeks_without_a_gap() -> None:
    first, second = period_of_week("2026-03-02"), period_of_week("2026-03-09")

    assert first == Period(starts_on="2026-02-28", ends_on="2026-03-06", report_on="2026-03-09")
    assert second.starts_on == "2026-03-07"
    assert monday_of("2026-03-08") == monday_of("2026-03-02") == "2026-03-02"
    with pytest.raises(Problem, match="report_week_invalid"):
        period_of_week("2026-03-03")
