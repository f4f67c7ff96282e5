"""The digest of a scope. Method: any change of any row must change it; order must not."""

from __future__ import annotations

import hashlib

from sync.canonical import canonical_bytes
from sync.digest import digests, rows_digest


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
