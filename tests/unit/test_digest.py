"""The digest of a scope. Method: any change of any row must change it; order must not."""

from __future__ import annotations

import hashlib

from sync.canonical import canonical_bytes
from sync.digest import BUCKETS, bucket_digests, bucket_of, differing, digests, rows_digest, sums_of


def test_it_is_the_hash_of_sorted_lines() -> None:
    rows = {"b": {"x": 1}, "a": {"x": 2}}
    lines = "".join(
        f"{eid}:{hashlib.sha256(canonical_bytes(rows[eid])).hexdigest()}\n" for eid in ("a", "b")
    )

    assert rows_digest(rows) == hashlib.sha256(lines.encode()).hexdigest()


def test_it_does_not_depend_on_order() -> None:
    assert rows_digest({"a": 1, "b": 2}) == rows_digest({"b": 2, "a": 1})


def test_it_sees_a_change_of_contents_ids_and_count() -> None:
    base = rows_digest({"a": {"x": 1}, "b": {"x": 1}})

    assert base != rows_digest({"a": {"x": 1}, "b": {"x": 2}})
    assert base != rows_digest({"a": {"x": 1}, "c": {"x": 1}})
    assert base != rows_digest({"a": {"x": 1}})
    assert base != rows_digest({"a": {"x": 2}, "b": {"x": 2}})


def test_it_keeps_types_apart() -> None:
    rows = {("loan", "1"): {"x": 1}, ("household", "1"): {"x": 1}, ("loan", "2"): {"x": 2}}

    assert digests(rows) == {
        "household": rows_digest({"1": {"x": 1}}),
        "loan": rows_digest({"1": {"x": 1}, "2": {"x": 2}}),
    }
    assert digests({}) == {}


def test_it_finds_the_bucket_of_a_row_that_differs() -> None:
    ours = {f"L{n}": {"fen": n} for n in range(500)}
    theirs = {**ours, "L77": {"fen": 78}}
    del theirs["L5"]
    theirs["X1"] = {"fen": 0}

    found = differing(bucket_digests(sums_of(ours)), bucket_digests(sums_of(theirs)))

    assert found == sorted({bucket_of(eid) for eid in ("L77", "L5", "X1")})


def test_it_takes_no_digests_for_no_rows() -> None:
    sums = sums_of({"L1": {}, "L2": {}})

    assert differing([], []) == []
    assert differing([], bucket_digests(sums)) == sorted({bucket_of("L1"), bucket_of("L2")})
    assert bucket_digests({}) == [""] * BUCKETS
