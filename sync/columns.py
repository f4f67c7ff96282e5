"""Records as columns: many objects of few forms, so that what is alike lies side by side.

A page of rows and a batch of events travel like this: gzip and brotli find in a column what they
miss in rows. docs/protocol.md section 2 is the contract, vectors/columns.json its examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from sync.canonical import DEPTH_MAX, INT_MAX, canonical_bytes
from sync.problems import Problem

Packed = dict[str, Any]
Path = tuple[str, ...]

_BARE_TILDE = re.compile("~(?![01])")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a packed text may unfold to: a column of one value can stand for any number.

    records  Objects in all tables.
    values   Leaves of all objects together.
    chars    Characters of all values together, as JSON, about.
    """

    records: int
    values: int
    chars: int


# The whole scope of an officer has some 1,000 rows with 35 fields; this is thirty times as much.
PAGE_LIMITS = Limits(records=50_000, values=1_000_000, chars=64 * 1024 * 1024)


def pack(records: Sequence[Mapping[str, object]]) -> Packed:
    """JSON objects as {"n", "order", "tables"}; unpack gives back exactly the same objects."""
    tables: dict[tuple[str, ...], list[dict[str, object]]] = {}
    numbers: dict[tuple[str, ...], int] = {}
    order: list[int] = []
    for record in records:
        flat = dict(_leaves(record, ""))
        paths = tuple(sorted(flat))
        number = numbers.setdefault(paths, len(numbers))
        tables.setdefault(paths, []).append(flat)
        if order and order[-2] == number:
            order[-1] += 1
        else:
            order += [number, 1]
    packed = [[list(paths), _columns(paths, rows)] for paths, rows in tables.items()]
    return {"n": len(records), "order": order, "tables": packed}


def unpack(packed: object, limits: Limits = PAGE_LIMITS) -> list[dict[str, Any]]:
    """The objects that pack was given, in their order.

    Refuses `columns_invalid` for what pack does not write, and for more than the limits allow
    before it is unfolded.
    """
    if not isinstance(packed, Mapping) or set(packed) != {"n", "order", "tables"}:
        raise _broken("keys_exactly")
    order, counts = _read_order(packed["order"], packed["n"], limits)
    tables = packed["tables"]
    if not isinstance(tables, list) or len(tables) != len(counts):
        raise _broken("tables_of_order")
    chars, values = 0, 0
    unfolded = []
    for table, count in zip(tables, counts, strict=True):
        names, columns = _read_table(table)
        values += count * len(names)
        if values > limits.values:
            raise _broken("values_max")
        paths = _read_paths(names)
        unpacker = _Unpacker(count, limits.chars - chars)
        unfolded.append(iter(_records(paths, [unpacker.column(each) for each in columns], count)))
        chars += unpacker.chars
    return [next(unfolded[number]) for number in order]


