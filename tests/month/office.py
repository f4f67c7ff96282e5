"""What the server knows in a month, as the model keeps it: slips, books, moves, handovers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Act = dict[str, Any]
PARTS = ("principal", "interest", "penalty", "cost")
APPLIED = ""  # no doubt about it


@dataclass(slots=True)
class Slip:
    """A slip as the server knows it once it has arrived.

    doubt  Why it is doubted; "" if it is not.
    """

    act: Act
    officer: str
    number: str
    doubt: str = APPLIED
    is_void: bool = False
    counted_on: str = ""  # the day on which the cashier got its cash; "": not yet
    is_ruled_void: bool = False
    place: int = 0  # in the log of its phone
    holder: str = ""  # who has its cash; "": who wrote it

    @property
    def is_counted(self) -> bool:
        """The cashier has its cash."""
        return bool(self.counted_on)

    @property
    def fen(self) -> int:
        """Its cash."""
        return sum(self.act["parts"].values())

    @property
    def custody(self) -> str:
        """The one state it is in."""
        if self.is_void:
            return "void"
        if self.is_counted:
            return "counted"
        return f"{'doubted' if self.doubt else 'with'}:{self.holder or self.officer}"


@dataclass(slots=True)
class Office:
    """What the server knows.

    moves  (account, day, fen) of everything that ever moved.
    """

    arrived: dict[str, int] = field(default_factory=dict)
    slips: dict[str, Slip] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)  # slip whose void came first -> its day
    loans: dict[str, str] = field(default_factory=dict)  # loan -> household
    named: set[str] = field(default_factory=set)  # loans whose interest a file has named
    moves: list[tuple[str, str, int]] = field(default_factory=list)
    books: list[dict[str, Any]] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)
    undeclared: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    counts: list[dict[str, Any]] = field(default_factory=list)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)  # handovers, by their names
    closes: dict[str, dict[str, int]] = field(default_factory=dict)
