"""Verdicts as runs: told for a lane, read by its phone, and by nobody else.

Method: lines of verdicts are made up, told as runs and read back by phones whose chains are the
same, shorter, longer, or of another memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import sha256_hex
from sync.runs import page_runs, read_runs, read_took, took
from sync.verdicts import APPLIED, Verdict, quarantined

LANE = "1a" * 16
CHAIN = [sha256_hex(str(seq).encode()) for seq in range(1, 31)]


@dataclass(frozen=True)
class Line:
    tick: int
    seq: int
    verdict: str = "applied"
    reason: str | None = None
    needs: str | None = None
    lane: str = LANE
    is_on_chain: bool = True

    @property
    def hash(self) -> str:
        return CHAIN[self.seq - 1] if self.is_on_chain else sha256_hex(f"fork {self.seq}".encode())


@dataclass(frozen=True)
class Taken:
    verdict: Verdict
    is_repeat: bool = False


lines = st.lists(
    st.builds(
        Line,
        tick=st.integers(1, 3),
        seq=st.integers(1, len(CHAIN)),
        verdict=st.sampled_from(["applied", "quarantined", "parked"]),
        reason=st.sampled_from([None, "unknown_case"]),
        is_on_chain=st.booleans(),
    ),
    unique_by=lambda line: line.seq,
)


def page_of(given_lines: list[Any]) -> dict[str, Any]:
    runs, alone = page_runs(given_lines)
    return {"verdicts": runs, "alone": alone}


@given(lines)
@settings(deadline=None)
def test_it_tells_a_phone_the_verdict_of_each_of_its_events(given_lines: list[Line]) -> None:
    mine = [line for line in given_lines if line.is_on_chain]

    told = read_runs(page_of(given_lines), {LANE: CHAIN})

    assert {
        each: (said["verdict"], said["reason"], said["tick"]) for each, said in told.items()
    } == {line.hash: (line.verdict, line.reason, line.tick) for line in mine}


def test_it_says_a_day_in_one_run() -> None:
    page = page_of([Line(7, seq) for seq in range(3, 20)])

    run = [3, 19, CHAIN[18][:16], 7, "applied", None, None]
    assert page == {"verdicts": [[LANE, [run]]], "alone": []}


@pytest.mark.parametrize(
    ("second", "runs"),
    [
        (Line(7, 2), 1),
        (Line(8, 2), 2),
        (Line(7, 3), 2),
        (Line(7, 2, "quarantined", "unknown_case"), 2),
        (Line(7, 2, needs="x"), 2),
        (Line(7, 2, lane="2b" * 16), 2),
    ],
)
def test_it_begins_a_new_run_where_anything_differs(second: Line, runs: int) -> None:
    page = page_of([Line(7, 1), second])

    assert sum(len(of_lane) for _, of_lane in page["verdicts"]) == runs


@pytest.mark.parametrize("shorter", [0, 1, 9])
def test_it_says_nothing_to_a_phone_that_does_not_have_the_last_event(shorter: int) -> None:
    """Its memory went back, or it is a copy that went another way."""
    page = page_of([Line(7, seq) for seq in range(1, 11)])
    other = [*CHAIN[:9], sha256_hex(b"another tenth")]

    assert read_runs(page, {LANE: CHAIN[:shorter]}) == {}
    assert read_runs(page, {LANE: other}) == {}
    assert read_runs(page, {"2b" * 16: CHAIN}) == {}


def test_it_speaks_of_events_beside_the_chain_by_their_hash_alone() -> None:
    fork = Line(7, 2, "quarantined", "receipt_no_collision", is_on_chain=False)
    page = page_of([Line(7, 1), Line(7, 2), fork])

    mine = read_runs(page, {LANE: CHAIN})
    other = read_runs(page, {LANE: [CHAIN[0], fork.hash]})

    assert set(mine) == {CHAIN[0], CHAIN[1]}
    assert other[fork.hash]["reason"] == "receipt_no_collision" and CHAIN[1] not in other


def test_it_tells_what_became_of_a_batch_in_its_order() -> None:
    parked = Verdict("parked", needs=CHAIN[0])
    taken = [Taken(APPLIED), Taken(APPLIED), Taken(APPLIED, True), Taken(parked)]

    runs = took([*taken, Taken(quarantined("unknown_case"))])

    assert runs == [
        [2, "applied", None, None, False],
        [1, "applied", None, None, True],
        [1, "parked", None, CHAIN[0], False],
        [1, "quarantined", "unknown_case", None, False],
    ]
    said = read_took(runs, CHAIN[:5])
    assert [said[each]["verdict"] for each in CHAIN[:5]] == ["applied"] * 3 + [
        "parked",
        "quarantined",
    ]


@pytest.mark.parametrize("sent", [0, 1, 3])
def test_it_believes_no_took_of_another_batch(sent: int) -> None:
    with pytest.raises(ValueError):
        read_took([[2, "applied", None, None, False]], CHAIN[:sent])


def test_it_tells_a_copy_that_stopped_earlier_what_the_server_has_of_it() -> None:
    page = page_of([Line(7, seq) for seq in range(1, 6)])
    shorter = {LANE: CHAIN[:3]}

    assert read_runs(page, shorter) == {}, "nothing proves that these are its own events"
    assert set(read_runs(page, shorter, CHAIN[:2])) == set(CHAIN[:2])
