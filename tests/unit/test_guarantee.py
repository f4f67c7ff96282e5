"""Guarantee periods and classification, beyond the vectors.

Method: two guarantors of one loan, each asked about alone; and every day of two years past due.
"""

from __future__ import annotations

import pytest

from sync.classification import (
    LEGACY_ZH,
    TIER_ZH,
    TIERS,
    days_past_due,
    five_tier,
    legacy,
    worse_of,
)
from sync.dates import add_days, parse_date
from sync.guarantee import Claim, Guarantee, guarantee_state
from sync.problems import Problem

JOINT = Guarantee(guarantor="g1", kind="joint")


def demand(on: str, against: str = "g1") -> Claim:
    return Claim(on=on, against=against, review="ACCEPTED")


def test_it_asks_for_each_guarantor_alone() -> None:
    claims = [demand("2026-03-10", "g1")]
    other = Guarantee(guarantor="g2", kind="joint")

    first = guarantee_state("2025-09-30", JOINT, claims, today="2026-04-01")
    second = guarantee_state("2025-09-30", other, claims, today="2026-04-01")

    assert (first.status, second.status) == ("CLAIMED", "FREE")


def test_it_does_not_revive_what_was_lost() -> None:
    late = [demand("2026-04-01"), demand("2026-05-01")]

    state = guarantee_state("2025-09-30", JOINT, late, today="2026-06-01")

    assert state.status == "FREE"
    assert state.legal_review == ("claim_after_period",)


def test_it_does_not_depend_on_the_order_of_claims() -> None:
    claims = [demand("2026-04-01"), demand("2026-01-01"), demand("2026-02-01")]

    states = {
        guarantee_state("2025-09-30", JOINT, order, today="2026-06-01").limitation_ends_on
        for order in (claims, claims[::-1], claims[1:] + claims[:1])
    }

    assert states == {"2029-01-01"}


def test_it_refuses_a_due_date_that_is_none() -> None:
    with pytest.raises(Problem, match="date_invalid"):
        guarantee_state("2025-09-31", JOINT, [], today="2026-06-01")


def test_it_never_gets_better_with_time() -> None:
    due = "2026-01-15"
    days = [add_days(parse_date(due), number).isoformat() for number in range(-5, 800)]

    tiers = [TIERS.index(five_tier(days_past_due(due, day))) for day in days]
    older = [list(LEGACY_ZH).index(legacy(due, day)) for day in days]

    assert tiers == sorted(tiers) and set(tiers) == set(range(5))
    assert older == sorted(older)


def test_it_knows_no_days_below_nothing() -> None:
    with pytest.raises(AssertionError):
        five_tier(-1)


def test_it_lets_a_reviewer_say_worse_never_better() -> None:
    for by_days in TIERS:
        for reviewed in TIERS:
            held = worse_of(by_days, reviewed)
            assert TIERS.index(held) == max(TIERS.index(by_days), TIERS.index(reviewed))


def test_it_has_a_chinese_word_for_every_tier() -> None:
    assert set(TIER_ZH) == set(TIERS)
