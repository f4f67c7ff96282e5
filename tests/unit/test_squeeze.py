"""Squeezing of bodies, beyond the vectors.

Method: Hypothesis fills the fields that are squeezed with what belongs there, with what looks like
it, and with anything else; the body must come back with the same canonical bytes. Then marks that
were never written are read, of which only a Problem or a body may come.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import canonical_bytes, sha256_hex
from sync.capitals import capitals
from sync.problems import Problem
from sync.squeeze import STROKE_NUMBER_MAX, read_strokes, squeeze, unsqueeze, write_strokes

BEFORE = [sha256_hex(str(number).encode()) for number in range(12)]
FIELDS = ("text", "text_hash", "amount_fen", "words", "made", "target", "about", "note")

points = st.integers(-STROKE_NUMBER_MAX - 1, STROKE_NUMBER_MAX + 1) | st.integers(-40, 400)
strokes = st.lists(st.lists(points, max_size=12), max_size=4)
whole_strokes = st.lists(
    st.lists(st.tuples(*[st.integers(-STROKE_NUMBER_MAX, STROKE_NUMBER_MAX)] * 3), max_size=9).map(
        lambda stroke: [number for point in stroke for number in point]
    ),
    max_size=4,
)
marks = st.text("~0123456789aAB-_x", max_size=6).map(lambda text: "~" + text)
plain: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers(-5, 10**6) | marks | st.sampled_from(BEFORE)
)
odd = plain | st.text(max_size=4) | st.lists(plain, max_size=2)
bodies = st.builds(
    lambda plain, given_strokes, has_signature: (
        {**plain, "signature": {"w": 1, "strokes": given_strokes}} if has_signature else plain
    ),
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, odd)),
    strokes | whole_strokes | odd,
    st.booleans(),
)


def canonical_or_none(body: dict[str, Any]) -> bytes | None:
    try:
        return canonical_bytes(body)
    except Problem:
        return None


@given(bodies)
@settings(deadline=None, max_examples=300)
def test_it_gives_back_the_same_bytes_whatever_stands_in_the_fields(body: dict[str, Any]) -> None:
    squeezed = squeeze(body, BEFORE)

    full = unsqueeze(squeezed, BEFORE)

    assert canonical_or_none(full) == canonical_or_none(body)


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(0, 10**12))
@settings(deadline=None)
def test_it_leaves_out_what_follows_from_the_rest(text: str, fen: int) -> None:
    body: dict[str, object] = {"text": text, "text_hash": sha256_hex(text.encode())}
    body |= {"amount_fen": fen, "words": capitals(fen), "made": BEFORE[-1], "about": BEFORE[0]}

    squeezed = squeeze(body, BEFORE)

    assert (squeezed["text_hash"], squeezed["words"]) == ("~", "~")
    assert (squeezed["made"], squeezed["about"]) == ("~1", f"~{len(BEFORE)}")


@given(bodies)
@settings(deadline=None, max_examples=300)
def test_it_reads_marks_that_nobody_wrote_or_refuses_them(body: dict[str, Any]) -> None:
    try:
        unsqueeze(body, BEFORE[:3])
    except Problem as problem:
        assert problem.code == "batch_invalid" and problem.details["field"]


@given(whole_strokes)
@settings(deadline=None)
def test_it_reads_the_strokes_that_it_wrote(given_strokes: list[list[int]]) -> None:
    assert read_strokes(write_strokes(given_strokes)) == given_strokes


@given(st.text("ABCDGHgh_-+~", max_size=30))
@settings(deadline=None)
def test_it_reads_any_text_as_strokes_or_refuses_it(text: str) -> None:
    try:
        read = read_strokes(text)
    except Problem as problem:
        assert problem.code == "batch_invalid"
    else:
        assert all(len(stroke) % 3 == 0 for stroke in read)


def test_it_refuses_the_hash_of_a_text_that_has_no_bytes() -> None:
    with pytest.raises(Problem, match="text_hash"):
        unsqueeze({"text": "\ud800", "text_hash": "~"}, [])


def test_it_does_not_change_the_body_it_was_given() -> None:
    body = {"text": "x", "text_hash": sha256_hex(b"x"), "signature": {"strokes": [[1, 2, 3]]}}
    kept = canonical_bytes(body)

    squeeze(body, [])

    assert canonical_bytes(body) == kept
