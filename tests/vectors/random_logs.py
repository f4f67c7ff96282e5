"""Random logs of one phone around one household and its loan, for the overlay."""

from __future__ import annotations

from typing import Any

from tests.vectors.random_events import RandomEvents

KINDS = (
    *("cash.receipt", "cash.receipt", "cash.void", "notice.made", "notice.served"),
    *("notice.unsigned", "intention.recorded", "visit.started"),
)
OUTCOMES = [None, "UNSIGNED", "SIGNED", "CASH"]


def random_question(source: RandomEvents) -> dict[str, Any]:
    """A row, its as_of, and a log of events with all kinds of verdicts."""
    chance = source.random
    events: list[dict[str, Any]] = []
    for _ in range(chance.randint(0, 8)):
        events.append(_event(source, events))
    household = {
        "id": "W14",
        "state": {
            "outcome": chance.choice(OUTCOMES),
            "reason": None,
            "intention": chance.random() < 0.3,
            "visited_on": chance.choice([None, "2026-03-03"]),
        },
    }
    loan = {
        "id": "L1",
        "principal_fen": 100_000,
        "interest_fen": chance.choice([None, 30_000]),
        "penalty_fen": None,
        "cost_fen": 0,
    }
    etype = chance.choice(["household", "loan"])
    row = household if etype == "household" else loan
    return {"etype": etype, "row": row, "as_of": chance.randint(0, 9), "events": events}


def _event(source: RandomEvents, before: list[dict[str, Any]]) -> dict[str, Any]:
    chance = source.random
    kind = chance.choice(KINDS)
    body = source.body(kind)
    if "household" in body:
        body["household"] = chance.choice(["W14", "W14", "W14", "W15"])
    if body.get("loan"):
        body["loan"] = chance.choice(["L1", "L1", "L1", "L2"])
    seen = [event["hash"] for event in before]
    for name in ("target", "made"):
        if name in body and seen:
            body[name] = chance.choice(seen)
    event: dict[str, Any] = {
        "hash": source.hex(64),
        "kind": kind,
        "body": body,
        "occurred_on": f"2026-03-0{chance.randint(1, 7)}",
    }
    verdict = chance.choice([None, None, "applied", "applied", "parked", "quarantined"])
    if verdict:
        event["verdict"] = verdict
        event["tick"] = chance.choice([None, *range(1, 10)])
        event["reason"] = "unknown_case" if verdict == "quarantined" else None
    return event
