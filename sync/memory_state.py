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
    undid: dict[str, str] = field(default_factory=dict)  # void -> the receipt it undid
    counted: set[str] = field(default_factory=set)
    given_back: set[str] = field(default_factory=set)  # numbers
    cashiers: set[str] = field(default_factory=set)
    notices: dict[str, str] = field(default_factory=dict)
    visits: dict[str, tuple[str, str]] = field(default_factory=dict)
    stints: dict[tuple[str, str], tuple[Stint, ...]] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)  # lane -> the one it took over from
    not_taken: set[str] = field(default_factory=set)  # methods that the branch does not take
    shut: set[str] = field(default_factory=set)  # days
    feed: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)  # lane -> end of what is settled
    ticks: list[int] = field(default_factory=list)  # the instant of each tick

    def copy(self) -> State:
        """A copy that later changes do not reach."""
        return State(**{item.name: getattr(self, item.name).copy() for item in fields(self)})

    def stands_again(self, void_hash: str) -> None:
        """A void was refused: the receipt that it undid is what it was before."""
        target = self.undid.pop(void_hash, None)
        if target is not None:
            counts = self.verdicts[target].verdict == "applied"
            self.receipts[target] = (
                self.receipts[target][0],
                "applied" if counts else "quarantined",
            )

    def move_books(self, old: str, new: str) -> None:
        """A lane took the place of another: the unused rest of its books goes with it."""
        lanes = {old}  # with those whose place it took, whose slips may bear its numbers
        while (older := {self.replaces.get(lane, old) for lane in lanes}) - lanes:
            lanes |= older
        held = self.receipts.items()
        used = [no for slip, (no, _) in held if self.events[slip].event.lane in lanes]
        split = [book.split(used) for book in self.books.get(old, ())]
        self.books[old] = tuple(kept for kept, _ in split if kept)
        self.books[new] = self.books.get(new, ()) + tuple(book for _, book in split if book)
