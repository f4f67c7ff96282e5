"""Receipts that somebody wants undone: voids to approve, and reversals through the cashier (R25).

A void before the cash is handed over posts at once and waits for approval. Refused, it counts for
nothing: the receipt stands again and its cash is expected. Once the cashier has the cash, there is
only the reversal: she asks, somebody else decides, and it posts then. Nobody decides on his own
act, on cash he took, or on what he stood beside (R20).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from server.clock import day_of
from server.db import Tx, transaction
from server.keys import installation_secret
from server.services import feed, ledger, office_events
from server.services.apply_cash import REASON_CHARS, REVERSAL, VOID
from server.services.cash_day import check_day_open, vault_fen
from server.services.outbox import tell_the_payer
from server.services.projection import Projection
from server.services.refunds import follow_refunds
from server.stores.push_store import SqlPushStore
from server.tables import EventRow, ReceiptRow, Staff, Undoing
from sync.amounts import format_yuan
from sync.books import is_by_bank, undone_legs, without_credit
from sync.problems import Problem
from sync.undo import refuse_void

APPROVED, REFUSED = "approved", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decides. A refusal needs a reason."""

    decision: str
    note: str = ""


def decide(branch_id: str, undoing: str, decision: Decision, *, by: str) -> str:
    """Decide on a void or a reversal; the hash of the event.

    Refuses `own_record`, `undoing_decided`, `reversal_needs_reason` for a refusal without one,
    `void_cash_gone` for refusing a void behind which the officer has handed her cash on, and
    for a reversal a closed day, `receipt_not_standing`, and `refund_over_vault` if the money shall
    go back and is not there. Nothing is saved then.
    """
    assert decision.decision in (APPROVED, REFUSED), "a decision is one of two words"
    note = decision.note.strip()[:REASON_CHARS]
    if decision.decision == REFUSED and not note:
        raise Problem("reversal_needs_reason")
    with transaction(branch_id, actor=by, cause="decide_undoing") as tx:
        office_events.branch_lane(tx)
        row = tx.session.get(Undoing, (branch_id, undoing), with_for_update=True)
        if row is None:
            raise Problem("not_found")
        if row.decision is not None:
            raise Problem("undoing_decided")
        slip = tx.session.get_one(ReceiptRow, (branch_id, row.receipt_hash), with_for_update=True)
        _check_not_own(tx, row, slip)
        act = _decide_void if row.kind == VOID else _decide_reversal
        event_hash = act(tx, row, slip, (decision.decision, note))
        row.decision, row.note = decision.decision, note or None
        row.decided_by, row.decided_on, row.decided_hash = by, day_of(tx.now_ms), event_hash
        return event_hash


def ask_reversal(
    branch_id: str, receipt_no: str, reason: str, *, money_returned: bool, by: str
) -> str:
    """The cashier asks to undo a receipt whose cash she has; the hash of the event.

    money_returned  The payer gets it back when it is approved; else it stands to his credit.

    Refuses `reversal_needs_reason`, `not_found`, `receipt_not_counted`, `receipt_not_standing`,
    `own_record` for cash that she took herself.
    """
    reason = reason.strip()[:REASON_CHARS]
    if not reason:
        raise Problem("reversal_needs_reason")
    with transaction(branch_id, actor=by, cause="ask_reversal") as tx:
        office_events.branch_lane(tx)
        slip = _slip(tx, receipt_no.strip())
        if by in (slip.officer_id, slip.handed_to):
            raise Problem("own_record")
        body = {
            "receipt": slip.event_hash,
            "receipt_no": slip.receipt_no,
            "amount_fen": slip.amount_fen,
            "reason": reason,
            "money_returned": money_returned,
        }
        event_hash = office_events.record(tx, "reversal.asked", body, actor=by, case=slip.loan_id)
        tx.session.add(
            Undoing(
                branch_id=branch_id, event_hash=event_hash, receipt_hash=slip.event_hash,
                kind=REVERSAL, reason=reason, money_returned=money_returned, asked_by=by,
                second_person=None, opened_on=day_of(tx.now_ms), decision=None, decided_by=None,
                decided_hash=None, decided_on=None, note=None,
            )
        )  # fmt: skip
        return event_hash