def same(one: object, other: object) -> bool:
    """Are two JSON values one and the same? True is not 1, and the order of keys is nothing."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | dict):
        return bool(one == other) and canonical_bytes(one) == canonical_bytes(other)
    return one == other


# Packing


def _leaves(value: Mapping[str, object], before: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, item in value.items():
        path = before + key.replace("~", "~0").replace("/", "~1")
        if isinstance(item, Mapping) and item:
            found += _leaves(item, path + "/")
        else:
            found.append((path, item))
    return found


def _columns(paths: Sequence[str], rows: Sequence[Mapping[str, object]]) -> list[object]:
    whole = [[row[path] for row in rows] for path in paths]
    # Only columns that begin alike can be equal: the search stays short for a hundred columns.
    alike: dict[object, list[int]] = {}
    columns: list[object] = []
    for number, values in enumerate(whole):
        first = values[0]
        key = (type(first), first) if isinstance(first, str | int | None) else type(first)
        equal = next((j for j in alike.get(key, ()) if _equal(whole[j], values)), None)
        alike.setdefault(key, []).append(number)
        columns.append(_column(values, equal))
    return columns


def _column(values: Sequence[object], equal: int | None) -> object:
    """The first form that fits; the plain list fits always."""
    if all(same(values[0], value) for value in values):
        return {"c": values[0]}
    if equal is not None:
        return {"e": equal}
    return _differences(values) or list(values)


def _equal(one: Sequence[object], other: Sequence[object]) -> bool:
    return all(same(a, b) for a, b in zip(one, other, strict=True))


def _differences(values: Sequence[object]) -> object:
    """{"d": …} for whole numbers that lie near enough; None if both languages could not add up."""
    before, steps = 0, []
    for value in values:
        if not _is_int(value):
            return None
        steps.append(value - before)
        before = value
    return {"d": steps} if all(_is_int(step) for step in steps) else None


def _is_int(value: object) -> TypeGuard[int]:
    return type(value) is int and -INT_MAX <= value <= INT_MAX


# Unpacking


def _broken(rule: str) -> Problem:
    return Problem("columns_invalid", rule=rule)


def _read_order(order: object, total: object, limits: Limits) -> tuple[list[int], list[int]]:
    """The table of every record, and how many records every table has."""
    if not isinstance(order, list) or len(order) % 2 or not all(map(_is_int, order)):
        raise _broken("order_of_pairs")
    if not _is_int(total) or not sum(order[1::2]) == total <= limits.records:
        raise _broken("records_max")
    numbers: list[int] = []
    counts: list[int] = []
    for number, count in zip(order[::2], order[1::2], strict=True):
        if count < 1 or not 0 <= number <= len(counts):
            raise _broken("order_of_appearance")
        if number == len(counts):
            counts.append(0)
        counts[number] += count
        if len(numbers) + count > limits.records:
            raise _broken("records_max")
        numbers += [number] * count
    return numbers, counts


def _read_table(table: object) -> tuple[list[str], list[object]]:
    if not isinstance(table, list) or len(table) != 2:
        raise _broken("table_of_two")
    names, columns = table
    if not isinstance(names, list) or not isinstance(columns, list) or len(names) != len(columns):
        raise _broken("a_column_a_path")
    if not all(isinstance(name, str) for name in names):
        raise _broken("paths_are_text")
    return names, columns


def _read_paths(names: Sequence[str]) -> list[Path]:
    """The keys of every path. A path that repeats another, or runs through it, is refused."""
    paths = [tuple(_key(part) for part in name.split("/")) for name in names]
    inner = {path[:length] for path in paths for length in range(1, min(len(path), DEPTH_MAX))}
    if len(set(paths)) < len(paths) or any(path in inner for path in paths):
        raise _broken("paths_apart")
    if any(len(path) > DEPTH_MAX for path in paths):
        raise _broken("depth_max")
    return paths


def _key(part: str) -> str:
    if _BARE_TILDE.search(part):
        raise _broken("path_escapes")
    return part.replace("~1", "/").replace("~0", "~")


def _records(paths: Sequence[Path], columns: Sequence[Sequence[object]], count: int) -> list[Any]:
    records: list[dict[str, Any]] = [{} for _ in range(count)]
    for path, column in zip(paths, columns, strict=True):
        last = path[-1]
        for record, value in zip(records, column, strict=True):
            for key in path[:-1]:
                record = record.setdefault(key, {})
            record[last] = value
    return records


class _Unpacker:
    """The columns of one table, one after the other, within a number of characters."""

    def __init__(self, count: int, chars_max: int) -> None:
        self.count, self.chars_max = count, chars_max
        self.chars = 0
        self.done: list[tuple[list[object], int]] = []

    def column(self, column: object) -> list[object]:
        """The values of a column; it is weighed before it is unfolded."""
        values, weight = self._weighed(column)
        self.chars += weight
        if self.chars > self.chars_max:
            raise _broken("chars_max")
        self.done.append((values, weight))
        return values

    def _weighed(self, column: object) -> tuple[list[object], int]:
        if isinstance(column, list):
            if len(column) != self.count:
                raise _broken("column_of_count")
            return column, sum(map(_weight, column))
        if not isinstance(column, Mapping) or len(column) != 1:
            raise _broken("column_form")
        ((form, given),) = column.items()
        if form == "c":
            return [given] * self.count, _weight(given) * self.count
        if form == "e":
            if not _is_int(given) or not 0 <= given < len(self.done):
                raise _broken("equal_to_earlier")
            return self.done[given]
        if form == "d":
            return self._summed(given), 8 * self.count
        raise _broken("column_form")

    def _summed(self, steps: object) -> list[object]:
        if not isinstance(steps, list) or len(steps) != self.count:
            raise _broken("column_of_count")
        value, values = 0, []
        for step in steps:
            if not _is_int(step):
                raise _broken("differences_are_integers")
            value += step
            if not _is_int(value):
                raise _broken("integer_range")
            values.append(value)
        return list(values)


def _weight(value: object) -> int:
    """About the characters of a value as JSON; what lies inside lists counts too."""
    total, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            total += len(item) + 2
        elif isinstance(item, list):
            total += 2
            waiting += item
        elif item is None or isinstance(item, int):
            total += 8
        elif isinstance(item, Mapping):
            total += 2 + sum(map(len, item))
            waiting += item.values()
        else:
            total += 8
    return total
