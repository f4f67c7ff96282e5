"""Custody equals cash: each receipt is in exactly one hand, or counted, and the sums agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sync.verify.counts import Count
from sync.verify.handings import Handings, differing
from sync.verify.slips import Slip
from sync.verify.world import World, balances

_HAND = "hand:"


def check_custody(world: World, slips: Mapping[str, Slip], unsettled: set[str]) -> None:
    """What each officer holds by the ledger is the sum of the receipts that she holds.

    unsettled  Who took part in a handover that did not say what its receipts say: the difference
               stands in her hand until somebody has settled it. It is told as an open point.
    """
    held: defaultdict[str, int] = defaultdict(int)
    for slip in slips.values():
        if slip.held_by is not None:
            held[slip.held_by] += slip.cash_fen
    hands = {
        account.removeprefix(_HAND): fen
        for account, fen in balances((account, fen) for _, account, fen in world.legs()).items()
        if account.startswith(_HAND)
    }
    for officer in sorted({*held, *hands} - unsettled):
        said, should = hands.get(officer, 0), held.get(officer, 0)
        if said != should:
            world.findings.broken("custody_wrong", officer=officer, said=said, should=should)


def check_handings(world: World, slips: Mapping[str, Slip], handings: Handings) -> set[str]:
    """Tell the handovers that differ from their receipts; gives back who took part in them."""
    covered: defaultdict[str, int] = defaultdict(int)
    for slip in slips.values():
        for handing in slip.path:
            if slip.state != "voided":
                covered[handing.taken] += slip.cash_fen
    unsettled: set[str] = set()
    for event_hash, event in differing(handings, covered).items():
        said, should = event.body.get("expected_fen"), covered[event_hash]
        place = world.where(event) | {"officer": event.body.get("from")}
        world.findings.note("handover_differs", said=said, should=should, **place)
        unsettled |= {str(event.body.get("from")), event.holder}
    return unsettled


def check_counts(
    world: World, slips: Mapping[str, Slip], counts: Mapping[str, Count], unsettled: set[str]
) -> None:
    """Each count at the counter expects the sum of its receipts, all held by one officer."""
    for count in counts.values():
        if count.event.kind != "cash.counted":
            continue
        body, listed = count.event.body, count.event.body.get("receipts")
        taken = [slips[one] for one in listed if one in slips] if isinstance(listed, list) else []
        place = {"officer": body.get("officer"), "day": count.day, **world.where(count.event)}
        should = sum(slip.cash_fen for slip in taken)
        if body.get("expected_fen") != should and body.get("officer") not in unsettled:
            said = body.get("expected_fen")
            world.findings.broken("count_wrong", said=said, should=should, **place)
        for slip in taken:
            if body.get("officer") not in slip.holders:
                world.findings.broken("count_wrong", field="officer", **world.where(slip.event))
