"""What an export says, line by line, out of one snapshot of the database (docs/export.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.keys import office_public_key
from server.services.cash_day import cash_day
from server.services.cash_facts import cash_facts
from server.services.export_events import event_lines
from server.stores.lanes import keys_of
from server.tables import (
    Attachment,
    CashCount,
    Clock,
    DayClose,
    Device,
    EpochRow,
    EventRow,
    Lane,
    LedgerLeg,
    ReceiptBook,
    ReceiptRow,
    ReportRow,
)
from sync.cash_reports import month_report
from sync.time_bounds import day_of
from sync.verify.months import month_figures
from sync.verify.records import FORMAT

Line = dict[str, Any]

# Columns of a receipt that stand in its line under their own names.
_RECEIPT = (
    *("receipt_no", "amount_fen", "principal_fen", "interest_fen", "penalty_fen", "cost_fen"),
    *("method", "effective_on", "state", "counted_by", "handed_to", "posted_on", "posted_by"),
)
_COUNT = ("day", "expected_fen", "counted_fen", "variance_fen", "cause")
_CLOSE = ("day", "receipts_fen", "counted_fen", "variance_fen", "deposited_fen")
_DAILY = ("opening_fen", "receipts_fen", "counted_fen", "variance_fen", "deposited_fen")


def export_lines(session: Session, branch_id: str, at_ms: int) -> Iterator[Line]:
    """Every line of the export of a branch but its digest and its seal, in their order."""
    yield _header(session, branch_id, at_ms)
    yield from _devices(session, branch_id)
    yield from _lanes(session, branch_id)
    yield from _books(session, branch_id)
    yield from event_lines(session, branch_id)
    yield from _receipts(session, branch_id)
    yield from _counts(session, branch_id)
    yield from _closes(session, branch_id)
    yield from _reports(session, branch_id)
    yield from _attachments(session, branch_id)
    yield from _accounts(session, branch_id)
    yield from _daily(session, branch_id)
    yield from _monthly(session, branch_id)


def _header(session: Session, branch_id: str, at_ms: int) -> Line:
    office = session.scalars(
        select(Lane.id).where(Lane.branch_id == branch_id, Lane.device_id.is_(None))
    ).one()
    alg, point = office_public_key()
    return {
        "t": "export",
        "format": FORMAT,
        "branch": branch_id,
        "epoch": session.scalars(select(EpochRow.epoch).order_by(EpochRow.id.desc())).first(),
        "tick": session.scalars(select(Clock.tick).where(Clock.branch_id == branch_id)).one(),
        "at_ms": at_ms,
        "office_lane": office,
        "office_alg": alg,
        "office_key": point,
    }


def _devices(session: Session, branch_id: str) -> Iterator[Line]:
    rows = session.scalars(select(Device).where(Device.branch_id == branch_id).order_by(Device.id))
    for row in rows:
        yield {"t": "device", "id": row.id, "officer": row.officer_id, "status": row.status}


def _lanes(session: Session, branch_id: str) -> Iterator[Line]:
    for row in lanes(session, branch_id):
        keys = keys_of(session, row) if row.device_id is not None else ()
        yield {
            "t": "lane",
            "id": row.id,
            "code": row.code,
            "device": row.device_id,
            "officer": row.officer_id,
            "replaces": row.replaces,
            "head_seq": row.head_seq,
            "head_hash": row.head_hash,
            "keys": [
                {"from_seq": key.from_seq, "alg": key.alg, "public_key": key.public_key}
                for key in keys
            ],
        }


def lanes(session: Session, branch_id: str) -> list[Lane]:
    """The lanes of a branch with that of its office, by id."""
    query = select(Lane).where(Lane.branch_id == branch_id).order_by(Lane.id)
    return list(session.scalars(query))


def _books(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(ReceiptBook).where(ReceiptBook.branch_id == branch_id).order_by(ReceiptBook.id)
    for row in session.scalars(query):
        yield {
            "t": "book",
            "id": row.id,
            "prefix": row.prefix,
            "from_no": row.from_no,
            "to_no": row.to_no,
            "width": row.width,
            "lane": row.lane_id,
            "holder": row.holder_id,
            "state": row.state,
            "used_to": row.used_to,
        }


def _receipts(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(ReceiptRow).where(ReceiptRow.branch_id == branch_id)
    for row in session.scalars(
        query.order_by(ReceiptRow.event_hash).execution_options(yield_per=500)
    ):
        yield {
            "t": "receipt",
            "event": row.event_hash,
            "book": row.book_id,
            "loan": row.loan_id,
            "officer": row.officer_id,
            **{name: getattr(row, name) for name in _RECEIPT},
        }


def _counts(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(CashCount).where(CashCount.branch_id == branch_id)
    for row in session.scalars(query.order_by(CashCount.at_ms, CashCount.event_hash)):
        yield {
            "t": "count",
            "event": row.event_hash,
            "officer": row.officer_id,
            "cashier": row.cashier_id,
            "denominations": json.loads(row.denominations),
            **{name: getattr(row, name) for name in _COUNT},
        }


def _closes(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(DayClose).where(DayClose.branch_id == branch_id).order_by(DayClose.day)
    for row in session.scalars(query):
        told = {name: getattr(row, name) for name in _CLOSE}
        yield {"t": "close", "event": row.event_hash, "cashier": row.cashier_id, **told}


def _reports(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(ReportRow).where(ReportRow.branch_id == branch_id)
    for row in session.scalars(query.order_by(ReportRow.report_no)):
        yield {
            "t": "report",
            "event": row.event_hash,
            "report_no": row.report_no,
            "corrects": row.corrects,
            "document": row.figures,
        }


def _attachments(session: Session, branch_id: str) -> Iterator[Line]:
    query = select(Attachment).where(Attachment.branch_id == branch_id)
    for row in session.scalars(query.order_by(Attachment.sha256)):
        yield {
            "t": "attachment",
            "sha256": row.sha256,
            "event": row.event_hash,
            "size": row.size,
            "media_type": row.media_type,
            "role": row.role,
            "state": row.state,
        }


def _accounts(session: Session, branch_id: str) -> Iterator[Line]:
    rows = session.execute(
        select(LedgerLeg.account, func.sum(LedgerLeg.amount_fen).label("fen"))
        .where(LedgerLeg.branch_id == branch_id)
        .group_by(LedgerLeg.account)
    )
    for account, fen in sorted((row.account, int(row.fen)) for row in rows):
        if fen:
            yield {"t": "account", "account": account, "fen": fen}


def _daily(session: Session, branch_id: str) -> Iterator[Line]:
    """The days on which the vault moved, with the figures that the console shows."""
    days = session.scalars(
        select(LedgerLeg.value_on)
        .where(LedgerLeg.branch_id == branch_id, LedgerLeg.account == "vault")
        .distinct()
    )
    for day in sorted(days.all()):
        figures = cash_day(session, branch_id, day)
        told = {name: getattr(figures, name) for name in _DAILY}
        yield {"t": "daily", "day": day, **told, "closing_fen": figures.closing_fen}


def _monthly(session: Session, branch_id: str) -> Iterator[Line]:
    """The cashier's monthly reports, as they are printed."""
    for month in sorted(_months(session, branch_id)):
        facts = cash_facts(session, branch_id, f"{month}-01")
        report = month_report(facts.movements, facts.slips, facts.shut, month)
        yield {"t": "monthly", "month": month, **month_figures(report)}


def _months(session: Session, branch_id: str) -> set[str]:
    """The months in which slips came or the vault moved, by the day and by the recording."""
    slips = select(EventRow.recorded_at_ms).where(
        EventRow.branch_id == branch_id, EventRow.kind.in_(("cash.receipt", "cash.void"))
    )
    moves = (
        select(EventRow.recorded_at_ms, LedgerLeg.value_on)
        .join(
            LedgerLeg,
            (LedgerLeg.branch_id == EventRow.branch_id) & (LedgerLeg.event_hash == EventRow.hash),
        )
        .where(EventRow.branch_id == branch_id, LedgerLeg.account == "vault")
    )
    found = {day_of(at_ms)[:7] for at_ms in session.scalars(slips)}
    for at_ms, value_on in session.execute(moves):
        found |= {day_of(at_ms)[:7], value_on[:7]}
    return found
