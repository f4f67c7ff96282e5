"""I7: one poison event delays no other, on its lane or any other, over every Store.

Method: between two good receipts stands one event that is as bad as an event can be: bytes that
databases do not like, a megabyte, every field of a wrong type, a handler of ours that fails. All
three are acknowledged, the good ones applied, and what follows comes through as well.
"""

from __future__ import annotations

from typing import Any

import pytest

import sync.specimens as say
from sync.testing import Bench, Pen, deliver, hand

NUL = "a\x00b"
DEEP: Any = ["W1"]
for _ in range(10):  # the canonical form ends at twenty
    DEEP = [DEEP]

RECEIPT = say.receipt_body(("book-1", "SJ000149"), 70_00)
POISON: list[tuple[str, dict[str, Any]]] = [
    ("intention.recorded", {**say.intention_body(), "note": "字" * 350_000}),
    ("intention.recorded", {**say.intention_body(), "household": NUL, "loan": NUL}),
    ("visit.started", {**say.visit_body(), "household": "W" * 1_000_000}),
    ("visit.started", {**say.visit_body(), "second_person": NUL}),
    ("notice.made", {**say.notice_body("T-9"), "notice_no": NUL}),
    ("notice.made", {name: [1] for name in say.notice_body("T-9")}),
    ("cash.receipt", {name: {"x": None} for name in RECEIPT}),
    ("cash.receipt", {**RECEIPT, "receipt_no": NUL, "payer_name": NUL, "loan": NUL}),
    ("cash.receipt", {**RECEIPT, "amount_fen": 2**53 - 1}),
    ("cash.void", {"target": NUL, "receipt_no": 7}),
    ("cash.void", {**say.void_body(Pen().receipt()), "target": "x" * 1_000_000}),
    ("promise.made", {**say.promise_body(), "supersedes": [NUL, {}, []]}),
    ("attachment.added", {"sha256": ["not", "a", "hash"]}),
    ("lane.opened", {"device": None, "replaces": NUL}),
    ("no.such.kind", {}),
    ("visit.outcome", {"household": DEEP}),
]


@pytest.mark.parametrize("number", range(len(POISON)))
def test_it_takes_what_stands_around_a_poison_event(bench: Bench, number: int) -> None:
    kind, body = POISON[number]
    pen, other = Pen(0), Pen(1)
    pen.receipt(100_00)
    pen.write(kind, body, visit="ab" * 16)
    pen.receipt(200_00, "W2")
    other.receipt(50_00, "W3")

    outcome = deliver(bench, pen.batch())
    beside = deliver(bench, other.batch(), sender=1)

    told = [result.verdict.verdict for result in outcome.results]
    assert (told[0], told[2]) == ("applied", "applied")
    assert told[1] in ("quarantined", "parked")
    assert outcome.head is not None and outcome.head.seq == 3
    assert [result.verdict.verdict for result in beside.results] == ["applied"]
    assert hand(bench, 0) in (300_00, 370_00) and hand(bench, 1) == 50_00
    assert sum(bench.balances().values()) == 0
    again = deliver(bench, pen.batch())
    assert [result.is_repeat for result in again.results] == [True] * 3


@pytest.mark.parametrize("kind", ["intention.recorded", "cash.receipt", "visit.started"])
def test_it_takes_all_others_when_our_own_handler_fails(bench: Bench, kind: str) -> None:
    pen = Pen()
    pen.visit("ab" * 16)
    pen.write("intention.recorded", say.intention_body())
    pen.receipt(100_00)
    pen.write("notice.unsigned", say.unsigned_body())
    bench.fail_on(kind)

    outcome = deliver(bench, pen.batch())

    told = {e.kind: r.verdict for e, r in zip(pen.log, outcome.results, strict=True)}
    assert told.pop(kind).reason == "internal_error"
    assert {verdict.verdict for verdict in told.values()} == {"applied"}
    assert outcome.head is not None and outcome.head.seq == 4
    assert hand(bench) == 100_00
