"""Taking in events, over every Store: verdicts, order of arrival, time, what is stored.

Method: a pen writes lanes as phones do; batches of them are delivered in the order that the test
is about; verdicts and books are compared. Memory, SQLite and PostgreSQL must agree.
"""

from __future__ import annotations

import pytest

import sync.specimens as say
from sync.anchor import anchor_mac
from sync.store import Busy, Clash, Recorded
from sync.testing import (
    DEVICES,
    LANES,
    MORNING,
    SECRET,
    Bench,
    MemoryBench,
    Pen,
    deliver,
    hand,
    verdicts,
)

VISIT = "ab" * 16


def test_it_applies_a_day_and_moves_the_head(bench: Bench) -> None:
    pen = Pen()
    pen.visit(VISIT)
    pen.write("visit.outcome", say.outcome_body(), visit=VISIT)
    pen.receipt(600_00)

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied"] * 3
    assert outcome.head is not None
    assert (outcome.head.seq, outcome.head.hash) == (3, pen.log[-1].hash)
    assert hand(bench) == 600_00
    assert bench.balances()["loan:L-W1:principal"] == -500_00
    assert sum(bench.balances().values()) == 0


def test_it_answers_a_repeat_with_the_verdict_it_had(bench: Bench) -> None:
    pen = Pen()
    pen.receipt()
    pen.receipt(50_00, receipt_no="SJ000999")
    deliver(bench, pen.batch())
    before = bench.balances()

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["duplicate", "duplicate:number_not_in_book"]
    assert bench.balances() == before


def test_it_takes_a_late_beginning_after_the_end(bench: Bench) -> None:
    pen = Pen()
    for _ in range(4):
        pen.receipt(10_00)

    late = deliver(bench, pen.batch(3))
    assert late.head is not None and late.head.seq == 0
    outcome = deliver(bench, pen.batch(1, 2))

    assert outcome.head is not None and outcome.head.seq == 4
    assert hand(bench) == 40_00


def test_it_keeps_both_events_of_a_fork(bench: Bench) -> None:
    pen = Pen()
    pen.visit(VISIT)
    pen.receipt(100_00)
    other = pen.fork(1)
    other.receipt(250_00)
    deliver(bench, pen.batch())

    outcome = deliver(bench, other.batch(2))

    # Both phones took the next number of the book: the second slip is for a human.
    assert verdicts(outcome) == ["quarantined:receipt_no_collision"]
    assert outcome.results[0].verdict.risk == "fork"
    assert outcome.head is not None and outcome.head.hash == pen.log[-1].hash
    assert hand(bench) == 350_00
    assert bench.balances()["suspense"] == -250_00


def test_it_says_which_kind_or_version_it_does_not_know(bench: Bench) -> None:
    pen = Pen()
    pen.write("cash.transfer", {})
    pen.write("intention.recorded", say.intention_body(), sv=2)

    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:schema_unknown"] * 2


def test_it_never_lets_one_event_hold_back_the_rest(bench: Bench) -> None:
    bench.fail_on("intention.recorded")
    pen = Pen()
    pen.receipt(100_00)
    pen.write("intention.recorded", say.intention_body())
    pen.receipt(200_00)

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "quarantined:internal_error", "applied"]
    assert outcome.head is not None and outcome.head.seq == 3
    assert hand(bench) == 300_00


def test_it_stores_what_is_signed_badly_and_believes_a_good_signature_later(bench: Bench) -> None:
    pen = Pen()
    pen.receipt(100_00)
    pen.receipt(200_00)

    bad = deliver(bench, pen.batch(sigs={2: "nonsense"}))
    assert verdicts(bad) == ["quarantined:bad_signature"] * 2
    assert bad.head is not None and bad.head.seq == 0
    assert hand(bench) == 300_00 and bench.balances()["suspense"] == -300_00

    good = deliver(bench, pen.batch())
    assert verdicts(good) == ["applied"] * 2
    assert good.head is not None and good.head.seq == 2
    assert hand(bench) == 300_00 and "suspense" not in bench.balances()


