"""The small language in which the fields of a body are written, and its one reader.

A rule is a word with limits behind colons, such as "text:500", "int:0:360" or
"one:met|not_home"; a field whose name ends in "?" may be null; "list:RULE" is a list of at most
64 of RULE; a table of rules is an object with exactly those keys. pwa/src/sync/fields.ts reads the
same words, so that the two tables of events.py and events.ts can be compared as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sync.canonical import INT_MAX
from sync.dates import is_date

# The largest sum for one slip, in fen: five million yuan. Above it a bank moves the money.
AMOUNT_FEN_MAX = 5_000_000_00

# A text typed at a gate. The text of a notice names its own limit.
TEXT_CHARS_MAX = 500

LIST_ITEMS_MAX = 64

# Numbers in all strokes of one signature: 2,000 points of x, y and time.
STROKE_NUMBERS_MAX = 6000

_ID = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that breaks its rule, and the reason for quarantine that this leads to."""

    field: str
    value: object
    rule: str
    reason: str


def check_fields(rules: Mapping[str, object], body: Mapping[str, object]) -> list[Fault]:
    """Every fault of an object against its table: missing, unknown and broken fields."""
    faults: list[Fault] = []
    known = 0
    for name, rule in rules.items():
        field, may_be_null = _name(name)
        if field not in body:
            faults.append(Fault(field, None, "missing", "body_invalid"))
            continue
        known += 1
        value = body[field]
        if value is not None or not may_be_null:
            faults += check_value(field, value, rule)
    if known == len(body):
        return faults
    fields = {_name(name)[0] for name in rules}
    unknown = sorted(key for key in body if key not in fields)
    return faults + [Fault(key, body[key], "unknown", "body_invalid") for key in unknown]


@lru_cache(maxsize=512)
def _name(name: str) -> tuple[str, bool]:
    """The field that a name stands for, and whether it may be null."""
    return name.removesuffix("?"), name.endswith("?")


def check_value(field: str, value: object, rule: object) -> list[Fault]:
    """The faults of one value: none, its own, or those of the fields inside it."""
    if isinstance(rule, Mapping):
        if not isinstance(value, Mapping):
            return [Fault(field, value, "object", "body_invalid")]
        return [
            Fault(f"{field}.{inner.field}", inner.value, inner.rule, inner.reason)
            for inner in check_fields(rule, value)
        ]
    assert isinstance(rule, str), "a rule is a word or a table"
    word, limits = _parts(rule)
    if _READERS[word](value, limits):
        return []
    reason = "amount_invalid" if word == "amount" else "body_invalid"
    return [Fault(field, value, rule, reason)]


@lru_cache(maxsize=512)
def _parts(rule: str) -> tuple[str, str]:
    """The word of a rule, and its limits."""
    word, _, limits = rule.partition(":")
    return word, limits


@lru_cache(maxsize=512)
def _range(limits: str) -> tuple[int, int]:
    low, _, high = limits.partition(":")
    return int(low or -INT_MAX), int(high or INT_MAX)


def _is_int(value: object, limits: str) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    low, high = _range(limits)
    return low <= value <= high


def _is_text(value: object, limits: str) -> bool:
    """Not empty, not too long, and without NUL, which PostgreSQL cannot hold."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return 1 <= len(value) <= int(limits or TEXT_CHARS_MAX)


def _is_hex(value: object, limits: str) -> bool:
    if not isinstance(value, str) or len(value) != int(limits):
        return False
    return not value.strip("0123456789abcdef")


def _is_list(value: object, limits: str) -> bool:
    if not isinstance(value, list) or len(value) > LIST_ITEMS_MAX:
        return False
    return not any(check_value("", item, limits) for item in value)


def _is_strokes(value: object, _limits: str) -> bool:
    """Lists of x, y, t, x, y, t, ... as whole numbers, and at least one point of ink."""
    if not isinstance(value, list) or not 1 <= len(value) <= LIST_ITEMS_MAX:
        return False
    if not all(isinstance(line, list) and line and len(line) % 3 == 0 for line in value):
        return False
    numbers = [number for line in value for number in line]
    if len(numbers) > STROKE_NUMBERS_MAX or {*map(type, numbers)} != {int}:
        return False
    return bool(-INT_MAX <= min(numbers) and max(numbers) <= INT_MAX)


_READERS: dict[str, Callable[[object, str], bool]] = {
    "amount": lambda value, _: _is_int(value, f"1:{AMOUNT_FEN_MAX}"),
    "bool": lambda value, _: isinstance(value, bool),
    "date": lambda value, _: is_date(value),
    "fen": lambda value, _: _is_int(value, f"0:{AMOUNT_FEN_MAX}"),
    "hex": _is_hex,
    "id": lambda value, _: isinstance(value, str) and _ID.fullmatch(value) is not None,
    "int": _is_int,
    "list": _is_list,
    "object": lambda value, _: isinstance(value, Mapping),
    "one": lambda value, limits: isinstance(value, str) and value in limits.split("|"),
    "strokes": _is_strokes,
    "text": _is_text,
}
