"""What must hold of a phone after every step, by what it shows (sync-design 3)."""

from __future__ import annotations

from typing import Any

from tests.sim.world.checks_server import ServerChecks
from tests.sim.world.handset import Handset, Page
from tests.sim.world.trace import Broken


def check_phone(handset: Handset, page: Page, server: ServerChecks, changed: set[str]) -> None:
    """Raises Broken for what cannot be. `changed` are the parts that are not as they were."""
    shown = page.phone
    if "rows" in changed or "pull" in changed:
        _check_feed(handset, shown, server)
    if not changed & {"log", "acked", "verdicts", "rows", "laid", "hand_fen", "counted_fen"}:
        return
    _check_log(handset, shown)
    _check_acknowledged(handset, shown, server)
    _check_hand(handset, shown)
    _check_verdicts(handset, shown, server)
    _check_view(handset, shown, server)


def _check_log(handset: Handset, shown: dict[str, Any]) -> None:
    """No event of which "saved" was said is ever missing; the lane is one chain."""
    log = {event["hash"] for event in shown["log"]}
    if len(log) != len(shown["log"]):
        raise Broken("I19", f"{handset.name} holds an event twice")
    missing = handset.saved - log
    if missing:
        raise Broken("I17", f"{handset.name} lost {sorted(missing)[:3]}, of which it said saved")
    lanes: dict[str, list[int]] = {}
    for event in shown["log"]:
        lanes.setdefault(event["lane"], []).append(event["seq"])
    for seqs in lanes.values():
        if seqs != list(range(1, len(seqs) + 1)):
            raise Broken("I19", f"a lane of {handset.name} is not a chain: {seqs}")


def _check_acknowledged(handset: Handset, shown: dict[str, Any], server: ServerChecks) -> None:
    """What counts as acknowledged was stored in the history that acknowledged it."""
    acked = shown["acked"]
    missing = set(acked["hashes"]) - server.stored[acked["epoch"]]
    if missing:
        name = f"{handset.name}: {sorted(missing)[0]}"
        raise Broken("I1", f"{name} is acknowledged and was never stored")


def _check_hand(handset: Handset, shown: dict[str, Any]) -> None:
    """The cash in hand follows from the log, and no answer but a count or a verdict moves it.

    With several lanes it is the server's sum as of a tick, and what of the log is not in it yet.
    """
    taken = _taken(shown, shown["log"])
    if shown["hand_total_fen"] is None:
        holds = taken - shown["counted_fen"]
    else:
        ticks = dict(shown["ticks"])
        within = [
            event
            for event in shown["log"]
            if (tick := ticks.get(event["hash"])) is not None and tick <= shown["hand_as_of"]
        ]
        holds = shown["hand_total_fen"] + taken - _taken(shown, within)
    if shown["hand_fen"] != holds:
        raise Broken("I14", f"{handset.name} shows {shown['hand_fen']} fen, holds {holds}")


def _taken(shown: dict[str, Any], log: list[dict[str, Any]]) -> int:
    """The receipts among these events less those that they void, in fen."""
    verdicts = {event_hash: verdict for event_hash, verdict, _ in shown["verdicts"]}
    voided = {
        event["target"]
        for event in log
        if event["kind"] == "cash.void" and verdicts.get(event["hash"]) != "quarantined"
    }
    return sum(
        int(event["amount_fen"])
        for event in log
        if event["kind"] == "cash.receipt" and event["hash"] not in voided
    )


def _check_verdicts(handset: Handset, shown: dict[str, Any], server: ServerChecks) -> None:
    """What the phone says of an event, the server has said of that event."""
    for event_hash, verdict, _ in shown["verdicts"]:
        if verdict not in server.said[event_hash]:
            said = sorted(server.said[event_hash])
            raise Broken("I6", f"{handset.name}: {event_hash[:8]} is {verdict}, and was {said}")


def _check_view(handset: Handset, shown: dict[str, Any], server: ServerChecks) -> None:
    """Each own event is in exactly one of the row, the overlay and the review list."""
    log = {event["hash"]: event for event in shown["log"]}
    ticks = {(etype, eid): tick for etype, eid, tick, _ in shown["rows"]}
    applied = server.applied[shown["pull"]["epoch"]]
    for etype, eid, pending, review in shown["laid"]:
        as_of = ticks[etype, eid]
        for event_hash, event in log.items():
            if not _concerns(etype, eid, event, log):
                continue
            places = [
                name
                for name, is_there in (
                    ("row", applied.get(event_hash, as_of + 1) <= as_of),
                    ("overlay", event_hash in pending),
                    ("review", event_hash in review),
                )
                if is_there
            ]
            if len(places) != 1:
                name = f"{event['kind']} {event_hash[:8]}"
                raise Broken("I13", f"{handset.name}, {etype} {eid}: {name} is in {places}")


def _concerns(etype: str, eid: str, event: dict[str, Any], log: dict[str, Any]) -> bool:
    if event["kind"] == "cash.void":
        target = log.get(event["target"], {})
        return bool(target.get("kind") == "cash.receipt" and target.get(etype) == eid)
    return bool(event.get(etype) == eid)


def _check_feed(handset: Handset, shown: dict[str, Any], server: ServerChecks) -> None:
    """I9: what changed last at or before the cursor is here as it was then, or is gone."""
    pull = shown["pull"]
    if pull["epoch"] != server.epoch or not pull["cursor"]:
        return
    upto = int(pull["cursor"].split(".")[-2].split("-")[0])
    held = {(etype, eid): tick for etype, eid, tick, _ in shown["rows"]}
    for etype, eid, tick, op in server.feed_of(handset.officer):
        here = held.get((etype, eid))
        expected = tick if op == "upsert" else None
        if tick <= upto and here != expected:
            name = f"{handset.name} at {upto}: {etype} {eid}"
            raise Broken("I9", f"{name} is held as of {here}, and changed at {tick} ({op})")