def test_it_quarantines_a_lane_that_nobody_enrolled(bench: Bench) -> None:
    pen = Pen(0)
    pen.lane = "9f" * 16
    pen.receipt(100_00)

    outcome = deliver(bench, pen.batch(), sender=1)

    assert verdicts(outcome) == ["quarantined:bad_signature"]
    assert outcome.head is None
    assert hand(bench, 1) == 100_00


def test_it_quarantines_what_is_recorded_in_the_name_of_another(bench: Bench) -> None:
    pen = Pen(0)
    body = pen.receipt(100_00).body
    pen = Pen(0)
    pen.write("cash.receipt", dict(body), actor="officer-2")

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["quarantined:body_invalid"]
    assert outcome.results[0].verdict.risk == "other_officer"
    assert hand(bench, 0) == 100_00


def test_it_parks_an_outcome_until_its_visit_has_come(bench: Bench) -> None:
    pen = Pen()
    pen.visit(VISIT)
    pen.write("visit.outcome", say.outcome_body(), visit=VISIT)

    early = deliver(bench, pen.batch(2))
    assert verdicts(early) == ["parked"]
    assert early.results[0].verdict.needs == f"visit:{VISIT}"
    deliver(bench, pen.batch(1, 1))

    again = deliver(bench, pen.batch(2))
    assert again.results[0].verdict.verdict == "applied"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [(MORNING - 86_400_000, 0), (MORNING - 60_000, -60_000), (MORNING + 86_400_000, 0)],
)
def test_it_clamps_the_claimed_instant(bench: Bench, claim: int, expected: int) -> None:
    bench.clock[0] = MORNING - 120_000
    first = Pen()
    first.visit(VISIT)
    deliver(bench, first.batch())
    with bench.reading() as store:
        tick = store.tick()
    bench.clock[0] = MORNING
    anchor = {"tick": tick, "mac": anchor_mac(SECRET, DEVICES[0], tick)}

    event = first.write(
        "intention.recorded", say.intention_body(), occurred_at=claim, anchor=anchor
    )
    deliver(bench, first.batch(2))

    with bench.transaction() as store_:
        stored = store_.find(event.hash)
    assert stored is not None
    # A day too early is lifted to the anchor, a day too late lowered to the receipt.
    low = -120_000 if claim < MORNING - 120_000 else expected
    assert stored.effective_at_ms == MORNING + low
    assert stored.event.occurred_at == claim


def test_it_gives_back_exactly_what_was_stored(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    deliver(bench, pen.batch())

    with bench.transaction() as store:
        stored = store.find(slip.hash)
        assert stored is not None
        assert stored.event == slip
        assert (stored.holder, stored.is_signed, stored.sender) == ("officer-1", True, "device-1")
        assert store.find("0" * 64) is None
        assert store.lane("77" * 16) is None
        lane = store.lane(LANES[0])
        assert lane is not None and lane.head.hash == slip.hash


def test_it_looks_again_when_another_connection_wrote_the_same_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, pen = MemoryBench(), Pen()
    pen.receipt(100_00)
    put, clashes = bench.store.put, [Clash()]

    def put_after_a_clash(recorded: Recorded) -> None:
        if clashes:
            raise clashes.pop()
        put(recorded)

    monkeypatch.setattr(bench.store, "put", put_after_a_clash)

    assert verdicts(deliver(bench, pen.batch())) == ["applied"]
    assert hand(bench) == 100_00


def test_it_does_nothing_of_a_batch_when_the_database_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, pen = MemoryBench(), Pen()
    pen.receipt(100_00)
    last = pen.receipt(200_00)
    put = bench.store.put

    def put_until_busy(recorded: Recorded) -> None:
        if recorded.event.hash == last.hash:
            raise Busy
        put(recorded)

    monkeypatch.setattr(bench.store, "put", put_until_busy)

    with pytest.raises(Busy):
        deliver(bench, pen.batch())
    monkeypatch.undo()
    assert bench.balances() == {} and bench.store.state.events == {}
    assert verdicts(deliver(bench, pen.batch())) == ["applied"] * 2
