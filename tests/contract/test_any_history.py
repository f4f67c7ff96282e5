"""I1 to I7, I22, I23, I29, I30 whatever happens in which order: a state machine over the Store.

Method: Hypothesis lets two officers record, cuts their lanes into pieces that overlap, repeat and
come backwards, by the phone itself, by a colleague or with a wrong signature; households are taken
away, two days pass, a phone forgets its end and forks. After every step the books must be sound;
at the end everything is delivered and compared with the same events sent once in order. Left out
of the comparison: flags that say how an event came, and which of two colliding numbers came first.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import sync.specimens as say
from sync.anchor import anchor_mac
from sync.books import cash_of
from sync.receipts import printed_number
from sync.store import Recorded, Stint
from sync.tend import PARKED_MS_MAX, tend
from sync.testing import DEVICES, HOUSEHOLDS, LANES, OFFICERS, SECRET, MemoryBench, Pen, deliver
from sync.verdicts import Verdict
from tests.contract.benches import SqlBench
from tests.contract.test_any_order import (
    _bad_cash,
    _cash,
    _notice,
    _promise,
    _strange,
    _visit,
    _void,
)

AnyBench = MemoryBench | SqlBench
WRITE = {
    "visit": _visit,
    "cash": _cash,
    "bad cash": _bad_cash,
    "void": _void,
    "notice": _notice,
    "promise": _promise,
    "strange": _strange,
}
OFFICER = st.integers(0, 1)


class AnyHistory(RuleBasedStateMachine):
    """Two officers, their phones, and all that may come between them and the server."""

    make: Callable[[], AnyBench]
    close: Callable[[AnyBench], None]

    def __init__(self) -> None:
        super().__init__()
        self.bench = type(self).make()
        self.pens = [Pen(0), Pen(1)]
        self.forks: list[Pen] = []
        self.stints: dict[tuple[str, str], int] = {}
        self.dice = random.Random(0)
        self.has_twins = False

    @rule(who=OFFICER, kind=st.sampled_from(sorted(WRITE)), household=st.sampled_from(HOUSEHOLDS))
    def record(self, who: int, kind: str, household: str) -> None:
        """Something is recorded, right or wrong."""
        WRITE[kind](self.pens[who], household, self.dice)

    @rule(who=OFFICER, household=st.sampled_from(HOUSEHOLDS))
    def record_a_twin(self, who: int, household: str) -> None:
        """A second slip bears a number that was given before."""
        pen = self.pens[who]
        numbers = [e.body["receipt_no"] for e in pen.log if e.kind == "cash.receipt"]
        if numbers:
            pen.receipt(9_00, household, receipt_no=self.dice.choice(numbers))
            self.has_twins = True

    @rule(who=OFFICER, household=st.sampled_from(HOUSEHOLDS), back=st.integers(0, 3))
    def promise_with_an_anchor(self, who: int, household: str, back: int) -> None:
        """The phone has seen the newest tick, or an older one."""
        with self.bench.reading() as store:
            tick = max(0, store.tick() - back)
        anchor = {"tick": tick, "mac": anchor_mac(SECRET, DEVICES[who], tick)}
        self.pens[who].write("promise.made", say.promise_body(household), anchor=anchor)

    @rule(
        who=OFFICER,
        start=st.floats(0, 1),
        length=st.integers(1, 6),
        way=st.sampled_from(["own", "own", "colleague", "unsigned"]),
    )
    def deliver(self, who: int, start: float, length: int, way: str) -> None:
        """A piece of a lane arrives."""
        lanes = [self.pens[who], *[fork for fork in self.forks if fork.who == who]]
        pen = self.dice.choice(lanes)
        if not pen.log:
            return
        first = 1 + int(start * (len(pen.log) - 1))
        batch = pen.batch(first, min(len(pen.log), first + length - 1))
        if way == "unsigned":
            batch = replace(batch, sigs={})
        deliver(self.bench, batch, sender=1 - who if way == "colleague" else who)

    @rule(who=OFFICER, household=st.sampled_from(HOUSEHOLDS))
    def take_away(self, who: int, household: str) -> None:
        """A household goes to somebody else."""
        if (household, OFFICERS[who]) not in self.stints:
            self.stints[household, OFFICERS[who]] = self.bench.take_away(household, who)

    @rule(who=OFFICER)
    def forget(self, who: int) -> None:
        """The phone goes on from an older memory; once for each, so that lanes stay readable."""
        pen = self.pens[who]
        if len(pen.log) > 2 and not any(fork.who == who for fork in self.forks):
            fork = pen.fork(len(pen.log) - 2)
            _cash(fork, "W1", self.dice)
            self.forks.append(fork)

    @rule()
    def pass_two_days(self) -> None:
        """What waits is forced, or set aside."""
        self.bench.clock[0] += PARKED_MS_MAX
        with self.bench.transaction() as store:
            tend(store, SECRET, self.bench.clock[0])

    @invariant()
    def books_are_sound(self) -> None:
        """I1, I2, I3, I4, I6, I29, I30 of what is stored now."""
        events = {e.hash: e for pen in [*self.pens, *self.forks] for e in pen.log}
        with self.bench.transaction() as store:
            verdicts = store.verdicts(list(events))
            stored = {each: store.find(each) for each in verdicts}
            legs = [leg for each in verdicts for leg in store.legs(each)]
            for lane in LANES:
                self._check_head(events, store.lane(lane))
        held = self.bench.balances()
        assert sum(leg.amount_fen for leg in legs) == 0
        found = {each: recorded for each, recorded in stored.items() if recorded is not None}
        assert set(found) == set(verdicts), "stored and judged are the same"
        assert all(recorded.event == events[each] for each, recorded in found.items())
        numbers = Counter(
            recorded.event.body["receipt_no"]
            for each, recorded in found.items()
            if recorded.event.kind == "cash.receipt" and verdicts[each].verdict == "applied"
        )
        assert max(numbers.values(), default=1) == 1, "a number counts once"
        for officer, fen in _custody(found, verdicts).items():
            assert held.get(f"hand:{officer}", 0) == fen
        assert sum(held.values()) == 0

    def _check_head(self, events: dict[str, Any], lane: Any) -> None:
        at, seq = lane.head.hash, lane.head.seq
        while seq:
            assert events[at].seq == seq
            at, seq = events[at].prev, seq - 1

    def teardown(self) -> None:
        """Everything is delivered, twice; then the histories must be equal."""
        try:
            for _ in range(2):
                for pen in [*self.pens, *self.forks]:
                    if pen.log:
                        deliver(self.bench, pen.batch(), sender=pen.who)
            self.books_are_sound()
            assert self._told(self.bench) == self._told(self._in_order())
        finally:
            type(self).close(self.bench)

    def _in_order(self) -> MemoryBench:
        """The same events sent once in order, in the same world."""
        reference = MemoryBench()
        for key, tick in self.stints.items():
            reference.store.state.stints[key] = (Stint(1, tick),)
        for pen in [*self.pens, *self.forks]:
            if pen.log:
                deliver(reference, pen.batch(), sender=pen.who)
        return reference

    def _told(self, bench: AnyBench) -> dict[str, Any]:
        events = [event for pen in [*self.pens, *self.forks] for event in pen.log]
        with bench.transaction() as store:
            verdicts = store.verdicts([event.hash for event in events])
            heads = [store.lane(lane) for lane in LANES]
        held = bench.balances()
        said: dict[str, Any] = {
            f"hand:{officer}": held.get(f"hand:{officer}", 0) for officer in OFFICERS
        }
        said["owed and in question"] = sum(
            fen for name, fen in held.items() if not name.startswith("hand:")
        )
        said["verdicts"] = _of_colliding_numbers(events, verdicts)
        if not self.forks:  # of two ends of a lane the head follows the one that came first
            said["heads"] = [lane.head if lane else None for lane in heads]
        if not self.forks and not self.has_twins:
            said["balances"] = held
        return said


def _custody(found: dict[str, Recorded], verdicts: dict[str, Verdict]) -> Counter[str]:
    """Receipts less applied voids, by holder."""
    hands: Counter[str] = Counter({officer: 0 for officer in OFFICERS})
    for each, recorded in found.items():
        event = recorded.event
        if event.kind == "cash.receipt":
            hands[recorded.holder] += cash_of(event.body) or 0
        elif event.kind == "cash.void" and verdicts[each].verdict == "applied":
            slip = found[str(event.body["target"])]
            hands[slip.holder] -= cash_of(slip.event.body) or 0
    return hands


def _of_colliding_numbers(events: list[Any], verdicts: dict[str, Verdict]) -> Counter[Any]:
    """Each event with its verdict; two slips of one number stand for each other."""
    said: Counter[Any] = Counter()
    numbers = Counter(
        event.body.get("receipt_no")
        for event in {event.hash: event for event in events}.values()
        if event.kind == "cash.receipt"
    )
    for event in {event.hash: event for event in events}.values():
        number = event.body.get("receipt_no")
        twice = event.kind == "cash.receipt" and numbers[number] > 1
        verdict = verdicts[event.hash]
        name = number if twice else event.hash
        said[name, verdict.verdict, verdict.reason, verdict.needs] += 1
    return said


def machine(make: Callable[[], AnyBench], close: Callable[[AnyBench], None]) -> type[AnyHistory]:
    """The state machine over one kind of store."""
    return type(
        "AnyHistoryHere", (AnyHistory,), {"make": staticmethod(make), "close": staticmethod(close)}
    )


def many(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_it_comes_to_the_same_history_in_memory() -> None:
    run_state_machine_as_test(machine(MemoryBench, lambda bench: None), settings=many(120, 40))


def test_it_comes_to_the_same_history_in_sqlite(
    make_template: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Path(make_template("sqlite").removeprefix("sqlite:///"))
    worlds = iter(range(10_000))

    def make() -> SqlBench:
        folder = tmp_path / str(next(worlds))
        folder.mkdir()
        (folder / "doorstep.db").write_bytes(template.read_bytes())
        return SqlBench(f"sqlite:///{folder / 'doorstep.db'}", folder, monkeypatch)

    def close(bench: AnyBench) -> None:
        assert isinstance(bench, SqlBench)
        bench.close()

    run_state_machine_as_test(machine(make, close), settings=many(5, 25))


def test_it_prints_numbers_that_say_which_paper_is_which() -> None:
    pen = Pen()
    first, twin = (pen.receipt(fen, receipt_no="SJ000150") for fen in (100_00, 70_00))

    assert printed_number("SJ000150", first.hash) != printed_number("SJ000150", twin.hash)
