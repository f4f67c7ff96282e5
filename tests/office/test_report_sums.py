"""A report whose parts do not make its whole is not issued, and names what is wrong (U23).

Method: facts that no honest reading of the records gives, one at a time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.office.report_groups import group_week
from server.office.report_sums import require_sums
from sync.problems import Problem
from tests.office.report_bank import facts, household, receipt, report, signature


def culprit(*households: Any, **changes: Any) -> str:
    """Whom the refusal names."""
    with pytest.raises(Problem) as refused:
        report(*households, **changes)
    assert refused.value.code == "report_does_not_sum"
    return str(refused.value.details["household"])


def test_it_names_a_receipt_whose_parts_are_not_its_amount() -> None:
    wrong = receipt(1, interest_fen=110_00)

    assert culprit(household(1, "测二"), receipts=(wrong,)) == "H1 · SJ000001"


def test_it_names_a_receipt_for_a_loan_of_somebody_else() -> None:
    wrong = receipt(1, loan_id="L2-0")

    assert culprit(household(1, "测二"), household(2, "测三"), receipts=(wrong,)) == "H1 · SJ000001"


def test_it_names_a_receipt_of_nobody() -> None:
    assert culprit(household(1, "测二"), receipts=(receipt(8),)) == "H8 · SJ000008"


def test_it_names_a_household_that_stands_twice() -> None:
    assert culprit(household(1, "测二"), household(1, "测二")) == "H1"


def test_it_names_a_household_of_an_area_that_is_not_reported() -> None:
    assert culprit(household(1, "测二"), household(2, "测三", area_id="X")) == "H2"


def test_it_names_a_household_in_two_groups_or_in_none() -> None:
    week = facts(household(1, "测二"), household(2, "测三"), signatures=(signature(1),))
    groups = group_week(week)
    town = groups.areas[0]

    for broken in (
        replace(town, cash=town.signed),
        replace(town, unsigned=()),
        replace(town, households=town.households[:1]),
    ):
        with pytest.raises(Problem) as refused:
            require_sums(week, replace(groups, areas=(broken, groups.areas[1])))
        assert refused.value.details["area"] == "清溪镇"
        assert refused.value.details["household"] in ("H1", "H2")


def test_it_lets_a_waiting_receipt_be_wrong() -> None:
    waiting = receipt(8, interest_fen=1, is_valid=False)

    assert report(household(1, "测二"), receipts=(waiting,)).figures.week_receipts == 0
