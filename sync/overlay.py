"""What the phone shows: the server's row with the phone's own events laid over it.

The rule (sync-design 2.9): an event is laid over a row unless it is known to be applied with a
tick at or below the row's as_of. One that is quarantined, parked or voided leaves the arithmetic
and is listed beside the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync.events import may_sign
from sync.parts import PARTS

Row = Mapping[str, Any]
OwnEvent = Mapping[str, Any]

_REVIEW = ("quarantined", "parked", "voided")
_RANK: dict[str | None, int] = {None: 0, "UNSIGNED": 1, "SIGNED": 2, "CASH": 3}

# The state of a household in which nothing has happened yet in this sweep.
BLANK_STATE: Row = {"outcome": None, "reason": None, "intention": False, "visited_on": None}


def view(etype: str, row: Row, as_of: int, events: Sequence[OwnEvent]) -> dict[str, Any]:
    """The row as it is shown, with `pending` and `under_review` beside its own fields.

    as_of   Tick at which the server made the row.
    events  The phone's own, in the order of their lane: {"hash", "kind", "body", "occurred_on",
            and "verdict", "tick", "reason" once they are known}.

    pending       Hashes that are laid over this row and not yet in it.
    under_review  {"hash", "kind", "verdict", "reason"} of those about it that do not count.
    """
    about = [event for event in events if _concerns(etype, row["id"], event, events)]
    review = [event for event in about if event.get("verdict") in _REVIEW]
    pending = [event for event in about if event not in review and not _is_in(event, as_of)]
    shown = dict(row)
    if etype in _LAY and pending:
        counting = [event for event in about if event not in review]
        shown = _LAY[etype](shown, pending, counting)
    listed = [
        {"hash": e["hash"], "kind": e["kind"], "verdict": e["verdict"], "reason": e.get("reason")}
        for e in review
    ]
    return {**shown, "pending": [event["hash"] for event in pending], "under_review": listed}


def fold_state(state: Row, event: OwnEvent, events: Sequence[OwnEvent] = ()) -> dict[str, Any]:
    """The state of a household after one more event of this sweep.

    CASH stands over SIGNED, SIGNED over UNSIGNED; a signature by one who may not sign is
    UNSIGNED. A reason stays until another is given, and falls away once there is cash or ink.
    events is where the notice that was served is looked up, for whom it was addressed to.
    """
    body = event["body"]
    visited = max(filter(None, (state["visited_on"], event["occurred_on"])), default=None)
    after = {**state, "visited_on": visited}
    if event["kind"] == "intention.recorded":
        after["intention"] = True
    outcome = _outcome_of(event, events)
    if _RANK[outcome] >= _RANK[state["outcome"]] and outcome is not None:
        after["outcome"] = outcome
        typed = body.get("reason") if event["kind"] == "notice.unsigned" else None
        after["reason"] = (typed or state["reason"]) if outcome == "UNSIGNED" else None
    return after


def _outcome_of(event: OwnEvent, events: Sequence[OwnEvent]) -> str | None:
    kind, body = event["kind"], event["body"]
    if kind == "cash.receipt":
        return "CASH"
    if kind == "notice.unsigned":
        return "UNSIGNED"
    if kind != "notice.served":
        return None
    made = _find(events, body["made"])
    signed = may_sign(
        body["signer_role"],
        lives_here=body["lives_here"],
        adult=body["adult"],
        relation=body["relation"],
        addressee_role=made["body"].get("addressee_role", "borrower") if made else "borrower",
    )
    return "SIGNED" if signed else "UNSIGNED"


def _is_in(event: OwnEvent, as_of: int) -> bool:
    """Applied, and the row is young enough to hold it."""
    tick = event.get("tick")
    return event.get("verdict") == "applied" and isinstance(tick, int) and tick <= as_of


def _find(events: Sequence[OwnEvent], hash_hex: object) -> OwnEvent | None:
    return next((event for event in events if event["hash"] == hash_hex), None)


def _concerns(etype: str, eid: str, event: OwnEvent, events: Sequence[OwnEvent]) -> bool:
    """A void says only which receipt it undoes; it concerns what that receipt concerned."""
    if event["kind"] == "cash.void":
        target = _find(events, event["body"]["target"])
        if target is None or target["kind"] != "cash.receipt":
            return False
        return _concerns(etype, eid, target, events)
    return etype in _LAY and event["body"].get(etype) == eid


def _lay_on_loan(
    row: dict[str, Any], pending: Sequence[OwnEvent], counting: Sequence[OwnEvent]
) -> dict[str, Any]:
    for event in pending:
        if event["kind"] == "cash.receipt":
            _add(row, event["body"], -1)
        elif event["kind"] == "cash.void":
            target = _find(counting, event["body"]["target"])
            if target is not None and _is_first_void(event, counting):
                _add(row, target["body"], 1)
    return row


def _add(row: dict[str, Any], body: Row, sign: int) -> None:
    """A balance that the import did not give stays unknown: the phone never computes the debt."""
    for part in PARTS:
        balance = row.get(f"{part}_fen")
        if balance is not None:
            row[f"{part}_fen"] = balance + sign * (body.get(f"{part}_fen") or 0)


def _is_first_void(event: OwnEvent, counting: Sequence[OwnEvent]) -> bool:
    target = event["body"]["target"]
    first = next(e for e in counting if e["kind"] == "cash.void" and e["body"]["target"] == target)
    return first is event


def _lay_on_household(
    row: dict[str, Any], pending: Sequence[OwnEvent], counting: Sequence[OwnEvent]
) -> dict[str, Any]:
    voided = {e["body"]["target"] for e in counting if e["kind"] == "cash.void"}
    valid = [e for e in counting if e["kind"] != "cash.void" and e["hash"] not in voided]
    state: Row = {**BLANK_STATE, **(row.get("state") or {})}
    to_fold = [event for event in valid if event in pending]
    if any(event["kind"] == "cash.void" for event in pending):
        state, to_fold = _without_outcome(state, valid), valid
    for event in to_fold:
        state = fold_state(state, event, counting)
    return {**row, "state": state}


def _without_outcome(state: Row, valid: Sequence[OwnEvent]) -> Row:
    """A void may take away the only cash: the outcome is read again from what still stands."""
    if state["outcome"] != "CASH" or any(event["kind"] == "cash.receipt" for event in valid):
        return state
    return {**state, "outcome": None, "reason": None}


_LAY: dict[str, Callable[[dict[str, Any], Sequence[OwnEvent], Sequence[OwnEvent]], dict[str, Any]]]
_LAY = {"loan": _lay_on_loan, "household": _lay_on_household}
