"""Cash handed over in person, over every Store: two lanes, one movement, in any order.

Method: two pens write the two sides as two phones do; the batches are delivered in the order that
the test is about; verdicts and books are compared. Memory, SQLite and PostgreSQL must agree.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

import sync.specimens as say
from sync.events import Envelope
from sync.problems import Problem
from sync.tend import PARKED_MS_MAX, rule, tend
from sync.testing import OFFICERS, SECRET, Bench, Pen, deliver, hand


def both(counted_fen: int = 700_00, **changes: Any) -> tuple[Pen, Pen, Envelope, Envelope]:
    """Li Wei has taken 700 and offers it to Zhang Min, who counts it."""
    giver, receiver = Pen(0), Pen(1)
    giver.receipt(700_00)
    offer = giver.write("custody.handed", say.handed_body(OFFICERS[1], 700_00))
    taken = receiver.write("custody.taken", say.taken_body(offer, counted_fen, **changes))
    return giver, receiver, offer, taken


def told(bench: Bench, *events: Envelope) -> list[str]:
    with bench.transaction() as store:
        verdicts = store.verdicts([event.hash for event in events])
    return [f"{v.verdict}:{v.reason or ''}" for e in events for v in [verdicts[e.hash]]]


def test_it_moves_the_cash_when_both_sides_are_here(bench: Bench) -> None:
    giver, receiver, offer, taken = both()

    deliver(bench, giver.batch())
    assert (hand(bench, 0), hand(bench, 1)) == (700_00, 0), "an offer moves nothing"
    assert told(bench, offer) == ["parked:"]
    deliver(bench, receiver.batch(), sender=1)

    assert (hand(bench, 0), hand(bench, 1)) == (0, 700_00)
    assert told(bench, offer, taken) == ["applied:", "applied:"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_it_comes_to_the_same_in_any_order(bench: Bench, order: tuple[int, ...]) -> None:
    giver, receiver, offer, taken = both(690_00)
    pieces = [(giver.batch(1, 1), 0), (giver.batch(2, 2), 0), (receiver.batch(), 1)]

    for at in order:
        deliver(bench, pieces[at][0], sender=pieces[at][1])
        balances = bench.balances()
        assert sum(balances.values()) == 0

    assert balances["over_short"] == 10_00
    assert (hand(bench, 0), hand(bench, 1)) == (0, 690_00)
    assert told(bench, offer, taken) == ["applied:", "applied:"]


def test_it_counts_the_cash_once_while_the_givers_side_is_missing(bench: Bench) -> None:
    giver, receiver, _offer, taken = both()

    deliver(bench, receiver.batch(), sender=1)
    deliver(bench, giver.batch(1, 1))

    assert told(bench, taken) == ["parked:"]
    assert (hand(bench, 0), hand(bench, 1)) == (700_00, 0)
    bench.clock[0] += PARKED_MS_MAX
    with bench.transaction() as store:
        tend(store, SECRET, bench.clock[0])
    assert told(bench, taken) == ["quarantined:need_never_came"]
    assert (hand(bench, 0), hand(bench, 1)) == (700_00, 0), "with the giver, once, and seen"
    deliver(bench, giver.batch(2, 2))
    assert (hand(bench, 0), hand(bench, 1)) == (0, 700_00)


def test_it_takes_a_confirmation_that_comes_after_two_days(bench: Bench) -> None:
    giver, receiver, offer, taken = both()
    deliver(bench, giver.batch())
    bench.clock[0] += PARKED_MS_MAX
    with bench.transaction() as store:
        tend(store, SECRET, bench.clock[0])
    assert told(bench, offer) == ["quarantined:need_never_came"]
    assert hand(bench, 0) == 700_00

    deliver(bench, receiver.batch(), sender=1)

    assert told(bench, offer, taken) == ["applied:", "applied:"]
    assert (hand(bench, 0), hand(bench, 1)) == (0, 700_00)


def test_it_moves_nothing_for_an_offer_that_a_supervisor_has_ruled_void(bench: Bench) -> None:
    giver, receiver, offer, taken = both()
    deliver(bench, giver.batch())
    with bench.transaction() as store:
        rule(store, SECRET, offer.hash, "void")

    deliver(bench, receiver.batch(), sender=1)

    assert told(bench, taken) == ["quarantined:body_invalid"]
    assert (hand(bench, 0), hand(bench, 1)) == (700_00, 0)


@pytest.mark.parametrize(
    "changes", [{"from": "officer-9"}, {"into": "vault"}, {"expected_fen": 1, "variance_fen": 1}]
)
def test_it_keeps_aside_what_is_not_the_other_side(bench: Bench, changes: dict[str, Any]) -> None:
    giver, receiver = Pen(0), Pen(1)
    giver.receipt(700_00)
    offer = giver.write("custody.handed", say.handed_body(OFFICERS[1], 700_00))
    body = {**say.taken_body(offer), **changes, "cause": "双方点清"}
    body["variance_fen"] = body["amount_fen"] - body["expected_fen"]
    taken = receiver.write("custody.taken", body)

    deliver(bench, giver.batch())
    deliver(bench, receiver.batch(), sender=1)

    assert told(bench, offer, taken) == ["parked:", "quarantined:body_invalid"]
    assert (hand(bench, 0), hand(bench, 1)) == (700_00, 0)


def test_it_takes_an_offer_once(bench: Bench) -> None:
    giver, receiver, offer, taken = both()
    again = receiver.write("custody.taken", say.taken_body(offer, 600_00))

    deliver(bench, giver.batch())
    deliver(bench, receiver.batch(), sender=1)

    assert told(bench, taken, again) == ["applied:", "quarantined:body_invalid"]
    assert (hand(bench, 0), hand(bench, 1)) == (0, 700_00)


def test_it_hands_nothing_to_oneself_and_takes_nobody_elses_offer(bench: Bench) -> None:
    giver, receiver = Pen(0), Pen(1)
    own = giver.write("custody.handed", say.handed_body(OFFICERS[0], 0))
    other = giver.write("custody.handed", say.handed_body("cashier-1", 0))
    taken = receiver.write("custody.taken", say.taken_body(other))

    deliver(bench, giver.batch())
    deliver(bench, receiver.batch(), sender=1)

    assert told(bench, own, other, taken) == [
        "quarantined:body_invalid", "parked:", "quarantined:body_invalid",
    ]  # fmt: skip


def test_it_voids_no_receipt_whose_cash_was_offered(bench: Bench) -> None:
    giver = Pen(0)
    slip, second = giver.receipt(700_00), giver.receipt(50_00, "W2")
    early = giver.write("cash.void", say.void_body(second))
    giver.write("custody.handed", say.handed_body(OFFICERS[1], 700_00))
    late = giver.write("cash.void", say.void_body(slip))

    deliver(bench, giver.batch())

    assert told(bench, early, late) == ["applied:", "quarantined:void_after_deposit"]
    assert hand(bench, 0) == 700_00


def test_it_rules_no_doubted_receipt_void_whose_cash_was_offered(bench: Bench) -> None:
    giver = Pen(0)
    slip = giver.receipt(700_00, loan="L-NONE")
    giver.write("custody.handed", say.handed_body(OFFICERS[1], 700_00))
    deliver(bench, giver.batch())

    with bench.transaction() as store, pytest.raises(Problem) as refusal:
        rule(store, SECRET, slip.hash, "void")

    assert refusal.value.code == "ruling_not_possible"
    assert hand(bench, 0) == 700_00
