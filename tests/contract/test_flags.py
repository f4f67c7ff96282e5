"""Flags over every Store: fork, clock, late, out of scope. They tell a person, and hold up nothing.

Method: one thing is wrong at a time (the phone's clock, a closed day, a household that was taken
away); verdict, flags and books are compared. I22: shifted clocks change flags only. I23: what the
phone did not know is told from what it ignored by the anchor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import sync.specimens as say
from sync.anchor import anchor_mac
from sync.flags import CLOCK_SLACK_MS
from sync.testing import (
    BOOK_IDS,
    DEVICES,
    MORNING,
    OFFICERS,
    SECRET,
    Bench,
    MemoryBench,
    Pen,
    deliver,
    hand,
)
from sync.verdicts import RISKS, Verdict

DAY_MS = 86_400_000


def anchor(tick: int, who: int = 0) -> dict[str, Any]:
    """The anchor that a phone holds after it has seen a tick."""
    return {"tick": tick, "mac": anchor_mac(SECRET, DEVICES[who], tick)}


def now_tick(bench: Bench) -> int:
    with bench.reading() as store:
        return store.tick()


def only(bench: Bench, pen: Pen, first: int = 1) -> Verdict:
    """The verdict on the last event of a delivery."""
    return deliver(bench, pen.batch(first)).results[-1].verdict


@pytest.mark.parametrize(
    ("claim", "risk"),
    [
        (MORNING, None),
        (MORNING + CLOCK_SLACK_MS, None),
        (MORNING + CLOCK_SLACK_MS + 1, "clock"),
        (MORNING + 30 * DAY_MS, "clock"),
        (MORNING - 30 * DAY_MS, None),  # nothing says that it was not so: no anchor, no neighbour
    ],
)
def test_it_flags_a_claim_from_the_future(bench: Bench, claim: int, risk: str | None) -> None:
    pen = Pen()
    pen.write("intention.recorded", say.intention_body(), occurred_at=claim)

    assert only(bench, pen) == Verdict("applied", risk=risk)


def test_it_flags_a_claim_from_before_the_anchor(bench: Bench) -> None:
    tick = now_tick(bench)
    bench.clock[0] += DAY_MS
    pen = Pen()
    early = MORNING - CLOCK_SLACK_MS
    pen.write("intention.recorded", say.intention_body(), occurred_at=early, anchor=anchor(tick))
    pen.write("intention.recorded", say.intention_body(), occurred_at=early - 1, anchor=None)
    pen.write(
        "intention.recorded", say.intention_body(), occurred_at=early - 1, anchor=anchor(tick)
    )

    told = [result.verdict.risk for result in deliver(bench, pen.batch()).results]

    assert told == [None, None, "clock"]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_it_flags_a_clock_that_goes_back_along_the_lane(
    bench: Bench, order: tuple[int, int]
) -> None:
    pen = Pen()
    pen.write("intention.recorded", say.intention_body(), occurred_at=MORNING - 60_000)
    pen.write("intention.recorded", say.intention_body(), occurred_at=MORNING - DAY_MS)

    first, second = (deliver(bench, pen.batch(n, n)).results[0].verdict for n in order)

    assert (first.risk, second.risk) == (None, "clock")


@pytest.mark.parametrize("days", [-30, -1, 1, 30])
def test_it_comes_to_the_same_books_whatever_the_clocks_say(bench: Bench, days: int) -> None:
    def day(pen: Pen) -> None:
        pen.visit("ab" * 16)
        pen.write("visit.outcome", say.outcome_body(), visit="ab" * 16)
        slip = pen.receipt(600_00)
        pen.receipt(50_00, "W2")
        pen.write("cash.void", say.void_body(slip))
        pen.receipt(70_00, receipt_no="SJ000999")
        pen.write("promise.made", say.promise_body("W3"))

    straight, shifted = Pen(), Pen()
    day(straight)
    day(shifted)
    moved = Pen()
    for event in shifted.log:
        body = dict(event.body)
        if event.kind == "cash.void":
            body["target"] = moved.log[2].hash
        moved.write(
            event.kind, body, visit=event.visit, occurred_at=event.occurred_at + days * DAY_MS
        )
    reference = MemoryBench()
    expected = [r.verdict for r in deliver(reference, straight.batch()).results]

    told = [r.verdict for r in deliver(bench, moved.batch()).results]

    assert [replace(v, risk=None) for v in told] == [replace(v, risk=None) for v in expected]
    assert bench.balances() == reference.balances()
    assert {v.risk for v in told} <= {None, "clock"}


def test_it_flags_cash_of_a_closed_day_and_posts_it_all_the_same(bench: Bench) -> None:
    bench.shut("2026-03-01")
    pen = Pen()
    slip = pen.receipt(100_00)
    late = pen.write("cash.receipt", say.receipt_body(("book-1", "SJ000102"), 70_00))
    assert slip.hash != late.hash
    moved = Pen()
    moved.write("cash.receipt", dict(slip.body), occurred_at=MORNING - DAY_MS)
    moved.write("cash.void", say.void_body(moved.log[0]), occurred_at=MORNING - DAY_MS)
    moved.write("cash.receipt", dict(late.body), occurred_at=MORNING)
    moved.write("intention.recorded", say.intention_body(), occurred_at=MORNING - 60_000)

    told = [result.verdict for result in deliver(bench, moved.batch()).results]

    assert [v.risk for v in told] == ["late", "late", None, None]
    assert hand(bench) == 70_00


ACTS: list[tuple[str, dict[str, Any]]] = [
    ("cash.receipt", say.receipt_body(("book-1", "SJ000101"), 600_00)),
    ("visit.started", say.visit_body()),
    ("notice.made", say.notice_body("T-1")),
    ("notice.unsigned", say.unsigned_body()),
    ("intention.recorded", say.intention_body()),
    ("promise.made", say.promise_body()),
]
PLANS = ("intention.recorded", "promise.made")


def act(pen: Pen, kind: str, body: dict[str, Any], seen: dict[str, Any] | None) -> None:
    visit = "ab" * 16 if kind == "visit.started" else None
    pen.write(kind, body, anchor=seen, visit=visit, occurred_at=MORNING)


@pytest.mark.parametrize(("kind", "body"), ACTS)
@pytest.mark.parametrize("seen", ["before", "never"])
def test_it_applies_what_was_done_before_the_phone_could_know(
    bench: Bench, kind: str, body: dict[str, Any], seen: str
) -> None:
    tick = bench.take_away("W1")
    pen = Pen()
    act(pen, kind, body, anchor(tick - 1) if seen == "before" else None)

    assert only(bench, pen) == Verdict("applied")


@pytest.mark.parametrize(("kind", "body"), ACTS)
@pytest.mark.parametrize("seen", ["at", "forged"])
def test_it_tells_what_was_done_although_the_phone_knew(
    bench: Bench, kind: str, body: dict[str, Any], seen: str
) -> None:
    tick = bench.take_away("W1")
    pen = Pen()
    forged = {"tick": tick - 1, "mac": "0" * 16}
    act(pen, kind, body, anchor(tick) if seen == "at" else forged)

    verdict = only(bench, pen)

    if kind in PLANS:
        assert verdict == Verdict("quarantined", "plan_edit_out_of_scope")
    else:
        assert verdict == Verdict("applied", risk="out_of_scope")
    assert hand(bench) == (600_00 if kind == "cash.receipt" else 0)


def test_it_does_not_mind_who_took_another_household(bench: Bench) -> None:
    tick = bench.take_away("W1")
    pen = Pen()
    pen.receipt(100_00, "W2")
    pen.write("promise.made", say.promise_body("W2"), anchor=anchor(tick), occurred_at=MORNING)

    assert [r.verdict.risk for r in deliver(bench, pen.batch()).results] == [None, None]


@pytest.mark.parametrize(("kind", "body"), ACTS)
def test_it_flags_a_household_that_the_officer_never_had(
    bench: Bench, kind: str, body: dict[str, Any]
) -> None:
    bench.forget("W1")
    pen = Pen()
    act(pen, kind, body, None)

    assert only(bench, pen) == Verdict("applied", risk="out_of_scope")


def test_it_takes_a_slip_that_had_been_given_back_and_flags_it(bench: Bench) -> None:
    bench.give_back(101)
    pen = Pen()
    for number in ("SJ000101", "SJ000102"):
        pen.write("cash.receipt", say.receipt_body((BOOK_IDS[0], number), 100_00))

    told = [result.verdict for result in deliver(bench, pen.batch()).results]

    assert told == [Verdict("applied"), Verdict("applied", risk="given_back")]
    assert bench.balances()[f"hand:{OFFICERS[0]}"] == 200_00


def test_it_fits_all_flags_of_one_event_into_their_column() -> None:
    everywhere = ("fork", "clock", "released")
    receipt = (*everywhere, "late", "out_of_scope", "cash_uncounted", "given_back")
    served = (*everywhere, "out_of_scope", "signer_may_not_sign")
    outcome = (*everywhere, "out_of_scope", "forced")

    for flags in (receipt, served, outcome):
        assert set(flags) <= set(RISKS)
        risk = Verdict("applied").with_risk(*flags).risk
        assert risk is not None and len(risk) <= 64
