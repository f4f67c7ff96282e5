"""A notice: made, signed back, or not signed and why."""

from __future__ import annotations

from server.db import Tx
from server.services.body import flag, optional_text, text
from server.tables import NoticeRow, UnsignedReason
from sync.events import may_sign
from sync.store import Recorded
from sync.verdicts import Verdict


def on_notice_made(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """The paper as it was made; nobody has signed it yet."""
    event, body = recorded.event, recorded.event.body
    tx.rows.add(
        NoticeRow(
            branch_id=tx.branch_id,
            notice_no=text(body, "notice_no"),
            made_hash=event.hash,
            loan_id=text(body, "loan"),
            household_id=text(body, "household"),
            addressee_role=text(body, "addressee_role"),
            template=text(body, "template"),
            text=text(body, "text"),
            text_hash=text(body, "text_hash"),
            made_at_ms=recorded.effective_at_ms,
            officer_id=recorded.holder,
            review=None,
        )
    )


def on_notice_served(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Somebody signed it. Of several signatures the one counts that may, then the earliest.

    Once a supervisor has decided on one, it stays: a later paper does not undo a review.
    """
    event, body = recorded.event, recorded.event.body
    row = tx.rows.get_one(NoticeRow, tx.branch_id, text(body, "notice_no"))
    if row.review not in (None, "pending"):
        return
    may = may_sign(
        text(body, "signer_role"),
        lives_here=flag(body, "lives_here"),
        adult=flag(body, "adult"),
        relation=optional_text(body, "relation"),
        addressee_role=row.addressee_role,
    )
    held = (not is_signed_back(row), row.signed_on, row.served_hash)
    if row.served_hash is None or (not may, text(body, "signed_on"), event.hash) < held:
        _sign(row, recorded)


def _sign(row: NoticeRow, recorded: Recorded) -> None:
    body = recorded.event.body
    row.served_hash = recorded.event.hash
    row.signer_role = text(body, "signer_role")
    row.signer_name = text(body, "signer_name")
    row.lives_here = flag(body, "lives_here")
    row.adult = flag(body, "adult")
    row.relation = optional_text(body, "relation")
    row.signed_on = text(body, "signed_on")
    row.agrees_to_perform = flag(body, "agrees_to_perform")
    row.photo_sha256 = optional_text(body, "photo")
    row.review = "pending"


def is_signed_back(row: NoticeRow) -> bool:
    """Was it signed by someone who may sign it with effect for the addressee?"""
    return row.signer_role is not None and may_sign(
        row.signer_role,
        lives_here=bool(row.lives_here),
        adult=bool(row.adult),
        relation=row.relation,
        addressee_role=row.addressee_role,
    )


def on_notice_unsigned(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Why it was not signed, as the officer gave it."""
    body = recorded.event.body
    tx.rows.add(
        UnsignedReason(
            branch_id=tx.branch_id,
            event_hash=recorded.event.hash,
            household_id=text(body, "household"),
            officer_id=recorded.holder,
            on_day=recorded.effective_on,
            effective_at_ms=recorded.effective_at_ms,
            reason=text(body, "reason"),
            away_place=optional_text(body, "away_place"),
        )
    )
