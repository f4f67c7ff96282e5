"""The supervisor accepts or refuses a notice that was signed back (U22).

Only an accepted notice moves the limitation period (R10). Nobody reviews his own visit, neither
the officer who served the notice nor the person who went along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import Tx, transaction
from server.services import feed, office_events
from server.tables import Attachment, EventRow, NoticeRow, Review
from sync.events import may_sign
from sync.problems import Problem

DECISIONS = ("accepted", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What was drawn with the finger: the size of the field, and per stroke its points (x, y)."""

    width: int
    height: int
    strokes: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A signed notice with all that a supervisor must see before he decides."""

    notice: NoticeRow
    signature: Signature | None
    second_person: str | None
    photo: str | None
    photo_state: str | None
    signer_allowed: bool


def pending(session: Session, branch_id: str) -> list[NoticeRow]:
    """The signed notices that nobody has decided on, the oldest signature first."""
    return list(
        session.scalars(
            select(NoticeRow)
            .where(
                NoticeRow.branch_id == branch_id,
                NoticeRow.served_hash.is_not(None),
                NoticeRow.review == "pending",
            )
            .order_by(NoticeRow.signed_on, NoticeRow.notice_no)
        )
    )


def evidence(session: Session, branch_id: str, notice_no: str) -> Evidence:
    """One signed notice with its signature and photo. Refuses `evidence_unknown`."""
    notice = session.get(NoticeRow, (branch_id, notice_no))
    if notice is None or notice.served_hash is None:
        raise Problem("evidence_unknown")
    event = session.get_one(EventRow, (branch_id, notice.served_hash))
    body = json.loads(event.canonical)["body"]
    photo = session.get(Attachment, (branch_id, body["photo"])) if body["photo"] else None
    return Evidence(
        notice=notice,
        signature=_signature(body["signature"]),
        second_person=body["second_person"],
        photo=body["photo"],
        photo_state=photo.state if photo else None,
        signer_allowed=signer_may_sign(notice),
    )


def signer_may_sign(notice: NoticeRow) -> bool:
    """May the person who signed receive this notice with effect for its addressee?"""
    return may_sign(
        notice.signer_role or "other",
        lives_here=bool(notice.lives_here),
        adult=bool(notice.adult),
        relation=notice.relation,
        addressee_role=notice.addressee_role,
    )


def review(
    branch_id: str, notice_no: str, decision: str, *, by: str, reason: str | None = None
) -> str:
    """Decide on a signed notice; the hash of the event.

    Refuses `evidence_unknown`, `review_already_done`, `own_record`, `review_reason_missing` for a
    refusal without a reason; to accept also `signer_may_not_sign`, and `photo_missing` when a
    photo was taken and has not arrived as a picture.
    """
    assert decision in DECISIONS, "a decision is one of two words"
    reason = (reason or "").strip()[:200] or None
    with transaction(branch_id, actor=by, cause="review") as tx:
        office_events.branch_lane(tx)  # two supervisors decide one after the other
        shown = evidence(tx.session, branch_id, notice_no)
        if shown.notice.review != "pending":
            raise Problem("review_already_done")
        if by in (shown.notice.officer_id, shown.second_person):
            raise Problem("own_record")
        if decision == "accepted":
            _check_acceptable(shown)
        elif reason is None:
            raise Problem("review_reason_missing")
        return _write(tx, shown.notice, decision, reason)


def _check_acceptable(shown: Evidence) -> None:
    if not shown.signer_allowed:
        raise Problem("signer_may_not_sign", signer_role=shown.notice.signer_role)
    if shown.photo is not None and shown.photo_state != "stored":
        raise Problem("photo_missing")


def _signature(drawn: dict[str, object]) -> Signature | None:
    width, height, strokes = drawn["w"], drawn["h"], drawn["strokes"]
    if not (isinstance(width, int) and isinstance(height, int) and isinstance(strokes, list)):
        return None
    return Signature(
        width=width,
        height=height,
        strokes=tuple(tuple(zip(line[0::3], line[1::3], strict=True)) for line in strokes),
    )


def _write(tx: Tx, notice: NoticeRow, decision: str, reason: str | None) -> str:
    assert notice.served_hash is not None
    body = {
        "target": notice.served_hash,
        "notice_no": notice.notice_no,
        "decision": decision,
        "reason": reason,
    }
    event_hash = office_events.record(
        tx,
        "evidence.reviewed",
        body,
        actor=tx.actor,
        case=notice.loan_id,
        subject=notice.household_id,
    )
    notice.review = decision
    tx.session.add(
        Review(
            branch_id=tx.branch_id,
            target_hash=notice.served_hash,
            event_hash=event_hash,
            decision=decision,
            reason=reason,
            by_id=tx.actor,
            at_ms=tx.now_ms,
        )
    )
    feed.touch_loan(tx, notice.loan_id)
    feed.touch_household(tx, notice.household_id)
    return event_hash
