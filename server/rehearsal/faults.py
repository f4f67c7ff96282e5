"""What is wrong with a week file: every fault with its place, its value and the rule, zh and en."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# A file with more faults than this was not meant as a week file; the rest would not be read.
FAULTS_MAX = 200
VALUE_CHARS_MAX = 60

# Amounts as the core knows them; more than a branch lends is a typing error.
FEN_MAX = 10**13
TEXT_CHARS_MAX = 100
ITEMS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule. value is what stood there, as JSON, shortened."""

    path: str
    value: str
    zh: str
    en: str


class WeekFileError(Exception):
    """A week file that is not played: nothing was started."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} faults, first: {faults[0]}")


@dataclass(slots=True)
class Faults:
    """The faults found so far. Readers note a fault and go on with a stand-in value."""

    found: list[Fault] = field(default_factory=list)

    def note(self, path: str, value: object, zh: str, en: str) -> None:
        """Note a fault; raise at once when there are too many to be worth reading."""
        shown = _printable(json.dumps(value, ensure_ascii=False, default=str))
        self.found.append(Fault(path, shown[:VALUE_CHARS_MAX], zh, en))
        if len(self.found) >= FAULTS_MAX:
            raise WeekFileError(self.found)

    def settle(self) -> None:
        """Refuse the file if anything was found."""
        if self.found:
            raise WeekFileError(self.found)


def _printable(text: str) -> str:
    """Text that a terminal can show: no control characters, no half characters."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)


@dataclass(slots=True)
class Item:
    """One object of the file, read field by field."""

    faults: Faults
    path: str
    values: Mapping[str, Any]

    def note(self, name: str, zh: str, en: str) -> None:
        """Note a fault of one field."""
        self.faults.note(f"{self.path}{name}", self.values.get(name), zh, en)

    def text(self, name: str, *, chars_max: int = TEXT_CHARS_MAX) -> str:
        """A text that must be there."""
        value = self.values.get(name)
        if not is_text(value, chars_max):
            self.note(
                name, f"须为 1 至 {chars_max} 字的文字", f"a text of 1 to {chars_max} characters"
            )
            return ""
        return str(value).strip()

    def maybe_text(self, name: str, *, chars_max: int = TEXT_CHARS_MAX) -> str | None:
        """A text that may be missing or null."""
        if self.values.get(name) in (None, ""):
            return None
        return self.text(name, chars_max=chars_max)

    def id(self, name: str) -> str:
        """An id: 1 to 40 visible ASCII characters."""
        value = self.values.get(name)
        if not isinstance(value, str) or not _is_id(value):
            self.note(
                name, "须为 1 至 40 位的英文编号", "an id of 1 to 40 visible ASCII characters"
            )
            return ""
        return value

    def one(self, name: str, allowed: Mapping[str, str], default: str | None = None) -> str:
        """One of the words allowed, given as what the system calls it."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in allowed:
            words = " ".join(allowed)
            self.note(name, f"只能是：{words}", f"one of: {words}")
            return ""
        return allowed[value]

    def flag(self, name: str, default: bool) -> bool:
        """True or false; default where it is missing."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            self.note(name, "须为 true 或 false", "true or false")
            return default
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within limits; 7.0 and "7" are none."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.note(name, f"须为 {low} 至 {high} 的整数", f"a whole number, {low} to {high}")
            return low
        return value

    def maybe_whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number that may be missing or null."""
        return None if self.values.get(name) is None else self.whole(name, low, high)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; an empty one where it is missing."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(is_text(one, TEXT_CHARS_MAX) for one in value):
            self.note(name, "须为文字的列表", "a list of texts")
            return ()
        return tuple(one.strip() for one in value)


def is_text(value: object, chars_max: int) -> bool:
    """Well-formed text that says something: no control characters, no half characters."""
    if not isinstance(value, str) or not value.strip() or len(value) > chars_max:
        return False
    return all(unicodedata.category(character)[0] != "C" for character in value)


def _is_id(value: str) -> bool:
    return 1 <= len(value) <= 40 and all("!" <= character <= "~" for character in value)


def items(
    faults: Faults, root: Mapping[str, Any], name: str, *, required: bool, within: str = ""
) -> Iterator[Item]:
    """The objects of a list of the file, each with its path, such as receipts[2]."""
    value = root.get(name)
    if value is None and not required:
        return
    path = f"{within}{name}"
    if not isinstance(value, list) or len(value) > ITEMS_MAX:
        kept = value if not isinstance(value, list) else len(value)
        zh = f"须为不超过 {ITEMS_MAX} 项的列表"
        faults.note(path, kept, zh, f"a list of up to {ITEMS_MAX} items")
        return
    for index, one in enumerate(value):
        if isinstance(one, dict):
            yield Item(faults, f"{path}[{index}].", one)
        else:
            faults.note(f"{path}[{index}]", one, "须为对象", "an object")
