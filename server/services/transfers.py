"""Transfers and cheques: in nobody's hand, and in the bank only when the bank says so."""

from __future__ import annotations

from server.clock import day_of
from server.db import Tx, transaction
from server.services import feed, ledger, office_events
from server.services.outbox import tell_the_payer
from server.services.refunds import follow_refunds
from server.tables import ReceiptRow, Task
from sync.books import cleared_legs, is_by_bank, reversal, without_credit
from sync.problems import Problem

BOUNCED = "transfer_bounced"
TEXT_MAX = 100


def clear_transfer(branch_id: str, receipt: str, bank_no: str, *, by: str) -> str:
    """The bank has the money of a transfer or cheque; the hash of the event.

    bank_no  The number of the line in the bank's list.

    From here on the receipt is undone by a reversal only. Refuses `form_invalid`, `own_record` for
    whoever took the paper, `transfer_not_open`.
    """
    bank_no = _words("银行流水号 bank line", bank_no)
    with transaction(branch_id, actor=by, cause="clear_transfer") as tx:
        office_events.branch_lane(tx)
        slip = _open_slip(tx, receipt)
        day = day_of(tx.now_ms)
        body = {**_said(slip, day), "bank_no": bank_no}
        event_hash = office_events.record(tx, "transfer.cleared", body, actor=by, case=slip.loan_id)
        ledger.post(tx, event_hash, cleared_legs(slip.amount_fen), day)
        slip.counted_by, slip.cleared_on = event_hash, day
        return event_hash


def bounce_transfer(branch_id: str, receipt: str, reason: str, *, by: str) -> str:
    """The bank has not paid: the receipt is undone, and the debt is there again.

    A task is opened for the supervisor, and the payer hears of it. Refuses as `clear_transfer`.
    """
    reason = _words("退票原因 reason", reason)
    with transaction(branch_id, actor=by, cause="bounce_transfer") as tx:
        office_events.branch_lane(tx)
        slip = _open_slip(tx, receipt)
        day = day_of(tx.now_ms)
        body = {**_said(slip, day), "reason": reason}
        event_hash = office_events.record(tx, "transfer.bounced", body, actor=by, case=slip.loan_id)
        legs = without_credit(ledger.legs_of(tx.session, branch_id, slip.event_hash))
        follow_refunds(tx, ledger.post_on_loans(tx, event_hash, reversal(legs), day))
        slip.state = "voided"
        feed.touch_slips(tx, slip)
        tx.session.add(_task(slip, day))
        tell_the_payer(tx, "sms.bounced", event_hash, slip)
        feed.touch_loan(tx, slip.loan_id)
        feed.touch_household(tx, slip.household_id)
        return event_hash


def note_bounced(branch_id: str, receipt: str, *, by: str) -> None:
    """A supervisor has seen to a transfer that bounced. Refuses `not_found`."""
    with transaction(branch_id, actor=by, cause="note_bounced") as tx:
        task = tx.session.get(Task, (branch_id, _task_id(receipt)))
        if task is None:
            raise Problem("not_found")
        task.state = "done"


def _open_slip(tx: Tx, receipt: str) -> ReceiptRow:
    slip = tx.session.get(ReceiptRow, (tx.branch_id, receipt), with_for_update=True)
    if slip is None:
        raise Problem("not_found")
    is_open = slip.state == "applied" and slip.counted_by is None
    if not is_open or not is_by_bank({"method": slip.method}):
        raise Problem("transfer_not_open")
    if slip.officer_id == tx.actor:
        raise Problem("own_record")
    return slip


def _said(slip: ReceiptRow, day: str) -> dict[str, object]:
    return {
        "receipt": slip.event_hash,
        "receipt_no": slip.receipt_no,
        "loan": slip.loan_id,
        "amount_fen": slip.amount_fen,
        "evidence_no": slip.evidence_no,
        "day": day,
    }


def _task(slip: ReceiptRow, day: str) -> Task:
    return Task(
        branch_id=slip.branch_id,
        id=_task_id(slip.event_hash),
        kind=BOUNCED,
        about=slip.event_hash,
        opened_on=day,
        state="open",
    )


def _task_id(receipt: str) -> str:
    return f"bounced-{receipt[:32]}"


def _words(field: str, text: str) -> str:
    words = text.strip()
    if not 1 <= len(words) <= TEXT_MAX:
        raise Problem("form_invalid", field=field, rule=f"1–{TEXT_MAX}")
    return words
