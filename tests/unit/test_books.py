"""The books and custody alone: no database, no clock, no phone.

Method: Li Wei takes cash, and each test asks what is in her hand and where the other side stands;
then 500 random weeks must balance to the fen.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from sync.books import (
    Leg,
    balances,
    cash_of,
    count_legs,
    deposit_legs,
    import_legs,
    receipt_legs,
    reversal,
    suspense_legs,
)
from sync.custody import check_may_take, hand_fen
from tests.unit.cast import receipt, void


def test_it_moves_cash_from_the_loan_to_the_hand() -> None:
    assert balances(receipt_legs(receipt(), "officer-1")) == {
        "loan:L-W14:principal": -400_00,
        "loan:L-W14:interest": -300_00,
        "hand:officer-1": 700_00,
    }


def test_it_keeps_what_is_more_than_due_on_its_part() -> None:
    imported = import_legs("L-W14", {}, {"principal": 100_00, "interest": 0})
    paid = receipt_legs(receipt(principal_fen=150_00, interest_fen=0), "officer-1")

    assert balances(imported + paid)["loan:L-W14:principal"] == -50_00


def test_it_undoes_a_receipt_to_nothing() -> None:
    legs = receipt_legs(receipt(), "officer-1")

    assert balances(legs + reversal(legs)) == {}


def test_it_counts_cash_in_question_as_held() -> None:
    assert balances(suspense_legs({"amount_fen": 120_00}, "officer-1")) == {
        "suspense": -120_00,
        "hand:officer-1": 120_00,
    }


def test_it_never_hides_a_variance() -> None:
    taken = suspense_legs({"amount_fen": 1_170_00}, "officer-1")
    counted = count_legs("officer-1", 1_170_00, 1_160_00)

    after = balances(taken + counted)

    assert after["vault"] == 1_160_00
    assert after["over_short"] == 10_00
    assert "hand:officer-1" not in after


@pytest.mark.parametrize("amount", [0, -1, 5_000_000_01, 1.0, "100", None, True, [1], 2**60])
def test_it_moves_nothing_for_what_is_no_amount_of_cash(amount: object) -> None:
    assert cash_of({"amount_fen": amount}) is None


def test_it_refuses_a_movement_that_does_not_sum() -> None:
    with pytest.raises(AssertionError):
        reversal([Leg("a", 1)])


def test_it_balances_random_weeks_to_the_fen() -> None:
    source = random.Random(5)
    for _ in range(500):
        legs: list[Leg] = []
        taken = 0
        for _ in range(source.randint(1, 12)):
            principal_fen, interest_fen = source.randrange(1000), source.randrange(1000)
            body = receipt(principal_fen=principal_fen, interest_fen=interest_fen, cost_fen=1)
            moved = receipt_legs(body, "officer-1")
            legs += moved
            if source.random() < 0.2:
                legs += reversal(moved)
            else:
                taken += body["amount_fen"]
        assert balances(legs).get("hand:officer-1", 0) == taken
        counted = taken - source.randint(0, 3)
        legs += count_legs("officer-1", taken, counted)
        legs += deposit_legs(counted)

        after = balances(legs)

        assert sum(after.values()) == 0
        assert after.get("bank", 0) == counted
        assert after.get("over_short", 0) == taken - counted
        assert "vault" not in after and "hand:officer-1" not in after


def test_it_gives_the_same_hand_as_the_books_while_nothing_is_in_question() -> None:
    log: list[dict[str, Any]] = [
        {"hash": "a", "kind": "cash.receipt", "body": receipt()},
        {"hash": "b", "kind": "cash.receipt", "body": receipt("SJ000102", interest_fen=0)},
        {"hash": "c", "kind": "cash.void", "body": void("a")},
    ]
    first, second = (receipt_legs(entry["body"], "officer-1") for entry in log[:2])

    books = balances([*first, *second, *reversal(first)])

    assert hand_fen(log) == books["hand:officer-1"] == 400_00


@pytest.mark.parametrize(
    ("amount", "held", "code"),
    [
        (100_00, 0, None),
        (100_01, 0, "over_receipt_limit"),
        (100_00, 400_00, None),
        (100_00, 400_01, "over_hand_limit"),
    ],
)
def test_it_warns_before_the_cash_changes_hands(amount: int, held: int, code: str | None) -> None:
    limits = {"receipt_max_fen": 100_00, "hand_max_fen": 500_00}

    assert check_may_take(amount, held, **limits) == code