def _slip(tx: Tx, receipt_no: str) -> ReceiptRow:
    rows = tx.session.scalars(
        select(ReceiptRow)
        .where(ReceiptRow.branch_id == tx.branch_id, ReceiptRow.receipt_no == receipt_no)
        .order_by(ReceiptRow.state, ReceiptRow.event_hash)
        .with_for_update()
    ).all()
    if not rows:
        raise Problem("not_found")
    slip = rows[0]  # the applied one, if there is one: 'applied' stands first
    open_ones = select(Undoing.event_hash).where(
        Undoing.branch_id == tx.branch_id,
        Undoing.receipt_hash == slip.event_hash,
        Undoing.decision.is_(None),
    )
    if slip.state != "applied" or tx.session.scalars(open_ones).first():
        raise Problem("receipt_not_standing")
    if slip.counted_by is None:
        raise Problem("receipt_not_counted")
    return slip


def _check_not_own(tx: Tx, row: Undoing, slip: ReceiptRow) -> None:
    """Neither who asked, who took or carried the cash, nor who stood beside."""
    staff = tx.session.get(Staff, (tx.branch_id, tx.actor))
    own = {row.asked_by, slip.officer_id, slip.handed_to}
    if tx.actor in own or row.second_person in (tx.actor, staff.name if staff else None):
        raise Problem("own_record")


def _decide_void(tx: Tx, row: Undoing, slip: ReceiptRow, said: tuple[str, str]) -> str:
    decision, note = said
    if decision == REFUSED and _is_handed_on(tx, row.event_hash):
        raise Problem("void_cash_gone")
    body = {
        "void": row.event_hash,
        "receipt": slip.event_hash,
        "receipt_no": slip.receipt_no,
        "decision": decision,
        "note": note or None,
    }
    event_hash = office_events.record(tx, "void.decided", body, actor=tx.actor, case=slip.loan_id)
    if decision == REFUSED:
        projection = Projection(tx)
        store = SqlPushStore(tx, projection)
        refuse_void(store, installation_secret(), row.event_hash)
        projection.close()
        store.close({row.event_hash: tx.actor})
        tell_the_payer(tx, "sms.void_refused", event_hash, slip)
    return event_hash


def _is_handed_on(tx: Tx, void_hash: str) -> bool:
    """Has the officer offered the cash in her hand to somebody since the void, without this?"""
    void = tx.session.get_one(EventRow, (tx.branch_id, void_hash))
    later = select(EventRow.hash).where(
        EventRow.branch_id == tx.branch_id,
        EventRow.lane_id == void.lane_id,
        EventRow.kind == "custody.handed",
        EventRow.seq > void.seq,
    )
    return tx.session.scalars(later).first() is not None


def _decide_reversal(tx: Tx, row: Undoing, slip: ReceiptRow, said: tuple[str, str]) -> str:
    decision, note = said
    day = day_of(tx.now_ms)
    cash_from = _cash_from(tx, row, slip)
    body = {
        "asked": row.event_hash,
        "receipt": slip.event_hash,
        "receipt_no": slip.receipt_no,
        "loan": slip.loan_id,
        "amount_fen": slip.amount_fen,
        "cash_from": cash_from,
        "decision": decision,
        "note": note or None,
        "day": day,
    }
    if decision == APPROVED:
        _check_may_post(tx, slip, cash_from, day)
    event_hash = office_events.record(
        tx, "reversal.decided", body, actor=tx.actor, case=slip.loan_id
    )
    if decision == APPROVED:
        receipt = without_credit(ledger.legs_of(tx.session, tx.branch_id, slip.event_hash))
        legs = undone_legs(receipt, slip.officer_id, cash_from)
        follow_refunds(tx, ledger.post_on_loans(tx, event_hash, legs, day))
        slip.state = "voided"
        feed.touch_slips(tx, slip)
        tell_the_payer(tx, "sms.reversal", event_hash, slip)
        feed.touch_loan(tx, slip.loan_id)
        feed.touch_household(tx, slip.household_id)
    return event_hash


def _cash_from(tx: Tx, row: Undoing, slip: ReceiptRow) -> str:
    """Where the money comes from: it goes back to the payer, or stays and is owed to him."""
    if not row.money_returned:
        return f"credit:{slip.loan_id}"
    return "bank" if is_by_bank({"method": slip.method}) else "vault"


def _check_may_post(tx: Tx, slip: ReceiptRow, cash_from: str, day: str) -> None:
    check_day_open(tx.session, tx.branch_id, day)
    if slip.state != "applied" or slip.counted_by is None:
        raise Problem("receipt_not_standing")
    held_fen = vault_fen(tx.session, tx.branch_id)
    if cash_from == "vault" and slip.amount_fen > held_fen:
        raise Problem(
            "refund_over_vault",
            amount_yuan=format_yuan(slip.amount_fen),
            vault_yuan=format_yuan(held_fen),
        )
