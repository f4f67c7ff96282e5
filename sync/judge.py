"""The verdict on one event: what it claims against what is so.

Nothing that has happened is refused. What cannot be applied is parked until what it needs has
come, or quarantined for a person to settle; its cash is counted either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.events import Envelope, check_body, may_sign, signed_too_early
from sync.store import LaneState, PushStore, Recorded
from sync.verdicts import APPLIED, Verdict, parked, quarantined

Judge = Callable[[PushStore, LaneState, Recorded], Verdict]


def judge(store: PushStore, lane: LaneState | None, recorded: Recorded) -> Verdict:
    """The verdict on an event by everything that is known now.

    Never raises for what an event says; the order of the questions is the order of gravity.
    """
    event = recorded.event
    if lane is None or not recorded.is_signed:
        return quarantined("bad_signature")
    if lane.is_revoked:
        return quarantined("revoked_device")
    if event.actor != lane.officer:
        return quarantined("body_invalid", "other_officer")
    faults = check_body(event.kind, event.sv, event.body)
    if faults:
        return quarantined(faults[0].reason)
    if _says_two_things(event):
        return quarantined("body_invalid", "other_target")
    return _JUDGES[event.kind](store, lane, recorded)


def _says_two_things(event: Envelope) -> bool:
    """Envelope and body name a loan or a household each, and not the same one."""
    loan, household = event.body.get("loan"), event.body.get("household")
    return bool(
        (loan and event.case and loan != event.case)
        or (household and event.subject and household != event.subject)
    )


def _knows(store: PushStore, body: Mapping[str, object]) -> bool:
    """Is there such a household, and does it owe the loan, if one is named?"""
    loan, household = body.get("loan"), str(body["household"])
    if loan is not None:
        return store.loan_household(str(loan)) == household
    return store.has_household(household)


def _about_a_case(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    return APPLIED if _knows(store, recorded.event.body) else quarantined("unknown_case")


def _of_the_device(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    own = recorded.event.body["device"] == lane.device
    return APPLIED if own else quarantined("body_invalid", "other_target")


def _always(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    return APPLIED


def _visit_started(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event = recorded.event
    if event.visit is None:
        return quarantined("body_invalid")
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    held = store.visit(event.visit)
    taken = held is not None and held[0] != event.hash
    return quarantined("body_invalid", "number_taken") if taken else APPLIED


def _visit_outcome(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event = recorded.event
    if event.visit is None:
        return quarantined("body_invalid")
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    held = store.visit(event.visit)
    if held is None:
        return parked(f"visit:{event.visit}")
    same = held[1] == event.body["household"]
    return APPLIED if same else quarantined("body_invalid", "other_target")


def _receipt(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event, number = recorded.event, str(recorded.event.body["receipt_no"])
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    if not store.has_number(lane.id, number):
        return quarantined("number_not_in_book")
    if store.number_user(number) not in (None, event.hash):
        return quarantined("receipt_no_collision")
    return APPLIED


def _void(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    body = recorded.event.body
    target = store.find(str(body["target"]))
    if target is None or not target.is_signed:
        return parked(str(body["target"]))
    slip = target.event
    is_slip = slip.kind == "cash.receipt" and slip.body.get("receipt_no") == body["receipt_no"]
    if not is_slip or target.holder != lane.officer:
        return quarantined("body_invalid", "other_target")
    if store.is_voided(slip.hash):
        return quarantined("body_invalid", "target_voided")
    return quarantined("void_after_deposit") if store.is_counted(slip.hash) else APPLIED


def _notice_made(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event = recorded.event
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    taken = store.notice_user(str(event.body["notice_no"])) not in (None, event.hash)
    return quarantined("body_invalid", "number_taken") if taken else APPLIED


def _notice_served(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event = recorded.event
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    made = store.find(str(event.body["made"]))
    if made is None or not isinstance(made.event.body.get("made_on"), str):
        return parked(str(event.body["made"]))
    if not _is_the_notice(made.event, event):
        return quarantined("body_invalid", "other_target")
    if _is_presigned(made.event, event):
        return quarantined("notice_presigned")
    if store.notice_user(str(event.body["notice_no"])) != made.event.hash:
        return parked(made.event.hash)
    return APPLIED if may_sign_for(made.event, event) else APPLIED.with_risk("signer_may_not_sign")


def _is_the_notice(made: Envelope, served: Envelope) -> bool:
    same = all(made.body.get(key) == served.body[key] for key in ("notice_no", "loan"))
    return made.kind == "notice.made" and same


def _is_presigned(made: Envelope, served: Envelope) -> bool:
    """Signed on an earlier day, recorded earlier in the lane, or earlier by the phone's clock."""
    backwards = made.lane == served.lane and made.seq >= served.seq
    too_early = signed_too_early(str(made.body["made_on"]), str(served.body["signed_on"]))
    return backwards or too_early or served.occurred_at < made.occurred_at


def may_sign_for(made: Envelope, served: Envelope) -> bool:
    """May the person who signed a notice sign it with effect for its addressee?"""
    body = served.body
    relation = body["relation"]
    return may_sign(
        str(body["signer_role"]),
        lives_here=body["lives_here"] is True,
        adult=body["adult"] is True,
        relation=relation if isinstance(relation, str) else None,
        addressee_role=str(made.body["addressee_role"]),
    )


def _promise(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event = recorded.event
    if not _knows(store, event.body):
        return quarantined("unknown_case")
    superseded = event.body["supersedes"]
    assert isinstance(superseded, list)
    for target in superseded:
        if store.find(target) is None:
            return parked(target)
    return APPLIED


_JUDGES: dict[str, Judge] = {
    "lane.opened": _of_the_device,
    "key.rotated": _of_the_device,
    "visit.started": _visit_started,
    "visit.outcome": _visit_outcome,
    "notice.made": _notice_made,
    "notice.served": _notice_served,
    "notice.unsigned": _about_a_case,
    "cash.receipt": _receipt,
    "cash.void": _void,
    "intention.recorded": _about_a_case,
    "promise.made": _promise,
    "attachment.added": _always,
}
