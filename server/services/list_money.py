"""What waits in the money: refunds, decisions on voids and reversals, transfers, suspect notes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import snapshot
from server.services.apply_cash import VOID
from server.services.refunds import REFUND_DUE
from server.services.staff_names import names
from server.services.transfers import BOUNCED
from server.stores.events import latest_verdicts
from server.tables import EventRow, Household, ReceiptRow, Task, Undoing
from sync.books import BY_BANK

TASKS = (REFUND_DUE, BOUNCED)
DONE_MAX = 30
NOTES_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingLine:
    """A void or a reversal, with its receipt. decision None: somebody must decide.

    corrected_by  The number of the receipt that was given in place of this one, if any.
    is_owed       A refused void whose cash has not come to the cashier yet.
    """

    id: str
    kind: str
    receipt_no: str
    amount_fen: int
    household: str
    officer: str
    asked_by: str
    second_person: str | None
    reason: str
    money_returned: bool
    opened_on: str
    decision: str | None
    decided_by: str | None
    decided_on: str | None
    note: str | None
    corrected_by: str | None
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """A transfer or cheque that waits for the bank, or one that bounced."""

    receipt: str
    receipt_no: str
    method: str
    evidence_no: str
    amount_fen: int
    household: str
    officer: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectNote:
    """A note that an officer did not take."""

    hash: str
    on: str
    officer: str
    household: str
    denomination_fen: int
    serial: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyList:
    """All of it, the oldest first; what is decided, the newest first."""

    waiting: tuple[UndoingLine, ...]
    decided: tuple[UndoingLine, ...]
    transfers: tuple[TransferLine, ...]
    bounced: tuple[TransferLine, ...]
    suspects: tuple[SuspectNote, ...]


def count_money(session: Session, branch_id: str) -> int:
    """How many things of the work list wait."""
    tasks = (Task.branch_id == branch_id, Task.kind.in_(TASKS), Task.state == "open")
    undoings = (Undoing.branch_id == branch_id, Undoing.decision.is_(None))
    counts = (
        select(func.count()).select_from(Task).where(*tasks),
        select(func.count()).select_from(Undoing).where(*undoings),
        select(func.count()).select_from(ReceiptRow).where(*_open_transfers(branch_id)),
    )
    return sum(session.scalar(each) or 0 for each in counts)


def money_list(branch_id: str) -> MoneyList:
    """What the page of money shows beside the refunds."""
    with snapshot() as session:
        undone = list(_undoings(session, branch_id))
        return MoneyList(
            waiting=tuple(line for line in undone if line.decision is None),
            decided=tuple(line for line in reversed(undone) if line.decision is not None)[
                :DONE_MAX
            ],
            transfers=tuple(_transfers(session, branch_id)),
            bounced=tuple(_bounced(session, branch_id)),
            suspects=tuple(_suspects(session, branch_id)),
        )


def _undoings(session: Session, branch_id: str) -> Iterable[UndoingLine]:
    who, homes = names(session, branch_id), _homes(session, branch_id)
    rows = session.execute(
        select(Undoing, ReceiptRow)
        .join(
            ReceiptRow,
            (ReceiptRow.branch_id == Undoing.branch_id)
            & (ReceiptRow.event_hash == Undoing.receipt_hash),
        )
        .where(Undoing.branch_id == branch_id)
        .order_by(Undoing.opened_on, Undoing.event_hash)
    ).all()
    instead = _instead(session, branch_id, {slip.event_hash for _, slip in rows})
    for row, slip in rows:
        is_void_refused = (row.kind, row.decision) == (VOID, "refused")
        yield UndoingLine(
            id=row.event_hash,
            kind=row.kind,
            receipt_no=slip.receipt_no,
            amount_fen=slip.amount_fen,
            household=homes.get(slip.household_id, slip.household_id),
            officer=who.get(slip.officer_id, slip.officer_id),
            asked_by=who.get(row.asked_by, row.asked_by),
            second_person=row.second_person,
            reason=row.reason,
            money_returned=row.money_returned,
            opened_on=row.opened_on,
            decision=row.decision,
            decided_by=who.get(row.decided_by or "", row.decided_by),
            decided_on=row.decided_on,
            note=row.note,
            corrected_by=instead.get(slip.event_hash),
            is_owed=is_void_refused and slip.state != "voided" and slip.counted_by is None,
        )


def _instead(session: Session, branch_id: str, voided: set[str]) -> dict[str, str]:
    rows = session.execute(
        select(ReceiptRow.corrects, ReceiptRow.receipt_no).where(
            ReceiptRow.branch_id == branch_id, ReceiptRow.corrects.is_not(None)
        )
    )
    return {row.corrects: row.receipt_no for row in rows if row.corrects in voided}


def _open_transfers(branch_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        ReceiptRow.branch_id == branch_id,
        ReceiptRow.method.in_(BY_BANK),
        ReceiptRow.state == "applied",
        ReceiptRow.counted_by.is_(None),
    )


def _transfers(session: Session, branch_id: str) -> Iterable[TransferLine]:
    rows = session.scalars(
        select(ReceiptRow)
        .where(*_open_transfers(branch_id))
        .order_by(ReceiptRow.effective_at_ms, ReceiptRow.event_hash)
    ).all()
    return _transfer_lines(session, branch_id, [(row, row.effective_on) for row in rows])


def _bounced(session: Session, branch_id: str) -> Iterable[TransferLine]:
    rows = session.execute(
        select(ReceiptRow, Task.opened_on)
        .join(
            Task, (Task.branch_id == ReceiptRow.branch_id) & (Task.about == ReceiptRow.event_hash)
        )
        .where(ReceiptRow.branch_id == branch_id, Task.kind == BOUNCED, Task.state == "open")
        .order_by(Task.opened_on, ReceiptRow.event_hash)
    ).all()
    return _transfer_lines(session, branch_id, [(row, on) for row, on in rows])


def _transfer_lines(
    session: Session, branch_id: str, rows: Iterable[tuple[ReceiptRow, str]]
) -> Iterable[TransferLine]:
    who, homes = names(session, branch_id), _homes(session, branch_id)
    for row, since in rows:
        yield TransferLine(
            receipt=row.event_hash,
            receipt_no=row.receipt_no,
            method=row.method,
            evidence_no=row.evidence_no or "",
            amount_fen=row.amount_fen,
            household=homes.get(row.household_id, row.household_id),
            officer=who.get(row.officer_id, row.officer_id),
            since=since,
        )


def _suspects(session: Session, branch_id: str) -> Iterable[SuspectNote]:
    who, homes = names(session, branch_id), _homes(session, branch_id)
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.branch_id == branch_id, EventRow.kind == "cash.suspect_noted")
        .order_by(EventRow.effective_at_ms.desc(), EventRow.hash)
        .limit(NOTES_MAX)
    ).all()
    verdicts = latest_verdicts(session, branch_id, {row.hash for row in rows})
    for row in rows:
        if verdicts[row.hash].verdict == "applied":
            body = json.loads(row.canonical)["body"]
            yield SuspectNote(
                hash=row.hash,
                on=day_of(row.effective_at_ms),
                officer=who.get(row.actor, row.actor),
                household=homes.get(body["household"], body["household"]),
                denomination_fen=body["denomination_fen"],
                serial=body["serial"],
                note=body["note"],
            )


def _homes(session: Session, branch_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Household.id, Household.name).where(Household.branch_id == branch_id)
    )
    return {row.id: row.name for row in rows}
