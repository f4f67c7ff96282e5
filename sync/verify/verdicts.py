"""The verdicts: in order, never without a ground, and nothing applied that breaks a rule."""

from __future__ import annotations

from sync.verify.records import Event
from sync.verify.world import World

_VERDICTS = frozenset({"applied", "parked", "quarantined", "voided"})


def check_verdicts(world: World) -> None:
    """Each event has verdicts 1, 2, 3 ... at ticks that were; a person's word has its event."""
    ruled = {
        (str(event.body.get("target")), str(event.body.get("action")))
        for event in world.of_kind("quarantine.resolved")
    }
    ruled |= {
        (str(event.body.get("void")), "void")
        for event in world.of_kind("void.decided")
        if event.body.get("decision") == "refused"
    }
    top = world.header.get("tick", 0)
    for event in world.events.values():
        place = world.where(event)
        if not event.verdicts:
            world.findings.broken("verdict_missing", **place)
        if not _are_in_order(event, top):
            world.findings.broken("verdicts_wrong", **place)
        if event.faults and event.is_applied:
            world.findings.broken("applied_invalid", field=event.faults[0], **place)
        if not _is_founded(event, ruled):
            world.findings.broken("verdict_unfounded", **place)


def _are_in_order(event: Event, top: int) -> bool:
    numbers = [said.n for said in event.verdicts]
    ticks = [said.tick for said in event.verdicts]
    words = {said.verdict.verdict for said in event.verdicts}
    in_time = ticks == sorted(ticks) and all(1 <= tick <= top for tick in ticks)
    return numbers == list(range(1, len(numbers) + 1)) and in_time and words <= _VERDICTS


def _is_founded(event: Event, ruled: set[tuple[str, str]]) -> bool:
    """What only a supervisor may say was said by one, in an event of the office."""
    for said in event.verdicts:
        if said.verdict.verdict == "voided" and (event.hash, "void") not in ruled:
            return False
        if "released" in said.verdict.flags:
            if not ruled & {(event.hash, "release"), (event.hash, "reassign_number")}:
                return False
    return True
