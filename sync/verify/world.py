"""Everything an export says, by what it is about. Filled line by line, and asked by the checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sync.verify.findings import Findings
from sync.verify.records import Event, Line


@dataclass(slots=True)
class World:
    """The lines of one export, as far as they could be read.

    rows    Type of a line -> its lines (every type but event, digest and seal).
    events  Hash -> event, in the order of the file: lane by lane, number by number.
    seal    The sealing event; None if it is missing or unreadable.
    """

    findings: Findings
    header: Line = field(default_factory=dict)
    rows: defaultdict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, Event] = field(default_factory=dict)
    seal: Event | None = None
    lines: int = 0
    counters: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _kinds: dict[str, list[Event]] | None = None

    def of_kind(self, *kinds: str) -> list[Event]:
        """The events of some kinds, in the order of the file."""
        if self._kinds is None:
            self._kinds = {}
            for event in self.events.values():
                self._kinds.setdefault(event.kind, []).append(event)
        return [event for kind in kinds for event in self._kinds.get(kind, [])]

    def once(self, kind: str, key: str, word: str) -> dict[str, Line]:
        """The lines of a type by what names them; a name that stands twice is a break."""
        found: dict[str, Line] = {}
        for row in self.rows[kind]:
            if row[key] in found:
                self.findings.broken("row_twice", line=row["line"], **{word: row[key]})
            found[row[key]] = row
        return found

    def legs(self) -> Iterator[tuple[Event, str, int]]:
        """Every leg: its event, its account, and its fen."""
        for event in self.events.values():
            for leg in event.legs:
                yield event, leg.account, leg.amount_fen

    def where(self, event: Event) -> dict[str, object]:
        """The place of an event: line, lane, number, and the receipt number if it has one."""
        place: dict[str, object] = {"line": event.line, "lane": event.lane, "seq": event.seq}
        number = event.body.get("receipt_no")
        if event.kind.startswith("cash.") and isinstance(number, str):
            place["receipt"] = number[:80]
        return place


def balances(legs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sum of every account in fen, those at zero left out."""
    sums: defaultdict[str, int] = defaultdict(int)
    for account, fen in legs:
        sums[account] += fen
    return {account: fen for account, fen in sums.items() if fen}
