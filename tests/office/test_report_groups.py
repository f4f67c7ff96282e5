"""Which group a household is in, and why: cash over signed over unsigned (domain 2.5).

Method: one household at a time, with every mixture of slips, signatures, reasons and loans.
"""

from __future__ import annotations

import pytest

from server.office.report_facts import LimitationFact
from tests.office.report_bank import (
    EXPIRED,
    RUNNING,
    UNKNOWN,
    household,
    intention,
    loan,
    reason,
    receipt,
    report,
    signature,
)


def outcome(**changes: object) -> str:
    """The one group of the one household, with its reason if it is unsigned."""
    area = report(household(1, "测二"), **changes).figures.areas[0]
    groups = {"CASH": area.cash_households, "SIGNED": area.signed_back_households}
    assert area.households_total == 1 == sum(groups.values()) + area.unsigned_households
    return next((name for name, count in groups.items() if count), *area.unsigned_by_reason)


def test_it_puts_cash_over_signature_and_signature_over_reason() -> None:
    every = {"receipts": (receipt(1),), "signatures": (signature(1),)}
    away = (reason(1, "NOT_HOME"),)

    assert outcome(**every, reasons=away) == "CASH"
    assert outcome(signatures=(signature(1),), reasons=away) == "SIGNED"
    assert outcome(reasons=away) == "NOT_HOME"
    assert outcome() == "UNSTATED"


def test_it_counts_no_cash_that_waits_for_a_person() -> None:
    waiting = receipt(1, is_valid=False)
    found = report(household(1, "测二"), receipts=(waiting,))

    assert outcome(receipts=(waiting,)) == "UNSTATED"
    assert (found.figures.week_receipts, found.figures.week_cash_total_fen) == (0, 0)
    assert found.paragraphs[-1] == "另有待核实的现金一笔（测二），金额600元，不计入以上数字。"


@pytest.mark.parametrize(
    ("role", "changes", "is_signed"),
    [
        ("debtor", {}, True),
        ("co_borrower", {}, True),
        ("authorised_person", {}, True),
        ("adult_relative", {"relation": "配偶"}, True),
        ("adult_relative", {"relation": None}, False),
        ("adult_relative", {"relation": "子", "adult": False}, False),
        ("adult_relative", {"relation": "弟", "lives_here": False}, False),
        ("guarantor", {}, False),
        ("guarantor", {"addressee_role": "guarantor"}, True),
        ("neighbour", {}, False),
        ("other", {}, False),
        ("debtor", {"is_refused": True}, False),
    ],
)
def test_it_asks_who_signed(role: str, changes: dict[str, object], is_signed: bool) -> None:
    found = outcome(signatures=(signature(1, role, **changes),))

    assert found == ("SIGNED" if is_signed else "UNSTATED")


@pytest.mark.parametrize(
    ("stands", "is_lost"),
    [
        ([EXPIRED], True),
        ([EXPIRED, EXPIRED], True),
        ([EXPIRED, RUNNING], False),
        ([UNKNOWN], False),
        ([EXPIRED, UNKNOWN], False),
        ([LimitationFact(status="WAIVED", ends_on="2021-01-01")], False),
        ([LimitationFact(status="IN_PROCEDURE", ends_on=None)], False),
        ([LimitationFact(status="LONGSTOP_PASSED", ends_on="2025-01-01")], True),
    ],
)
def test_it_computes_lost_limitation_whatever_was_typed(
    stands: list[LimitationFact], is_lost: bool
) -> None:
    one = household(1, "测二", *stands)

    for typed in ("NOT_HOME", "LIMITATION_LOST"):
        [area, _] = report(one, reasons=(reason(1, typed),)).figures.areas
        honest = "UNSTATED" if typed == "LIMITATION_LOST" else typed
        assert dict(area.unsigned_by_reason) == {"LIMITATION_LOST" if is_lost else honest: 1}


def test_it_asks_the_open_loans_on_the_day_of_the_visit_only() -> None:
    settled = loan("L1-1", RUNNING, is_open=False)
    ran_out_since = loan("L2-0", on_visit=RUNNING, on_report=EXPIRED)
    lost = household(1, "测二", loans=(loan("L1-0", EXPIRED), settled))
    none = household(3, "测三", loans=())

    [area, _] = report(lost, household(2, "测木生", loans=(ran_out_since,)), none).figures.areas

    assert dict(area.unsigned_by_reason) == {"LIMITATION_LOST": 1, "UNSTATED": 2}


def test_it_counts_households_and_covered_loans_once() -> None:
    one = household(1, "测二", RUNNING, RUNNING)
    said = (intention(1), intention(1), intention(1, 1))

    area = report(one, intentions=said).figures.areas[0]

    assert (area.intention_households, area.intention_principal_fen) == (1, 2000_00)
    assert area.intention_names == ("测二",)


def test_it_sorts_names_by_code_point_and_keeps_equal_ones_apart() -> None:
    people = [household(n, name) for n, name in enumerate(("测木生", "测二", "测二"), 1)]

    area = report(*people, intentions=tuple(intention(n) for n in (1, 2, 3))).figures.areas[0]

    assert area.intention_names == ("测二", "测二", "测木生")


def test_it_never_counts_a_collective_borrower_as_a_household() -> None:
    village = household(9, "黄家村村委", is_collective=True)
    paid = receipt(9)

    found = report(household(1, "测二"), village, receipts=(paid,)).figures

    assert found.areas[0].households_total == 1
    assert (found.areas[0].receipts, found.week_receipts) == (0, 1)
    assert (found.collective_loans, found.collective_principal_fen) == (1, 1000_00)
