"""Signed notices for the supervisor: those that wait, those decided, and one with all it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import today
from server.db import snapshot
from server.services.attachments import attachment_path
from server.services.loan_events import limitation_of
from server.services.review_evidence import Evidence, evidence, pending, signer_may_sign
from server.services.staff_names import names
from server.tables import Attachment, Household, NoticeRow, Review
from sync.problems import Problem

DECIDED_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One signed notice in a list."""

    notice_no: str
    household: str
    loan_id: str
    officer: str
    signer_role: str
    signer_name: str
    signed_on: str
    signer_allowed: bool
    has_photo: bool
    limitation_ends_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision that was made."""

    notice_no: str
    household: str
    decision: str
    reason: str | None
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePage:
    """One notice with everything that bears on the decision."""

    evidence: Evidence
    fields: NoticeLine
    text: str
    addressee_role: str
    relation: str | None
    lives_here: bool
    adult: bool
    agrees_to_perform: bool
    made_at_ms: int
    second_person: str | None
    review: str | None
    decision: Decided | None


def waiting_notices(branch_id: str) -> list[NoticeLine]:
    """Notices nobody has decided on; those whose period ends first stand at the top (U25)."""
    with snapshot() as session:
        rows = pending(session, branch_id)
        who, homes = names(session, branch_id), _homes(session, branch_id)
        ends = limitation_of(session, branch_id, {row.loan_id for row in rows}, today())
        lines = [
            _line(row, who, homes, ends[row.loan_id].ends_on if row.loan_id in ends else None)
            for row in rows
        ]
    return sorted(lines, key=lambda line: (line.limitation_ends_on or "9999", line.notice_no))


def decided(branch_id: str) -> list[Decided]:
    """The latest decisions, the newest first."""
    with snapshot() as session:
        who, homes = names(session, branch_id), _homes(session, branch_id)
        rows = session.execute(
            select(Review, NoticeRow)
            .join(
                NoticeRow,
                (NoticeRow.branch_id == Review.branch_id)
                & (NoticeRow.served_hash == Review.target_hash),
            )
            .where(Review.branch_id == branch_id)
            .order_by(Review.at_ms.desc(), NoticeRow.notice_no)
            .limit(DECIDED_MAX)
        ).all()
        return [_decided(one, notice, who, homes) for one, notice in rows]


def evidence_page(branch_id: str, notice_no: str) -> EvidencePage:
    """One notice. Refuses `evidence_unknown`."""
    with snapshot() as session:
        shown = evidence(session, branch_id, notice_no)
        row = shown.notice
        who, homes = names(session, branch_id), _homes(session, branch_id)
        period = limitation_of(session, branch_id, [row.loan_id], today()).get(row.loan_id)
        made = session.get(Review, (branch_id, row.served_hash))
        second = shown.second_person
        return EvidencePage(
            evidence=shown,
            fields=_line(row, who, homes, period.ends_on if period else None),
            text=row.text,
            addressee_role=row.addressee_role,
            relation=row.relation,
            lives_here=bool(row.lives_here),
            adult=bool(row.adult),
            agrees_to_perform=bool(row.agrees_to_perform),
            made_at_ms=row.made_at_ms,
            second_person=who.get(second, second) if second else None,
            review=row.review,
            decision=_decided(made, row, who, homes) if made else None,
        )


def photo_file(branch_id: str, notice_no: str) -> tuple[Path, str]:
    """Where the photo of a slip lies, and its kind. Refuses `evidence_unknown`."""
    with snapshot() as session:
        photo = evidence(session, branch_id, notice_no).photo
        row = session.get(Attachment, (branch_id, photo)) if photo else None
        if row is None or row.state != "stored":
            raise Problem("evidence_unknown")
        return attachment_path(branch_id, row.sha256).resolve(), row.media_type


def _homes(session: Session, branch_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Household.id, Household.name).where(Household.branch_id == branch_id)
    )
    return {row.id: row.name for row in rows}


def _line(
    row: NoticeRow, who: dict[str, str], homes: dict[str, str], ends_on: str | None
) -> NoticeLine:
    return NoticeLine(
        notice_no=row.notice_no,
        household=homes.get(row.household_id, row.household_id),
        loan_id=row.loan_id,
        officer=who.get(row.officer_id, row.officer_id),
        signer_role=row.signer_role or "other",
        signer_name=row.signer_name or "",
        signed_on=row.signed_on or "",
        signer_allowed=signer_may_sign(row),
        has_photo=row.photo_sha256 is not None,
        limitation_ends_on=ends_on,
    )


def _decided(
    made: Review, notice: NoticeRow, who: dict[str, str], homes: dict[str, str]
) -> Decided:
    return Decided(
        notice_no=notice.notice_no,
        household=homes.get(notice.household_id, notice.household_id),
        decision=made.decision,
        reason=made.reason,
        by=who.get(made.by_id, made.by_id),
        at_ms=made.at_ms,
    )
