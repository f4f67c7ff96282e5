"""Records as columns, beyond the vectors.

Method: Hypothesis makes up records of any JSON that has canonical bytes, packs and unpacks them;
then it breaks what was packed in any place, and feeds in what was never packed. Only a Problem
may come out of that, and nothing may unfold beyond its limits.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import INT_MAX, canonical_bytes
from sync.columns import Limits, pack, same, unpack
from sync.problems import Problem

SMALL = Limits(records=50, values=400, chars=20_000)

numbers = st.integers(-INT_MAX, INT_MAX) | st.integers(-3, 3)
texts = st.text(st.characters(codec="utf-8"), max_size=5)
keys = st.text(st.characters(max_codepoint=127), max_size=3) | st.sampled_from("a/b ~ ~1 /".split())
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(keys, values, max_size=4)
many = st.lists(records, max_size=5).flatmap(
    lambda forms: st.lists(st.sampled_from(forms), max_size=12) if forms else st.just([])
)
# Anything that JSON can say, also what has no canonical bytes.
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=12,
)
mostly_packed = st.fixed_dictionaries(
    {
        "n": st.integers(0, 4) | anything,
        "order": st.lists(st.integers(-1, 3), max_size=6) | anything,
        "tables": st.lists(
            st.tuples(
                st.lists(keys, max_size=3),
                st.lists(
                    anything
                    | st.dictionaries(st.sampled_from("cdex"), anything, max_size=2)
                    | st.builds(lambda j: {"e": j}, st.integers(-1, 3))
                    | st.builds(lambda steps: {"d": steps}, st.lists(st.integers(), max_size=4)),
                    max_size=3,
                ),
            ).map(list),
            max_size=3,
        )
        | anything,
    }
)


def as_bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


@given(many | st.lists(records, max_size=8))
@settings(deadline=None)
def test_it_gives_back_exactly_what_was_packed(given_records: list[dict[str, Any]]) -> None:
    packed = pack(given_records)
    travelled = json.loads(json.dumps(packed))

    assert as_bytes(unpack(travelled)) == as_bytes(given_records)


@given(mostly_packed | anything)
@settings(deadline=None, max_examples=400)
def test_it_refuses_what_it_did_not_pack_and_never_fails(packed: object) -> None:
    try:
        unfolded = unpack(packed, SMALL)
    except Problem as problem:
        assert problem.code == "columns_invalid" and problem.details["rule"]
    else:
        assert len(unfolded) <= SMALL.records
        assert all(isinstance(record, dict) for record in unfolded)


@given(st.lists(records, min_size=1, max_size=6), st.data())
@settings(deadline=None)
def test_it_takes_no_broken_piece_for_a_whole(
    given_records: list[dict[str, Any]], data: st.DataObject
) -> None:
    packed = pack(given_records)
    holder: Any = packed
    while True:  # walk down to any place and put anything there
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        place = data.draw(st.sampled_from(places))
        inner = holder[place]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        holder = inner
    holder[place] = data.draw(anything)

    try:
        unfolded = unpack(packed)
    except Problem as problem:
        assert problem.code == "columns_invalid"
    else:
        assert len(unfolded) == packed["n"]


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (Limits(records=9, values=1000, chars=10_000), "records_max"),
        (Limits(records=10, values=19, chars=10_000), "values_max"),
        (Limits(records=10, values=20, chars=999), "chars_max"),
    ],
)
def test_it_refuses_to_unfold_more_than_its_limits(limits: Limits, rule: str) -> None:
    packed = pack([{"a": "x" * 100, "b": index} for index in range(10)])

    assert len(unpack(packed, Limits(records=10, values=20, chars=1200))) == 10
    with pytest.raises(Problem) as refused:
        unpack(packed, limits)
    assert refused.value.details["rule"] == rule


def test_it_counts_what_equal_columns_repeat() -> None:
    packed = pack([{name: "x" * 50 for name in "abcdefgh"} for _ in range(2)])
    packed["tables"][0][1] = [["x" * 50] * 2, *({"e": 0} for _ in "bcdefgh")]

    with pytest.raises(Problem, match="chars_max"):
        unpack(packed, Limits(records=2, values=16, chars=8 * 2 * 50))


@given(values, values)
@settings(deadline=None)
def test_it_calls_two_values_the_same_when_their_bytes_are(one: object, other: object) -> None:
    assert same(one, other) == (canonical_bytes(one) == canonical_bytes(other))
