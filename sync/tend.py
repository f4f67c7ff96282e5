"""What time and people settle: events that waited too long, and a supervisor's ruling.

Both judge stored events again, in a transaction of the branch, with the same judge as a push.
"""

from __future__ import annotations

from collections.abc import Iterable

from sync.events import check_body
from sync.intake import Intake
from sync.problems import Problem
from sync.receipts import printed_number
from sync.store import PushStore, Recorded
from sync.verdicts import VOIDED, Verdict

# Design 3, settled on 2026-03-02 as policy: a colleague's phone or a courier brings what is
# missing within two working days; longer must nobody's cash or visit hang in the air.
PARKED_MS_MAX = 48 * 3_600_000

ACTIONS = ("release", "void", "reassign_number", "keep")

# Reasons that a supervisor may set aside, for he can know what the server cannot. Under the other
# reasons a release asks the judge again: the loan may have been imported, the server mended.
PARDONABLE = frozenset({"revoked_device", "number_not_in_book", "plan_edit_out_of_scope"})


def tend(store: PushStore, secret: bytes, now_ms: int) -> list[str]:
    """Judge again what waited for 48 hours, and what an older server did not understand.

    Gives back the hashes of the events whose verdict changed. What they had waited for may still
    come: then they are judged once more.
    """
    intake = Intake(store, None, secret)
    changed: list[str] = []
    for recorded in _in_lane_order(store.overdue(now_ms - PARKED_MS_MAX)):
        if _still(store, recorded, "parked"):
            intake.again(recorded, force=True)
            changed.append(recorded.event.hash)
            intake.retry()
    for recorded in _in_lane_order(store.kept_for("schema_unknown")):
        if _is_understood(recorded) and not store.is_voided(recorded.event.hash):
            intake.again(recorded)
            changed.append(recorded.event.hash)
    intake.retry()
    return changed


def _in_lane_order(found: Iterable[Recorded]) -> list[Recorded]:
    """A void comes after its receipt, as it did on the phone."""
    return sorted(found, key=lambda each: (each.event.lane, each.event.seq))


def _still(store: PushStore, recorded: Recorded, verdict: str) -> bool:
    """An event before it in this round may have settled it already."""
    held = store.verdicts([recorded.event.hash])
    return held[recorded.event.hash].verdict == verdict


def _is_understood(recorded: Recorded) -> bool:
    event = recorded.event
    faults = check_body(event.kind, event.sv, event.body)
    return not faults or faults[0].reason != "schema_unknown"


def rule(store: PushStore, secret: bytes, target: str, action: str) -> tuple[Verdict, Verdict]:
    """A supervisor's ruling on a kept event: (the verdict before, the verdict now).

    release          Judged as if the reason did not exist, where a person can know better.
    void             Nothing follows from it. Of a receipt: no cash was taken after all.
    reassign_number  A second slip of one number is known by its number with the check characters
                     behind it, as the paper in the customer's hand says already.
    keep             It stays as it is, and somebody has looked.

    Refuses `ruling_target_unknown`, `ruling_already_done`, `ruling_not_possible` and
    `ruling_changes_nothing`. Nothing may be kept of a transaction that was refused.
    """
    assert action in ACTIONS, "a ruling is one of four words"
    recorded = store.find(target)
    if recorded is None:
        raise Problem("ruling_target_unknown")
    before = store.verdicts([target])[target]
    is_open = before.verdict in ("quarantined", "parked")
    if not is_open or (store.is_voided(target) and action != "keep"):
        raise Problem("ruling_already_done")
    intake = Intake(store, store.lane(recorded.event.lane), secret)
    after = _ACT[action](intake, recorded, before)
    intake.retry()
    return before, after


def _release(intake: Intake, recorded: Recorded, before: Verdict) -> Verdict:
    if before.reason == "receipt_no_collision":
        raise Problem("ruling_not_possible", action="release", reason=before.reason)
    pardons = PARDONABLE & {before.reason or "", "revoked_device"}
    after = intake.again(recorded, pardons=pardons)
    if (after.verdict, after.reason) == (before.verdict, before.reason):
        raise Problem("ruling_changes_nothing", reason=before.reason or before.verdict)
    return after


def _void(intake: Intake, recorded: Recorded, before: Verdict) -> Verdict:
    """Not of cash that is in other hands, nor of what may yet be proved by a good signature."""
    store, event = intake.store, recorded.event
    is_gone = store.is_counted(event.hash) or store.has_handed(event)
    if before.reason == "bad_signature" or is_gone:
        raise Problem("ruling_not_possible", action="void", reason=before.reason)
    return intake.decree(recorded, before, VOIDED.with_risk(*before.flags))


def _reassign(intake: Intake, recorded: Recorded, before: Verdict) -> Verdict:
    if before.reason != "receipt_no_collision":
        raise Problem("ruling_not_possible", action="reassign_number", reason=before.reason)
    event = recorded.event
    number = printed_number(str(event.body["receipt_no"]), event.hash)
    intake.store.renumber(event.hash, number)
    # A number outside of every book collides only after somebody has pardoned that it is.
    return intake.again(recorded, pardons=frozenset({"receipt_no_collision", "number_not_in_book"}))


def _keep(intake: Intake, recorded: Recorded, before: Verdict) -> Verdict:
    intake.store.conclude(recorded, before)
    return before


_ACT = {"release": _release, "void": _void, "reassign_number": _reassign, "keep": _keep}
