"""Canonical bytes and strict JSON, beyond the vectors: what only Python values can be.

Method: values that no JSON text gives, and texts that two readers understand differently.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import pytest

from sync.canonical import DEPTH_MAX, INT_MAX, canonical_bytes, event_hash, sha256_hex, strict_json
from sync.problems import Problem


def test_it_takes_any_mapping_and_tuples_for_what_they_are() -> None:
    frozen = MappingProxyType({"b": (1, 2), "a": MappingProxyType({})})

    assert canonical_bytes(frozen) == b'{"a":{},"b":[1,2]}'


def test_it_does_not_depend_on_the_order_of_keys() -> None:
    assert event_hash({"a": 1, "b": 2}) == event_hash({"b": 2, "a": 1})


def test_it_tells_one_from_true() -> None:
    assert canonical_bytes([1, True]) == b"[1,true]"


def test_it_is_the_sha_256_of_the_bytes() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert sha256_hex(b"") == empty
    assert event_hash({}) == sha256_hex(b"{}")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (1.0, "kind_of_value"),
        (float("nan"), "kind_of_value"),
        (Decimal(1), "kind_of_value"),
        (b"bytes", "kind_of_value"),
        ({1, 2}, "kind_of_value"),
        (INT_MAX + 1, "integer_range"),
        (-INT_MAX - 1, "integer_range"),
        (10**400, "integer_range"),
        ("a\ud800", "well_formed_text"),
        ({1: 2}, "keys_are_ascii"),
        ({"é": 2}, "keys_are_ascii"),
        ({None: 2}, "keys_are_ascii"),
    ],
)
def test_it_refuses_what_two_languages_write_differently(value: object, rule: str) -> None:
    with pytest.raises(Problem) as refused:
        canonical_bytes({"body": [value]})

    assert refused.value.code == "not_canonical"
    assert refused.value.details["rule"] == rule
    assert str(refused.value.details["path"]).startswith("$.body[0]")


def test_it_refuses_a_value_that_contains_itself() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(Problem, match="depth_max"):
        canonical_bytes(endless)


def test_it_refuses_a_lone_surrogate_in_a_key() -> None:
    with pytest.raises(Problem, match="keys_are_ascii"):
        canonical_bytes({"\ud800": 1})


def test_it_goes_as_deep_as_it_says() -> None:
    value: object = 0
    for _ in range(DEPTH_MAX):
        value = [value]

    assert canonical_bytes(value).count(b"[") == DEPTH_MAX


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '[{"x":{"a":1,"a":1}}]', "NaN", "[Infinity]", "-Infinity", "", "{", "[1,]"],
)
def test_it_refuses_json_that_two_readers_understand_differently(text: str) -> None:
    with pytest.raises(ValueError):
        strict_json(text)


def test_it_refuses_json_that_is_nested_to_exhaust_the_reader() -> None:
    with pytest.raises(ValueError):
        strict_json("[" * 100_000 + "]" * 100_000)


def test_it_refuses_bytes_that_are_no_text() -> None:
    with pytest.raises(ValueError):
        strict_json(b'{"a":"\xff"}')


def test_it_reads_ordinary_json() -> None:
    assert strict_json(b'{"a":[1,null,"\xe6\xb5\x8b"]}') == {"a": [1, None, "测"]}


def test_it_does_not_change_what_it_was_given() -> None:
    class Watched(UserDict[str, object]):
        """A mapping that is no dict."""

    given: Mapping[str, object] = Watched({"b": [1], "a": None})

    assert canonical_bytes(given) == b'{"a":null,"b":[1]}'
    assert list(given) == ["b", "a"]
