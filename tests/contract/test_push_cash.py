"""Cash and its voids, over every Store: whatever the verdict, custody is right.

Method: a pen writes lanes as phones do; batches of them are delivered in the order that the test
is about; verdicts and books are compared. Memory, SQLite and PostgreSQL must agree.
"""

from __future__ import annotations

from typing import Any

import pytest

import sync.specimens as say
from sync.testing import (
    BOOK_IDS,
    Bench,
    Pen,
    deliver,
    hand,
    verdicts,
)


@pytest.mark.parametrize(
    ("changes", "reason", "custody"),
    [
        ({"loan": "L-X", "household": "X"}, "unknown_case", 600_00),
        ({"loan": "L-W2"}, "unknown_case", 600_00),
        ({"receipt_no": "SJ000201"}, "number_not_in_book", 600_00),
        ({"receipt_no": "SJ000151"}, "number_not_in_book", 600_00),
        ({"interest_fen": 99_00}, "parts_mismatch", 600_00),
        ({"words": "壹元整"}, "body_invalid", 600_00),
        ({"payer_role": "nobody"}, "body_invalid", 600_00),
        ({"amount_fen": 0}, "amount_invalid", 0),
        ({"amount_fen": -1}, "amount_invalid", 0),
        ({"amount_fen": 5_000_000_00 + 1}, "amount_invalid", 0),
        ({"amount_fen": "600"}, "amount_invalid", 0),
        ({"amount_fen": True}, "amount_invalid", 0),
        ({"surplus": 1}, "body_invalid", 600_00),
    ],
)
def test_it_keeps_the_cash_of_a_receipt_it_cannot_apply(
    bench: Bench, changes: dict[str, Any], reason: str, custody: int
) -> None:
    pen = Pen()
    pen.receipt(600_00, **changes)

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == [f"quarantined:{reason}"]
    assert hand(bench) == custody
    assert bench.balances().get("suspense", 0) == -custody
    assert (outcome.results[0].verdict.risk == "cash_uncounted") is (custody == 0)
    assert outcome.head is not None and outcome.head.seq == 1


def test_it_counts_badly_signed_cash_to_whoever_sent_it(bench: Bench) -> None:
    pen = Pen(0)
    pen.receipt(100_00)

    deliver(bench, pen.batch(sigs={1: "nonsense"}), sender=1)

    assert (hand(bench, 0), hand(bench, 1)) == (0, 100_00)
    deliver(bench, pen.batch(), sender=0)
    assert (hand(bench, 0), hand(bench, 1)) == (100_00, 0)


def test_it_counts_well_signed_cash_to_the_officer_of_the_lane(bench: Bench) -> None:
    pen = Pen(0)
    pen.receipt(100_00)

    outcome = deliver(bench, pen.batch(), sender=1)

    assert verdicts(outcome) == ["applied"]
    assert (hand(bench, 0), hand(bench, 1)) == (100_00, 0)


def test_it_parks_a_void_until_its_receipt_has_come(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    pen.write("cash.void", say.void_body(slip))

    early = deliver(bench, pen.batch(2))
    assert early.results[0].verdict.needs == slip.hash
    deliver(bench, pen.batch(1, 1))

    assert bench.balances() == {}
    assert verdicts(deliver(bench, pen.batch(2))) == ["duplicate"]


def test_it_voids_a_receipt_by_the_exact_reversal(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    pen.write("cash.void", say.void_body(slip))
    pen.write("cash.void", {**say.void_body(slip), "reason": "再次"})

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "applied", "quarantined:body_invalid"]
    assert outcome.results[2].verdict.risk == "target_voided"
    assert bench.balances() == {}


def test_it_voids_a_receipt_that_waits_for_a_human(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00, receipt_no="SJ000999")
    pen.write("cash.void", {**say.void_body(slip)})

    assert verdicts(deliver(bench, pen.batch()))[1] == "applied"
    assert bench.balances() == {}


def test_it_refuses_to_void_cash_that_the_cashier_has(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    deliver(bench, pen.batch())
    bench.count(slip.hash)
    pen.write("cash.void", say.void_body(slip))

    assert verdicts(deliver(bench, pen.batch(2))) == ["quarantined:void_after_deposit"]
    assert hand(bench) == 100_00


def test_it_lets_nobody_void_the_slip_of_another(bench: Bench) -> None:
    mine, other = Pen(0), Pen(1)
    slip = mine.receipt(100_00)
    deliver(bench, mine.batch())
    other.write("cash.void", say.void_body(slip))

    outcome = deliver(bench, other.batch(), sender=1)

    assert verdicts(outcome) == ["quarantined:body_invalid"]
    assert outcome.results[0].verdict.risk == "other_target"
    assert hand(bench, 0) == 100_00


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_it_leaves_a_number_to_the_slip_that_counts(bench: Bench, order: tuple[int, ...]) -> None:
    pen = Pen()
    bad = pen.receipt(100_00, loan="L-NONE", receipt_no="SJ000150")
    pen.write("cash.void", say.void_body(bad))
    good = pen.receipt(70_00, receipt_no="SJ000150")
    for place in order:
        deliver(bench, pen.batch(place, place))

    with bench.transaction() as store:
        assert store.verdicts([good.hash])[good.hash].verdict == "applied"
        assert store.number_user("SJ000150") == good.hash
    assert hand(bench) == 70_00


def test_it_puts_a_transfer_into_no_hand(bench: Bench) -> None:
    pen = Pen()
    by_bank = {"method": "transfer", "evidence_no": "T-1"}
    slip = pen.receipt(100_00, **by_bank)
    pen.receipt(50_00, **by_bank, receipt_no="SJ000999")

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "quarantined:number_not_in_book"]
    assert hand(bench) == 0
    assert bench.balances()["clearing"] == 150_00
    pen.write("cash.void", say.void_body(slip))
    deliver(bench, pen.batch(3))
    assert bench.balances() == {"clearing": 50_00, "suspense": -50_00}


def test_it_logs_a_suspect_note_and_takes_nothing(bench: Bench) -> None:
    pen = Pen()
    pen.write("cash.suspect_noted", say.suspect_body())
    pen.write("cash.suspect_noted", {**say.suspect_body(), "amount_fen": 100_00})

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "quarantined:body_invalid"]
    assert bench.balances() == {}


def test_it_keeps_and_flags_cash_where_none_is_taken(bench: Bench) -> None:
    bench.take_no_cash()
    pen = Pen()
    pen.receipt(100_00)
    pen.receipt(50_00, method="cheque", evidence_no="00123")

    outcome = deliver(bench, pen.batch())

    assert [each.verdict.risk for each in outcome.results] == ["no_cash_branch", None]
    assert verdicts(outcome) == ["applied", "applied"]
    assert hand(bench) == 100_00


def test_it_judges_a_receipt_of_an_older_phone_as_cash(bench: Bench) -> None:
    pen = Pen()
    body = dict(say.receipt_body((BOOK_IDS[0], "SJ000101"), 100_00))
    del body["evidence_no"], body["corrects"]
    pen.write("cash.receipt", body, sv=1)

    assert verdicts(deliver(bench, pen.batch())) == ["applied"]
    assert hand(bench) == 100_00
