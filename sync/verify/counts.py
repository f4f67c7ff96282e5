"""What the cashier took over: at the counter by a list, or in the field from hand to hand."""

from __future__ import annotations

from dataclasses import dataclass

from sync.verify.handings import open_day
from sync.verify.records import Event, Line
from sync.verify.world import World

_CAUSE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Count:
    """One taking over, by its event alone. fields are those of its row; amounts in fen."""

    event: Event
    fields: Line

    @property
    def day(self) -> str:
        """The day of the cash on which it stands."""
        return str(self.fields["day"])

    def fen(self, name: str) -> int:
        """One of its amounts; 0 where none stands."""
        value = self.fields.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0


def counts_of(world: World) -> dict[str, Count]:
    """Event -> the count that it is."""
    found = {
        event.hash: Count(event, _at_counter(event)) for event in world.of_kind("cash.counted")
    }
    for event in world.of_kind("custody.taken"):
        if event.is_applied and not event.faults and event.body["into"] == "vault":
            found[event.hash] = Count(event, _in_the_field(world, event))
    return found


def check_count_rows(world: World, counts: dict[str, Count]) -> None:
    """The rows of the counts are those of their events."""
    rows = world.once("count", "event", "event")
    for row in rows.values():
        count = counts.get(row["event"])
        if count is None or any(row[name] != value for name, value in count.fields.items()):
            place = {"line": row["line"], "officer": row["officer"], "day": row["day"]}
            world.findings.broken("count_row_wrong", **place)
    for event_hash in counts.keys() - rows.keys():
        world.findings.broken("count_row_wrong", **world.where(counts[event_hash].event))


def _at_counter(event: Event) -> Line:
    same = ("officer", "day", "expected_fen", "counted_fen", "variance_fen", "cause")
    pieces = event.body.get("denominations")
    told = {name: event.body.get(name) for name in same}
    return {**told, "cashier": event.actor, "denominations": pieces}


def _in_the_field(world: World, event: Event) -> Line:
    body = event.body
    expected, counted, pieces = body["expected_fen"], body["amount_fen"], body["denominations"]
    return {
        "officer": body["from"],
        "day": open_day(world, event),
        "expected_fen": expected,
        "counted_fen": counted,
        "variance_fen": counted - expected,
        "cause": (body["cause"] or "")[:_CAUSE_CHARS] or None,
        "cashier": event.holder,
        "denominations": {piece: n for piece, n in pieces.items() if n},
    }
