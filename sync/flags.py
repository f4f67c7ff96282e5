"""Flags beside a verdict: what a person should look at although nothing is held up by it.

Device clocks and late news never decide what is applied (sync-design 4.5, 4.11); whether an
officer could know that a household is no longer his, does so for plans only (4.2).
"""

from __future__ import annotations

from sync.anchor import anchor_holds
from sync.books import is_by_bank
from sync.events import Envelope
from sync.store import Beside, LaneState, PushStore, Recorded

# Clocks of phones on a network are seconds off; five minutes is what a person would notice.
CLOCK_SLACK_MS = 5 * 60_000

# What settles how a household goes on rather than what has happened there. An officer who knows
# that another has it now must not settle that; cash, visits and papers are facts whoever acts.
PLAN_EDITS = frozenset({"intention.recorded", "promise.made"})

_CASH = frozenset({"cash.receipt", "cash.void", "custody.taken"})


def flags_of(store: PushStore, lane: LaneState, recorded: Recorded, secret: bytes) -> set[str]:
    """late, given_back and out_of_scope of an event that is applied now."""
    flags: set[str] = set()
    if recorded.event.kind in _CASH and store.is_shut(recorded.effective_on):
        flags.add("late")
    if recorded.event.kind == "cash.receipt":
        if store.is_given_back(lane.id, str(recorded.event.body["receipt_no"])):
            flags.add("given_back")
    if _is_cash(recorded.event) and not store.takes_cash():
        flags.add("no_cash_branch")
    household = recorded.event.body.get("household")
    never = isinstance(household, str) and not store.stints(household, lane.officer)
    if never or has_lost(store, lane, recorded.event, secret):
        flags.add("out_of_scope")
    return flags


def _is_cash(event: Envelope) -> bool:
    return event.kind == "cash.receipt" and not is_by_bank(event.body)


def has_lost(store: PushStore, lane: LaneState, event: Envelope, secret: bytes) -> bool:
    """Had the officer lost the household, and could he know it?

    The anchor of an event is the last tick that its phone had seen. Before the tick of the
    reassignment he did not know (good faith); from it on he did. An event without an anchor is
    from before the first exchange; an anchor that is not ours proves nothing for him.
    """
    household = event.body.get("household")
    stints = store.stints(household, lane.officer) if isinstance(household, str) else []
    ends = [stint.to_tick for stint in stints if stint.to_tick is not None]
    if len(ends) < len(stints) or not ends:
        return False
    seen = seen_tick(event, lane, secret)
    return seen is None or seen >= max(ends)


def seen_tick(event: Envelope, lane: LaneState, secret: bytes) -> int | None:
    """The tick that the phone had provably seen: 0 without an anchor, None if it is not ours."""
    if event.anchor is None:
        return 0
    tick, mac = event.anchor["tick"], event.anchor["mac"]
    assert isinstance(tick, int) and isinstance(mac, str), "the envelope was checked"
    return tick if anchor_holds(secret, lane.device, tick, mac) else None


def clock_is_off(claim_ms: int, earliest_ms: int | None, received_ms: int, beside: Beside) -> bool:
    """Is the claimed instant outside of what can be, or does the clock go back along the lane?

    earliest_ms  When the server issued the anchor of the event; None if it bears none of ours.

    Of two neighbours in the wrong order the one that arrives second is flagged, whichever that is.
    """
    latest = [received_ms, *beside.after]
    earliest = [at for at in (earliest_ms, beside.before) if at is not None]
    too_late = any(claim_ms > at + CLOCK_SLACK_MS for at in latest)
    return too_late or any(claim_ms < at - CLOCK_SLACK_MS for at in earliest)
