"""Looking into what travels, and changing it, for tests that send what no phone would."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sync.columns import pack, unpack

Push = dict[str, Any]


def with_events(push: Push, change: Callable[[list[dict[str, Any]]], object]) -> Push:
    """The push with its events changed in place, and packed again."""
    events = unpack(push["events"])
    change(events)
    return {**push, "events": pack(events)}


def with_event(push: Push, index: int, **changes: Any) -> Push:
    """The push with some keys of one event changed."""
    return with_events(push, lambda events: events[index].update(changes))


def lines_of(answer: bytes) -> tuple[Any, dict[str, Any]]:
    """(page with its rows unpacked, or null; envelope) of an answer, whatever its mark."""
    first, second, _mark = answer.split(b"\n")
    page = json.loads(first)
    if page is not None:
        page["rows"] = unpack(page["rows"])
    return page, json.loads(second)
