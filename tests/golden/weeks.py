"""The golden week for tests: its file, changed copies of it, and a stage to play them on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.office.report_document import Document
from server.rehearsal.player import Player, rehearse
from server.rehearsal.stage import open_stage
from server.rehearsal.week_file import read_week

FILE = Path(__file__).with_name("woshui.json")
PROFILES = ["modern", "historical"]

Raw = dict[str, Any]


def golden() -> Raw:
    """A copy of the golden week that a test may change."""
    raw: Raw = json.loads(FILE.read_text(encoding="utf-8"))
    return raw


def record(raw: Raw, name: str, value: object, key: str = "id") -> Raw:
    """The record of a list whose key has this value."""
    found: Raw = next(one for one in raw[name] if one[key] == value)
    return found


def receipt(raw: Raw, number: str) -> Raw:
    """The receipt with this number."""
    return record(raw, "receipts", number, "receipt_no")


def again(one: Raw, **changes: object) -> Raw:
    """A copy of a record with changes."""
    return {**copy.deepcopy(one), **changes}


def to_bytes(raw: Raw) -> bytes:
    """The week as a file."""
    return json.dumps(raw, ensure_ascii=False).encode()


def play(raw: Raw, profile: str = "modern") -> Document:
    """The issued report of a week, played through the real system."""
    return rehearse(read_week(to_bytes(raw), profile))


@lru_cache(maxsize=2)
def golden_report(profile: str) -> Document:
    """The report of the unchanged golden week; played once for each profile."""
    return play(golden(), profile)


@contextmanager
def on_stage(raw: Raw, profile: str = "modern") -> Iterator[Player]:
    """A player whose server runs as long as the block: play, then ask the server."""
    week = read_week(to_bytes(raw), profile)
    with open_stage(week.sweep_days[0]) as stage:
        yield Player(stage, week)


def area(report: Document, area_id: str) -> Raw:
    """The figures of one area."""
    found: Raw = next(one for one in report.figures["areas"] if one["area"] == area_id)
    return found


def without_limitation(report: Document) -> Raw:
    """All figures but the limitation of single loans."""
    return {key: value for key, value in report.figures.items() if key != "limitation"}
