"""Days of the cash: what was shut and what the office shows, from the records again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.verify.counts import Count
from sync.verify.records import Event, Line
from sync.verify.world import World

_CLOSE = ("opening_fen", "receipts_fen", "counted_fen", "variance_fen", "deposited_fen")
_SUMS = ("receipts_fen", "counted_fen", "variance_fen", "deposited_fen")


@dataclass(slots=True)
class Day:
    """One day of the cash, in fen. counts and deposits are hashes of events."""

    vault_fen: int = 0
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMS, 0))
    counts: set[str] = field(default_factory=set)
    deposits: set[str] = field(default_factory=set)


def days_of(world: World, counts: Mapping[str, Count]) -> dict[str, Day]:
    """Day -> what was counted and deposited on it, and what that did to the vault."""
    days: dict[str, Day] = {}
    for event in world.events.values():
        for leg in event.legs:
            if leg.account == "vault":
                day = days.setdefault(min(event.value_days), Day())
                day.vault_fen += leg.amount_fen
    for count in counts.values():
        day = days.setdefault(count.day, Day())
        day.counts.add(count.event.hash)
        day.sums["receipts_fen"] += count.fen("expected_fen")
        day.sums["counted_fen"] += count.fen("counted_fen")
        day.sums["variance_fen"] += count.fen("variance_fen")
    for event in world.of_kind("cash.deposited"):
        day = days.setdefault(str(event.body.get("day")), Day())
        day.deposits.add(event.hash)
        day.sums["deposited_fen"] += _fen(event, "amount_fen")
    return days


def check_closes(world: World, days: Mapping[str, Day]) -> None:
    """Each day is shut once, with the figures that follow from the records."""
    closes: dict[str, Event] = {}
    for event in world.of_kind("day.closed"):
        name = str(event.body.get("day"))
        if name in closes:
            world.findings.broken("day_wrong", day=name, field="day", **world.where(event))
        closes[name] = event
        for wrong in _wrong_in(event.body, name, days):
            world.findings.broken("day_wrong", day=name, field=wrong, **world.where(event))
    rows = world.once("close", "day", "day")
    for name in sorted({*closes, *rows}):
        closed, row = closes.get(name), rows.get(name)
        if closed is None or row is None or not _is_row_of(row, closed):
            world.findings.broken("day_row_wrong", day=name)


def check_daily(world: World, days: Mapping[str, Day]) -> None:
    """The daily figures that the office shows."""
    told = world.once("daily", "day", "day")
    for name in sorted({*told, *days}):
        if name not in told or name not in days:
            world.findings.broken("figure_wrong", day=name, field="day")
            continue
        for wrong in _differing(told[name], daily(days, name)):
            world.findings.broken("figure_wrong", day=name, field=wrong)


def daily(days: Mapping[str, Day], name: str) -> dict[str, int]:
    """The figures of one day in fen: the vault before and after it, and what moved it."""
    before = sum(day.vault_fen for each, day in days.items() if each < name)
    day = days.get(name, Day())
    return {"opening_fen": before, **day.sums, "closing_fen": before + day.vault_fen}


def _wrong_in(body: Line, name: str, days: Mapping[str, Day]) -> list[str]:
    day, should = days.get(name, Day()), daily(days, name)
    wrong = [each for each in (*_CLOSE, "closing_fen") if body.get(each) != should[each]]
    for each, held in (("counts", day.counts), ("deposits", day.deposits)):
        said = body.get(each)
        if not isinstance(said, list) or sorted(map(str, said)) != sorted(held):
            wrong.append(each)
    return wrong


def _is_row_of(row: Line, event: Event) -> bool:
    same = all(row[name] == event.body.get(name) for name in _SUMS)
    return same and (row["event"], row["cashier"]) == (event.hash, event.actor)


def _differing(row: Line, should: Mapping[str, int]) -> list[str]:
    return [name for name, fen in should.items() if row[name] != fen]


def _fen(event: Event, name: str) -> int:
    value = event.body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
