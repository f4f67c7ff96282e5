"""The corpus: what phones of every release have recorded, read from sync/corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.events import Envelope

CORPUS = Path(__file__).parents[2] / "sync" / "corpus"


@dataclass(frozen=True, slots=True)
class Recording:
    """The events of one release in the order of their lane, each with its name and verdict.

    meanings  What older events say in a newer version: (hash, version) -> body.
    """

    release: str
    events: tuple[Envelope, ...]
    names: tuple[str, ...]
    hashes: tuple[str, ...]
    verdicts: tuple[str, ...]
    meanings: dict[tuple[str, int], dict[str, Any]]


def recordings() -> list[Recording]:
    """Every release, the oldest first."""
    paths = sorted(CORPUS.glob("*.json"), key=lambda path: _numbers(path.stem))
    return [_read(path) for path in paths]


def told() -> dict[tuple[str, int], dict[str, Any]]:
    """Every meaning that was ever written down: (hash, version) -> body."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for recording in recordings():
        assert not found.keys() & recording.meanings.keys(), "a meaning is written down once"
        found |= recording.meanings
    return found


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def _read(path: Path) -> Recording:
    told = json.loads(path.read_text(encoding="utf-8"))
    events = told["events"]
    return Recording(
        release=told["release"],
        events=tuple(Envelope.from_json(each["event"]) for each in events),
        names=tuple(each["name"] for each in events),
        hashes=tuple(each["hash"] for each in events),
        verdicts=tuple(each["verdict"] for each in events),
        meanings={(each["of"], each["sv"]): each["body"] for each in told["meanings"]},
    )
