"""What time and a supervisor settle, over every Store: forced after 48 hours, released, void.

Method: events are kept for some reason; the clock is moved or a ruling is given; verdicts, legs
and what came late are compared. Memory, SQLite and PostgreSQL must agree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import sync.specimens as say
from sync.events import Envelope
from sync.problems import Problem
from sync.receipts import printed_number
from sync.store import Recorded
from sync.tend import PARKED_MS_MAX, rule, tend
from sync.testing import SECRET, Bench, Pen, deliver, hand, verdicts
from sync.verdicts import Verdict

VISIT = "ab" * 16


def tended(bench: Bench, pass_ms: int = PARKED_MS_MAX) -> list[str]:
    bench.clock[0] += pass_ms
    with bench.transaction() as store:
        return tend(store, SECRET, bench.clock[0])


def ruled(bench: Bench, target: str, action: str) -> Verdict:
    with bench.transaction() as store:
        return rule(store, SECRET, target, action)[1]


def verdict_of(bench: Bench, event: Envelope) -> Verdict:
    with bench.transaction() as store:
        return store.verdicts([event.hash])[event.hash]


def test_it_leaves_a_parked_event_alone_until_its_time_is_over(bench: Bench) -> None:
    pen = Pen()
    pen.visit(VISIT)
    pen.write("visit.outcome", say.outcome_body(), visit=VISIT)
    deliver(bench, pen.batch(2))

    assert tended(bench, PARKED_MS_MAX - 1) == []
    assert tended(bench, 1) == [pen.log[1].hash]
    assert verdict_of(bench, pen.log[1]) == Verdict("applied", risk="forced")
    assert tended(bench) == []


def test_it_takes_the_beginning_of_a_visit_after_its_outcome_was_forced(bench: Bench) -> None:
    pen = Pen()
    pen.visit(VISIT)
    pen.write("visit.outcome", say.outcome_body(), visit=VISIT)
    deliver(bench, pen.batch(2))
    tended(bench)

    assert verdicts(deliver(bench, pen.batch(1, 1))) == ["applied"]
    with bench.transaction() as store:
        assert store.visit(VISIT) == (pen.log[0].hash, "W1")
    assert verdict_of(bench, pen.log[1]) == Verdict("applied", risk="forced")


def test_it_forces_a_promise_that_takes_the_place_of_unknown_ones(bench: Bench) -> None:
    pen = Pen()
    first = pen.write("promise.made", say.promise_body())
    second = pen.write("promise.made", say.promise_body(supersedes=(first.hash,)))
    deliver(bench, pen.batch(2))
    tended(bench)

    assert verdict_of(bench, second) == Verdict("applied", risk="forced")
    assert verdicts(deliver(bench, pen.batch(1))) == ["applied", "duplicate"]


def test_it_sets_a_void_of_an_unknown_receipt_aside_and_takes_it_when_that_comes(
    bench: Bench,
) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    void = pen.write("cash.void", say.void_body(slip))
    deliver(bench, pen.batch(2))
    tended(bench)
    assert verdict_of(bench, void) == Verdict("quarantined", "need_never_came", slip.hash)

    assert verdicts(deliver(bench, pen.batch(1, 1))) == ["applied"]

    assert verdict_of(bench, void) == Verdict("applied")
    assert bench.balances() == {}
    assert verdicts(deliver(bench, pen.batch())) == ["duplicate", "duplicate"]
    assert bench.balances() == {}


def test_it_sets_a_signature_without_its_notice_aside(bench: Bench) -> None:
    pen = Pen()
    made = pen.notice()
    served = pen.write("notice.served", say.served_body(made))
    deliver(bench, pen.batch(2))
    tended(bench)
    assert verdict_of(bench, served).reason == "need_never_came"

    deliver(bench, pen.batch(1, 1))

    assert verdict_of(bench, served) == Verdict("applied")


def test_it_judges_again_what_it_did_not_know_once_it_does(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    later = pen.write("cash.void", say.void_body(slip))
    monkeypatch.setattr("sync.events.FIELDS", {})
    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:schema_unknown"] * 2
    assert hand(bench) == 100_00 and bench.balances()["suspense"] == -100_00
    assert tended(bench, 0) == []

    monkeypatch.undo()

    assert sorted(tended(bench, 0)) == sorted([slip.hash, later.hash])
    assert verdict_of(bench, slip) == verdict_of(bench, later) == Verdict("applied")
    assert bench.balances() == {}


def test_it_releases_what_a_revoked_phone_still_sent(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    bench.revoke()
    assert verdicts(deliver(bench, pen.batch())) == ["quarantined:revoked_device"]
    assert bench.balances() == {"hand:officer-1": 100_00, "suspense": -100_00}

    assert ruled(bench, slip.hash, "release") == Verdict("applied", risk="released")

    assert hand(bench) == 100_00 and "suspense" not in bench.balances()
    assert sum(bench.balances().values()) == 0
    assert verdicts(deliver(bench, pen.batch())) == ["duplicate"]


def test_it_remembers_a_release_while_the_event_waits_for_another(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    void = pen.write("cash.void", say.void_body(slip))
    bench.revoke()
    deliver(bench, pen.batch(2))
    assert ruled(bench, void.hash, "release").verdict == "parked"
    deliver(bench, pen.batch(1, 1))

    assert verdict_of(bench, void) == Verdict("applied", risk="released")
    assert bench.balances() == {}


def test_it_releases_a_number_of_no_book_unless_another_slip_has_it(bench: Bench) -> None:
    pen = Pen()
    slip, twin = (pen.receipt(fen, receipt_no="SJ000999") for fen in (100_00, 70_00))
    deliver(bench, pen.batch())

    assert ruled(bench, slip.hash, "release") == Verdict("applied", risk="released")
    after = ruled(bench, twin.hash, "release")

    assert after == Verdict("quarantined", "receipt_no_collision", risk="released")
    assert hand(bench) == 170_00 and bench.balances()["suspense"] == -70_00

    after = ruled(bench, twin.hash, "reassign_number")

    assert after == Verdict("applied", risk="released"), "and not aside for its book again"
    assert hand(bench) == 170_00 and "suspense" not in bench.balances()


def test_it_keeps_both_slips_of_one_number_by_their_check_characters(bench: Bench) -> None:
    pen = Pen()
    first, twin = (
        pen.receipt(100_00, receipt_no="SJ000150"),
        pen.receipt(70_00, receipt_no="SJ000150"),
    )
    assert verdicts(deliver(bench, pen.batch()))[1] == "quarantined:receipt_no_collision"
    assert hand(bench) == 170_00 and bench.balances()["suspense"] == -70_00

    after = ruled(bench, twin.hash, "reassign_number")

    assert after == Verdict("applied", risk="released")
    assert hand(bench) == 170_00 and "suspense" not in bench.balances()
    with bench.transaction() as store:
        assert store.number_user("SJ000150") == first.hash
        assert store.number_user(printed_number("SJ000150", twin.hash)) == twin.hash


def test_it_voids_a_kept_receipt_and_the_cash_with_it(bench: Bench) -> None:
    pen = Pen()
    first, twin = (pen.receipt(fen, receipt_no="SJ000150") for fen in (100_00, 70_00))
    void = pen.write("cash.void", say.void_body(twin))
    deliver(bench, pen.batch(1, 2))

    assert ruled(bench, twin.hash, "void").verdict == "voided"

    assert hand(bench) == 100_00 and "suspense" not in bench.balances()
    with bench.transaction() as store:
        assert store.number_user("SJ000150") == first.hash
    deliver(bench, pen.batch())
    assert verdict_of(bench, void) == Verdict("quarantined", "body_invalid", risk="target_voided")
    assert hand(bench) == 100_00


def test_it_keeps_aside_what_nobody_can_settle_yet(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00, loan="L-NONE")
    deliver(bench, pen.batch())
    before = bench.balances()

    assert ruled(bench, slip.hash, "keep") == Verdict("quarantined", "unknown_case")
    assert bench.balances() == before


@pytest.mark.parametrize(
    ("changes", "action", "code"),
    [
        ({"loan": "L-NONE"}, "release", "ruling_changes_nothing"),
        ({"loan": "L-NONE"}, "reassign_number", "ruling_not_possible"),
        ({}, "release", "ruling_already_done"),
    ],
)
def test_it_refuses_a_ruling_that_cannot_be(
    bench: Bench, changes: dict[str, Any], action: str, code: str
) -> None:
    pen = Pen()
    slip = pen.receipt(100_00, **changes)
    deliver(bench, pen.batch())
    before = bench.balances(), verdict_of(bench, slip)

    with pytest.raises(Problem) as refusal:
        ruled(bench, slip.hash, action)

    assert refusal.value.code == code
    assert (bench.balances(), verdict_of(bench, slip)) == before


def test_it_refuses_to_rule_on_what_it_does_not_have_or_cannot_undo(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00, receipt_no="SJ000999")
    badly = Pen(1)
    unsigned = badly.receipt(50_00)
    deliver(bench, pen.batch())
    deliver(bench, replace(badly.batch(), sigs={}), sender=1)
    bench.count(slip.hash)

    for target, action, code in (
        ("0" * 64, "keep", "ruling_target_unknown"),
        (slip.hash, "void", "ruling_not_possible"),  # the cashier has the cash
        (unsigned.hash, "void", "ruling_not_possible"),  # a good signature may yet come
        (unsigned.hash, "release", "ruling_changes_nothing"),
    ):
        with pytest.raises(Problem) as refusal:
            ruled(bench, target, action)
        assert refusal.value.code == code


def test_it_keeps_a_ruling_when_our_own_code_fails_on_it(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    bench.revoke()
    deliver(bench, pen.batch())
    bench.fail_on("cash.receipt")

    assert ruled(bench, slip.hash, "release").reason == "internal_error"
    assert hand(bench) == 100_00 and bench.balances()["suspense"] == -100_00


def test_it_finds_what_is_overdue_and_what_is_kept_for_a_reason(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(100_00)
    pen.write("cash.void", say.void_body(slip))
    strange = pen.write("cash.transfer", {})
    deliver(bench, pen.batch(2))

    def hashes(found: list[Recorded]) -> list[str]:
        return [each.event.hash for each in found]

    with bench.transaction() as store:
        assert hashes(store.overdue(bench.clock[0])) == [pen.log[1].hash]
        assert hashes(store.overdue(bench.clock[0] - 1)) == []
        assert hashes(store.kept_for("schema_unknown")) == [strange.hash]
        assert store.kept_for("bad_signature") == []
