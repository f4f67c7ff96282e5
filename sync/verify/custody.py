"""Custody equals cash: each receipt is in exactly one hand, or counted, and the sums agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sync.verify.records import Event, Line
from sync.verify.slips import Slip
from sync.verify.world import World, balances

_HAND = "hand:"


def check_custody(world: World, slips: Mapping[str, Slip]) -> None:
    """What each officer holds by the ledger is the sum of the receipts that she holds."""
    held: defaultdict[str, int] = defaultdict(int)
    for slip in slips.values():
        if slip.held_by is not None:
            held[slip.held_by] += slip.cash_fen
    hands = {
        account.removeprefix(_HAND): fen
        for account, fen in balances((account, fen) for _, account, fen in world.legs()).items()
        if account.startswith(_HAND)
    }
    for officer in sorted({*held, *hands}):
        said, should = hands.get(officer, 0), held.get(officer, 0)
        if said != should:
            world.findings.broken("custody_wrong", officer=officer, said=said, should=should)


def check_counts(world: World, slips: Mapping[str, Slip]) -> None:
    """Each count expects the sum of its receipts, all of one officer; its row says the same."""
    counts = {event.hash: event for event in world.of_kind("cash.counted")}
    for event in counts.values():
        _check_count(world, event, slips)
    rows = world.once("count", "event", "event")
    for row in rows.values():
        counted = counts.get(row["event"])
        if counted is None or not _is_row_of(row, counted):
            place = {"line": row["line"], "officer": row["officer"], "day": row["day"]}
            world.findings.broken("count_row_wrong", **place)
    for event_hash in counts.keys() - rows.keys():
        world.findings.broken("count_row_wrong", **world.where(counts[event_hash]))


def _check_count(world: World, event: Event, slips: Mapping[str, Slip]) -> None:
    body = event.body
    listed = body.get("receipts")
    taken = [slips[one] for one in listed if one in slips] if isinstance(listed, list) else []
    should = sum(slip.cash_fen for slip in taken)
    place = {"officer": body.get("officer"), "day": body.get("day"), **world.where(event)}
    if body.get("expected_fen") != should:
        said = body.get("expected_fen")
        world.findings.broken("count_wrong", said=said, should=should, **place)
    for slip in taken:
        if slip.event.holder != body.get("officer"):
            world.findings.broken("count_wrong", field="officer", **world.where(slip.event))


def _is_row_of(row: Line, event: Event) -> bool:
    same = ("officer", "day", "expected_fen", "counted_fen", "variance_fen", "cause")
    body = event.body
    told = all(row[name] == body.get(name) for name in same)
    pieces = row["denominations"] == body.get("denominations")
    return told and pieces and row["cashier"] == event.actor
