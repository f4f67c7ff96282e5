"""All that a branch holds, in memory: what MemoryStore keeps between its transactions."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from sync.books import Leg
from sync.receipts import Book
from sync.store import LaneState, Recorded, Stint
from sync.verdicts import Verdict


@dataclass(slots=True)
class State:
    """All that a branch holds. Values are never changed, only replaced: a copy is shallow."""

    lanes: dict[str, LaneState] = field(default_factory=dict)
    loans: dict[str, str] = field(default_factory=dict)
    books: dict[str, tuple[Book, ...]] = field(default_factory=dict)
    events: dict[str, Recorded] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    verdict_ticks: dict[str, int] = field(default_factory=dict)
    legs: dict[str, tuple[Leg, ...]] = field(default_factory=dict)
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)  # hash -> number, state
    counted: set[str] = field(default_factory=set)
    given_back: set[str] = field(default_factory=set)  # numbers
    cashiers: set[str] = field(default_factory=set)
    notices: dict[str, str] = field(default_factory=dict)
    visits: dict[str, tuple[str, str]] = field(default_factory=dict)
    stints: dict[tuple[str, str], tuple[Stint, ...]] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)  # lane -> the one it took over from
    shut: set[str] = field(default_factory=set)  # days
    feed: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)  # lane -> end of what is settled
    ticks: list[int] = field(default_factory=list)  # the instant of each tick

    def copy(self) -> State:
        """A copy that later changes do not reach."""
        return State(**{item.name: getattr(self, item.name).copy() for item in fields(self)})
