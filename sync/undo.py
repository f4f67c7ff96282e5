"""A void that nobody approves: its receipt stands again."""

from __future__ import annotations

from sync.intake import Intake
from sync.problems import Problem
from sync.store import PushStore
from sync.verdicts import VOIDED, Verdict


def refuse_void(store: PushStore, secret: bytes, void_hash: str) -> Verdict:
    """Nothing follows from an applied void any more; the verdict on it now.

    Its legs are undone, so that the cash is expected again of whoever had it, and its receipt
    stands with the number it has. The phone hears of it by the verdict on its own void, and counts
    the cash in its hand again. Refuses `undoing_decided` for a void that does not stand.
    """
    recorded = store.find(void_hash)
    before = store.verdicts([void_hash]).get(void_hash)
    if recorded is None or before is None or before.verdict != "applied":
        raise Problem("undoing_decided")
    intake = Intake(store, store.lane(recorded.event.lane), secret)
    after = intake.decree(recorded, before, VOIDED.with_risk(*before.flags))
    intake.retry()
    return after
