"""Cash that went from hand to hand: which receipts each confirmed handover took along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.dates import add_days, parse_date
from sync.handovers import Handing
from sync.verify.records import Event
from sync.verify.world import World


@dataclass(slots=True)
class Handings:
    """The confirmed handovers of a branch.

    by_lane  Lane of the giver -> its handovers, in the order of their places.
    events   Hash of a confirmation -> its event.
    """

    by_lane: defaultdict[str, list[Handing]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, Event] = field(default_factory=dict)

    def path(self, lane: str, seq: int) -> list[Handing]:
        """The handovers that the cash taken at a place went through, as last_handing has it."""
        gone: list[Handing] = []
        while True:
            behind = [h for h in self.by_lane.get(lane, ()) if h.seq > seq and h not in gone]
            if not behind:
                return gone
            gone.append(behind[0])
            lane, seq = behind[0].taken_lane, behind[0].taken_seq


def handings_of(world: World) -> Handings:
    """Every handover that both sides have confirmed, by the confirmations that were applied."""
    found = Handings()
    for event in world.of_kind("custody.taken"):
        offer = world.events.get(str(event.body.get("handed")))
        if not event.is_applied or offer is None or offer.kind != "custody.handed":
            continue
        found.events[event.hash] = event
        found.by_lane[offer.lane].append(
            Handing(
                lane=offer.lane,
                seq=offer.seq,
                taken=event.hash,
                taken_lane=event.lane,
                taken_seq=event.seq,
                receiver=None if event.body.get("into") == "vault" else event.holder,
            )
        )
    for handings in found.by_lane.values():
        handings.sort(key=lambda handing: handing.seq)
    return found


def open_day(world: World, event: Event) -> str:
    """The true day of an event if it was not shut when it was applied; else the first open one."""
    applied = next((s.tick for s in event.verdicts if s.verdict.verdict == "applied"), event.tick)
    shut = {
        str(close.body.get("day")) for close in world.of_kind("day.closed") if close.tick < applied
    }
    if event.effective_on not in shut or not event.recorded_on:
        return event.effective_on
    day = event.recorded_on
    while day in shut:
        day = add_days(parse_date(day), 1).isoformat()
    return day


def differing(handings: Handings, covered: Mapping[str, int]) -> dict[str, Event]:
    """The confirmations that do not say what the receipts say: hash -> event.

    covered  Hash of a confirmation -> the cash of the receipts that went with it, in fen.
    """
    return {
        event_hash: event
        for event_hash, event in handings.events.items()
        if {event.body.get("expected_fen"), event.body.get("amount_fen")}
        != {covered.get(event_hash, 0)}
    }
