"""A receipt and its void."""

from __future__ import annotations

from server.clock import day_of
from server.db import Tx
from server.services.apply_custody import place_late
from server.services.body import clipped, fen_or_zero, text
from server.services.outbox import tell_the_payer
from server.stores.books import book_holding, books_of_lane
from server.stores.events import latest_verdicts
from server.tables import ReceiptRow, Undoing
from sync.books import cash_of
from sync.store import Recorded
from sync.verdicts import Verdict

NAME_CHARS = 100
REASON_CHARS = 200

# Why a receipt is undone: see tables.Undoing.
VOID, REVERSAL = "void", "reversal"


def on_cash_receipt(tx: Tx, recorded: Recorded, verdict: Verdict) -> None:
    """The row of a slip, applied, waiting for a human, or void by a supervisor's ruling.

    Judged again, it only changes its state. The body may be wrong in any way: what can be read of
    it is kept for the cashier.
    """
    state = verdict.verdict if verdict.verdict in ("applied", "voided") else "quarantined"
    row = tx.rows.get(ReceiptRow, tx.branch_id, recorded.event.hash)
    if row is None:
        row = _new_row(tx, recorded)
        tx.rows.add(row)
    row.state, row.officer_id = state, recorded.holder
    if row.counted_by is None:
        place_late(tx, row, recorded.event)
    if state == "applied":
        tell_the_payer(tx, "sms.receipt", recorded.event.hash, row)


def _new_row(tx: Tx, recorded: Recorded) -> ReceiptRow:
    event, body = recorded.event, recorded.event.body
    receipt_no = clipped(body, "receipt_no")
    books = tx.rows.once(
        ("books", event.lane), lambda: books_of_lane(tx.session, tx.branch_id, event.lane)
    )
    book = book_holding(books, receipt_no)
    return ReceiptRow(
        branch_id=tx.branch_id,
        event_hash=event.hash,
        receipt_no=receipt_no,
        book_id=book.id if book else None,
        household_id=clipped(body, "household"),
        loan_id=clipped(body, "loan"),
        officer_id=recorded.holder,
        amount_fen=cash_of(body) or 0,
        principal_fen=fen_or_zero(body, "principal_fen"),
        interest_fen=fen_or_zero(body, "interest_fen"),
        penalty_fen=fen_or_zero(body, "penalty_fen"),
        cost_fen=fen_or_zero(body, "cost_fen"),
        payer_name=clipped(body, "payer_name", NAME_CHARS),
        payer_role=clipped(body, "payer_role"),
        method=clipped(body, "method"),
        effective_at_ms=recorded.effective_at_ms,
        effective_on=recorded.effective_on,
        recorded_at_ms=recorded.recorded_at_ms,
        state="quarantined",
        counted_by=None,
        handed_to=None,
        posted_on=None,
        posted_by=None,
        evidence_no=clipped(body, "evidence_no") or None,
        corrects=clipped(body, "corrects") or None,
        cleared_on=None,
    )


def on_cash_void(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """The slip is void: its number stays used, its cash went back to the payer."""
    target = text(recorded.event.body, "target")
    row = tx.rows.get_one(ReceiptRow, tx.branch_id, target)
    _ask_to_approve(tx, recorded, row)
    if row.state == "applied":  # the payer of a slip that waited was told nothing yet
        tell_the_payer(tx, "sms.void", recorded.event.hash, row)
    row.state = "voided"


def _ask_to_approve(tx: Tx, void: Recorded, slip: ReceiptRow) -> None:
    """A void has been applied: somebody must look at it."""
    event = void.event
    if tx.rows.get(Undoing, tx.branch_id, event.hash) is not None:
        return
    second = event.body.get("second_person")
    tx.rows.add(
        Undoing(
            branch_id=tx.branch_id,
            event_hash=event.hash,
            receipt_hash=slip.event_hash,
            kind=VOID,
            reason=str(event.body["reason"])[:REASON_CHARS],
            money_returned=event.body["money_returned"] is True,
            asked_by=void.holder,
            second_person=second if isinstance(second, str) else None,
            opened_on=day_of(tx.now_ms),
            decision=None,
            decided_by=None,
            decided_hash=None,
            decided_on=None,
            note=None,
        )
    )


def on_void_refused(tx: Tx, void: Recorded) -> ReceiptRow | None:
    """A void that had posted counts for nothing now: its slip stands again; None if it had not."""
    row = tx.rows.get(Undoing, tx.branch_id, void.event.hash)
    if row is None:
        return None
    slip = tx.rows.get_one(ReceiptRow, tx.branch_id, row.receipt_hash)
    verdict = latest_verdicts(tx.session, tx.branch_id, [slip.event_hash])[slip.event_hash]
    slip.state = "applied" if verdict.verdict == "applied" else "quarantined"
    return slip
