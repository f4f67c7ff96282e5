"""Canonical bytes of an event, and their hash. Two languages must give the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from sync.problems import Problem

# The largest integer that both languages hold exactly.
INT_MAX = 2**53 - 1

# Our deepest body has five levels. A limit keeps hostile nesting from using up the stack.
DEPTH_MAX = 16

_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_SURROGATES = re.compile("[\ud800-\udfff]")


def canonical_bytes(value: object) -> bytes:
    """The one byte form of a JSON value: sorted ASCII keys, no spaces, UTF-8, integers only.

    Refuses (`not_canonical`, with the path and the rule) what the two languages write differently:
    floats, integers beyond 2^53-1, lone surrogates, keys that are not ASCII, deep nesting.
    """
    if not _is_in_order(value, 0):
        _require(value, "$", 0)
        value = _plain(value)
    return _WRITER.encode(value).encode()


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def event_hash(envelope: Mapping[str, object]) -> str:
    """The identity of an event: SHA-256 over the canonical bytes of its whole envelope."""
    return sha256_hex(canonical_bytes(envelope))


def strict_json(text: str | bytes) -> Any:
    """Read JSON and refuse what a second reader could understand otherwise.

    Repeated keys, NaN and Infinity raise ValueError, like every other fault of the text, for
    some readers keep the first of two keys and some the last.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice")
    return read


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _is_in_order(value: object, depth: int) -> bool:
    """What _require would let pass, of plain dicts and lists: the quick way for nearly everything.

    An evening of 200 phones is a million values; a path for each of them would take half the time.
    """
    if isinstance(value, str):
        return not _SURROGATES.search(value)
    if value is None or value is True or value is False:
        return True
    if isinstance(value, int):
        return -INT_MAX <= value <= INT_MAX
    if isinstance(value, dict):
        if not all(map(_is_key, value)):
            return False
        value = value.values()
    elif not isinstance(value, list):
        return False
    elif depth < DEPTH_MAX and value and {*map(type, value)} == {int}:  # a stroke
        return bool(-INT_MAX <= min(value) and max(value) <= INT_MAX)
    within = depth + 1
    return all(within <= DEPTH_MAX and _is_in_order(item, within) for item in value)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key.isascii()


def _require(value: object, path: str, depth: int) -> None:
    rule = _broken_rule(value, depth)
    if rule is not None:
        raise Problem("not_canonical", path=path, rule=rule)
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Problem("not_canonical", path=path, rule="keys_are_ascii")
            _require(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _require(item, f"{path}[{index}]", depth + 1)


def _broken_rule(value: object, depth: int) -> str | None:
    if depth > DEPTH_MAX:
        return "depth_max"
    if value is None or isinstance(value, bool | Mapping | list | tuple):
        return None
    if isinstance(value, int):
        return None if -INT_MAX <= value <= INT_MAX else "integer_range"
    if isinstance(value, str):
        return "well_formed_text" if any("\ud800" <= c <= "\udfff" for c in value) else None
    return "kind_of_value"


def _plain(value: object) -> object:
    """Any Mapping as a dict, for the JSON writer knows only that one."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
