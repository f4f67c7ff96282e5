"""Notices, promises and new keys, over every Store.

Method: a pen writes lanes as phones do; batches of them are delivered in the order that the test
is about; verdicts and books are compared. Memory, SQLite and PostgreSQL must agree.
"""

from __future__ import annotations

import pytest

import sync.specimens as say
from sync.testing import (
    Bench,
    Pen,
    deliver,
    fake_sign,
    hand,
    verdicts,
)


@pytest.mark.parametrize("first", ["made", "served"])
def test_it_applies_a_signed_notice_in_either_order(bench: Bench, first: str) -> None:
    pen = Pen()
    made = pen.notice()
    pen.write("notice.served", say.served_body(made))
    parts = [pen.batch(1, 1), pen.batch(2)]

    for batch in parts if first == "made" else reversed(parts):
        deliver(bench, batch)

    repeat = deliver(bench, pen.batch())
    assert [result.verdict.verdict for result in repeat.results] == ["applied"] * 2


def test_it_flags_a_notice_signed_by_a_neighbour(bench: Bench) -> None:
    pen = Pen()
    pen.write("notice.served", say.served_body(pen.notice(), signer_role="neighbour"))

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "applied"]
    assert outcome.results[1].verdict.risk == "signer_may_not_sign"


def test_it_quarantines_a_notice_signed_on_an_earlier_day(bench: Bench) -> None:
    pen = Pen()
    pen.write("notice.served", say.served_body(pen.notice(), signed_on="2026-03-01"))

    assert verdicts(deliver(bench, pen.batch()))[1] == "quarantined:notice_presigned"


def test_it_quarantines_a_notice_signed_before_it_was_made_by_the_clock(bench: Bench) -> None:
    pen = Pen()
    made = pen.notice()
    pen.write("notice.served", say.served_body(made), occurred_at=made.occurred_at - 1)

    assert verdicts(deliver(bench, pen.batch()))[1] == "quarantined:notice_presigned"


def test_it_quarantines_a_second_notice_of_one_number(bench: Bench) -> None:
    pen = Pen()
    pen.notice("T-1")
    pen.notice("T-1", household="W2")

    outcome = deliver(bench, pen.batch())

    assert verdicts(outcome) == ["applied", "quarantined:body_invalid"]
    assert outcome.results[1].verdict.risk == "number_taken"


def test_it_parks_a_promise_until_what_it_supersedes_has_come(bench: Bench) -> None:
    pen = Pen()
    first = pen.write("promise.made", say.promise_body())
    pen.write("promise.made", say.promise_body(supersedes=(first.hash,)))

    assert verdicts(deliver(bench, pen.batch(2))) == ["parked"]
    deliver(bench, pen.batch(1, 1))

    assert deliver(bench, pen.batch()).results[1].verdict.verdict == "applied"


def test_it_believes_a_new_key_from_its_place_on(bench: Bench) -> None:
    pen = Pen()
    old = pen.receipt(100_00)
    pen.rotate("key-new")
    pen.receipt(200_00)
    sigs = {
        1: fake_sign("key-1", bytes.fromhex(old.hash)),
        3: fake_sign("key-new", bytes.fromhex(pen.log[2].hash)),
    }
    batch = pen.batch(sigs=sigs, new_key="key-new")

    doubted = deliver(bench, batch, may_rotate=False)
    assert verdicts(doubted) == ["quarantined:bad_signature"] * 3

    believed = deliver(bench, batch, may_rotate=True)
    assert verdicts(believed) == ["applied"] * 3
    pen.receipt(300_00)
    assert verdicts(deliver(bench, pen.batch(4))) == ["applied"]
    assert hand(bench) == 600_00


def test_it_still_believes_the_old_key_for_what_came_before(bench: Bench) -> None:
    pen = Pen()
    pen.receipt(100_00)
    pen.rotate("key-new")
    deliver(bench, pen.batch(2, new_key="key-new"), may_rotate=True)

    assert verdicts(deliver(bench, pen.batch(1, 1))) == ["applied"]
    old = Pen()
    old.log, old.key = pen.log[:2], "key-1"
    old.receipt(5_00)
    assert verdicts(deliver(bench, old.batch(3))) == ["quarantined:bad_signature"]


def test_it_takes_no_new_key_from_another_device(bench: Bench) -> None:
    pen = Pen(0)
    pen.rotate("key-of-a-thief")

    outcome = deliver(bench, pen.batch(new_key="key-of-a-thief"), sender=1, may_rotate=True)

    assert verdicts(outcome) == ["quarantined:bad_signature"]
