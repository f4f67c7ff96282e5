"""I5: the same events in any split, order and repetition give the same history.

Method: from a seed, two officers record a mixed day, good and bad. It is delivered once in order,
and then again to a fresh world in random pieces: overlapping, repeated, backwards, some first
with a wrong signature, some carried by the colleague. Stored events, verdicts, balances and heads
must be equal. Left out on purpose: which of two colliding numbers came first.

The seed stands in the name of the test; memory takes many seeds, the databases a few.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

import sync.specimens as say
from sync.push import Batch
from sync.testing import HOUSEHOLDS, Bench, MemoryBench, Pen, deliver

EVENTS = 24


def a_day(who: int, dice: random.Random) -> Pen:
    """What one officer records: right things, wrong things, and things about earlier things."""
    pen = Pen(who)
    while len(pen.log) < EVENTS:
        household = dice.choice(HOUSEHOLDS)
        _WRITE[dice.randrange(len(_WRITE))](pen, household, dice)
    return pen


def _visit(pen: Pen, household: str, dice: random.Random) -> None:
    visit = dice.randbytes(16).hex()
    pen.visit(visit, household)
    pen.write("visit.outcome", say.outcome_body(household), visit=visit)


def _cash(pen: Pen, household: str, dice: random.Random) -> None:
    pen.receipt(dice.randrange(1, 1000) * 100, household)


def _bad_cash(pen: Pen, household: str, dice: random.Random) -> None:
    changes: list[dict[str, Any]] = [
        {"amount_fen": 0},
        {"interest_fen": 7},
        {"loan": "L-NONE"},
        {"receipt_no": f"XX{dice.randrange(10**6):06d}"},
        {"payer_name": None},
    ]
    pen.receipt(100_00, household, **dice.choice(changes))


def _void(pen: Pen, household: str, dice: random.Random) -> None:
    voided = {event.body["target"] for event in pen.log if event.kind == "cash.void"}
    slips = [e for e in pen.log if e.kind == "cash.receipt" and e.hash not in voided]
    if slips:
        pen.write("cash.void", say.void_body(dice.choice(slips)))


def _notice(pen: Pen, household: str, dice: random.Random) -> None:
    made = pen.notice(f"T-{pen.who}-{len(pen.log)}", household)
    role = dice.choice(["debtor", "neighbour", "adult_relative"])
    day = dice.choice(["2026-03-02", "2026-03-01"])
    pen.write("notice.served", say.served_body(made, signer_role=role, signed_on=day))


def _promise(pen: Pen, household: str, dice: random.Random) -> None:
    earlier = [e.hash for e in pen.log if e.kind == "promise.made"]
    supersedes = tuple(dice.sample(earlier, min(len(earlier), dice.randrange(3))))
    pen.write("promise.made", say.promise_body(household, supersedes))


def _strange(pen: Pen, household: str, dice: random.Random) -> None:
    pen.write(dice.choice(["cash.transfer", "notice.unsigned"]), {"household": household})


_WRITE = [_visit, _cash, _cash, _bad_cash, _void, _notice, _promise, _strange]


def pieces(pen: Pen, dice: random.Random) -> list[tuple[Batch, int]]:
    """The lane in random pieces that together hold all of it, each with its sender."""
    cuts: list[tuple[Batch, int]] = []
    places = list(range(1, EVENTS + 1))
    for first in [*places[:: dice.randrange(2, 7)], *dice.choices(places, k=6)]:
        batch = pen.batch(first, min(len(pen.log), first + dice.randrange(1, 9)))
        if dice.random() < 0.25:
            cuts.append((replace(batch, sigs={}), dice.randrange(2)))
        cuts.append((batch, dice.choice([pen.who, pen.who, 1 - pen.who])))
    return [*cuts, (pen.batch(), pen.who)]


def in_order(bench: Bench, pens: list[Pen]) -> None:
    for pen in pens:
        deliver(bench, pen.batch(), sender=pen.who)


def in_any_order(bench: Bench, pens: list[Pen], dice: random.Random) -> None:
    every = [piece for pen in pens for piece in pieces(pen, dice)]
    dice.shuffle(every)
    for batch, sender in every:
        deliver(bench, batch, sender=sender)


def history(bench: Bench, pens: list[Pen]) -> dict[str, Any]:
    """What must not depend on how the events came."""
    hashes = [event.hash for pen in pens for event in pen.log]
    with bench.transaction() as store:
        verdicts = store.verdicts(hashes)
        heads = [lane.head for pen in pens if (lane := store.lane(pen.lane))]
        stored = [store.find(event_hash) for event_hash in hashes]
    return {
        "stored": [each.event if each else None for each in stored],
        "holders": [each.holder if each else None for each in stored],
        "verdicts": [verdicts[event_hash] for event_hash in hashes],
        "heads": heads,
        "balances": bench.balances(),
    }


def expected(pens: list[Pen]) -> dict[str, Any]:
    reference = MemoryBench()
    in_order(reference, pens)
    return history(reference, pens)


@pytest.mark.parametrize("seed", range(6))
def test_it_does_not_matter_how_the_events_come(bench: Bench, seed: int) -> None:
    dice = random.Random(seed)
    pens = [a_day(0, dice), a_day(1, dice)]

    in_any_order(bench, pens, dice)

    after = history(bench, pens)
    assert after == expected(pens)
    assert after["stored"] == [event for pen in pens for event in pen.log]
    assert sum(after["balances"].values()) == 0


def test_it_does_not_matter_for_many_more_days_in_memory() -> None:
    for seed in range(100, 300):
        dice = random.Random(seed)
        pens = [a_day(0, dice), a_day(1, dice)]
        bench = MemoryBench()
        in_any_order(bench, pens, dice)
        assert history(bench, pens) == expected(pens), f"seed {seed}"
