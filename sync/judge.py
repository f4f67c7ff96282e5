"""The verdict on one event: what it claims against what is so.

Nothing that has happened is refused. What cannot be applied is parked until what it needs has
come, or quarantined for a person to settle; its cash is counted either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sync.books import is_by_bank
from sync.events import Envelope, check_body, may_sign, signed_too_early
from sync.flags import PLAN_EDITS, flags_of, has_lost
from sync.store import LaneState, PushStore, Recorded
from sync.upcast import Restated
from sync.verdicts import APPLIED, Verdict, parked, quarantined

Judge = Callable[[PushStore, LaneState, Recorded], Verdict]

# What can be applied without the event it names: an outcome says itself where somebody was and
# what came of it, a promise what was promised. A void or a signed notice without its paper cannot.
_STANDS_ALONE = frozenset({"visit.outcome", "promise.made"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One event before the judge, and what is known of it beside its own words.

    prior    The verdict that it had; None if it is new.
    secret   The server's own, under its anchors.
    flags    How it arrived (fork, clock), which no later hearing can find out again.
    pardons  Reasons that a supervisor has set aside for it.
    force    What it needs had its time to come: judge without it.
    """

    recorded: Recorded
    prior: Verdict | None
    secret: bytes
    flags: frozenset[str] = frozenset()
    pardons: frozenset[str] = frozenset()
    force: bool = False


def judge(store: PushStore, lane: LaneState | None, hearing: Hearing) -> Verdict:
    """The verdict on an event by everything that is known now.

    Never raises for what an event says; the order of the questions is the order of gravity.
    """
    recorded, pardons = hearing.recorded, hearing.pardons
    if lane is None or not recorded.is_signed:
        return quarantined("bad_signature").with_risk(*hearing.flags)
    verdict = _words(lane, hearing) or _JUDGES[recorded.event.kind](store, lane, recorded)
    if verdict.reason in pardons:
        verdict = _pardoned(store, recorded.event, verdict, pardons)
    if not verdict.is_final and hearing.force:
        verdict = _without(recorded.event, verdict)
    if verdict.verdict == "applied":
        verdict = _in_its_place(store, lane, hearing, verdict)
    return verdict.with_risk(*hearing.flags)


def _words(lane: LaneState, hearing: Hearing) -> Verdict | None:
    """A verdict by the event alone, without asking what else there is; None if it is in order."""
    event = hearing.recorded.event
    if lane.is_revoked and "revoked_device" not in hearing.pardons:
        return quarantined("revoked_device")
    if event.actor != lane.officer:
        return quarantined("body_invalid", "other_officer")
    bytes_max = None if isinstance(event, Restated) else len(event.canonical)
    faults = check_body(event.kind, event.sv, event.body, bytes_max)
    if faults:
        return quarantined(faults[0].reason)
    if _says_two_things(event):
        return quarantined("body_invalid", "other_target")
    return None


def _pardoned(
    store: PushStore, event: Envelope, verdict: Verdict, pardons: frozenset[str]
) -> Verdict:
    """A number outside of every book may be pardoned; that another slip has it, not with it."""
    if verdict.reason == "number_not_in_book" and "receipt_no_collision" not in pardons:
        if store.number_user(str(event.body["receipt_no"])) not in (None, event.hash):
            return quarantined("receipt_no_collision")
    return APPLIED


def _without(event: Envelope, waits: Verdict) -> Verdict:
    """The verdict when the need of an event never came."""
    if event.kind in _STANDS_ALONE:
        return APPLIED.with_risk("forced")
    return quarantined("need_never_came", needs=waits.needs)


def _in_its_place(store: PushStore, lane: LaneState, hearing: Hearing, verdict: Verdict) -> Verdict:
    """What is right in itself, against the officer's scope and the days that are closed."""
    recorded = hearing.recorded
    pardoned = "plan_edit_out_of_scope" in hearing.pardons
    if recorded.event.kind in PLAN_EDITS and not pardoned:
        if has_lost(store, lane, recorded.event, hearing.secret):
            return quarantined("plan_edit_out_of_scope")
    return verdict.with_risk(*flags_of(store, lane, recorded, hearing.secret))


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
    if held is None or held[0] == event.hash or _is_forced(store, held, event):
        return APPLIED
    return quarantined("body_invalid", "number_taken")


def _is_forced(store: PushStore, held: tuple[str, str], started: Envelope) -> bool:
    """Was the visit made by its outcome, whose beginning did not come in time and comes now?"""
    maker = store.find(held[0])
    same = held[1] == started.body["household"]
    return same and maker is not None and maker.event.kind == "visit.outcome"


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
    is_gone = store.is_counted(slip.hash)
    if not is_by_bank(slip.body):  # a transfer is in nobody's hand, and goes with no handover
        is_gone = is_gone or store.has_handed(slip, recorded.event)
    return quarantined("void_after_deposit") if is_gone else APPLIED


def _handed(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    """An offer waits for the other side: until then the cash is the giver's."""
    event = recorded.event
    if event.body["to"] == lane.officer:
        return quarantined("body_invalid", "other_target")
    return parked(waits_for(event.hash)) if store.taken_by(event.hash) is None else APPLIED


def waits_for(handed: str) -> str:
    """What an offered handover needs: the confirmation of the other side."""
    return f"taken:{handed[:32]}"


def _taken(store: PushStore, lane: LaneState, recorded: Recorded) -> Verdict:
    event, body = recorded.event, recorded.event.body
    handed = store.find(str(body["handed"]))
    if handed is None or not handed.is_signed:
        return parked(str(body["handed"]))
    offer = handed.event
    is_own = offer.kind == "custody.handed" and offer.body.get("to") == lane.officer
    same = (handed.holder, offer.body.get("expected_fen")) == (body["from"], body["expected_fen"])
    into = "vault" if store.is_cashier(lane.officer) else "hand"
    if not is_own or not same or body["into"] != into:
        return quarantined("body_invalid", "other_target")
    standing = store.verdicts([offer.hash])[offer.hash]
    if standing.verdict == "voided":
        return quarantined("body_invalid", "target_voided")
    if standing.verdict == "quarantined" and standing.reason != "need_never_came":
        return parked(offer.hash)
    if store.taken_by(offer.hash) not in (None, event.hash):
        return quarantined("body_invalid", "number_taken")
    return APPLIED


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
    "custody.handed": _handed,
    "custody.taken": _taken,
    "cash.suspect_noted": _about_a_case,
    "intention.recorded": _about_a_case,
    "promise.made": _promise,
    "attachment.added": _always,
}
