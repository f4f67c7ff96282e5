"""Our post-file for the core system: counted receipts that it has not heard of yet.

A batch is frozen when it is made: fetched again it is the same file, byte for byte. A receipt goes
out once.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import snapshot, transaction
from server.office.core_file import HEADINGS
from server.office.paper import Cell, Column
from server.services import office_events
from server.services.core_exceptions import disputed_receipts
from server.tables import CashCount, CoreBatch, CoreBatchReceipt, Loan, ReceiptRow
from sync.cash_reports import NOT_CASH
from sync.problems import Problem
from sync.receipts import printed_number

# The columns of the file in their order; the words of the posting file, where it has them.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("receipt_no", HEADINGS["receipt_no"][0]),
    ("printed_no", "收据号（含校验码）"),
    ("loan", HEADINGS["loan"][0]),
    ("contract_no", HEADINGS["contract_no"][0]),
    ("taken_on", "收款日"),
    ("counted_on", "点交日"),
    ("amount", HEADINGS["amount"][0]),
    ("principal", HEADINGS["principal"][0]),
    ("interest", HEADINGS["interest"][0]),
    ("penalty", HEADINGS["penalty"][0]),
    ("cost", HEADINGS["cost"][0]),
    ("officer", "收款人工号"),
    ("batch", "批次"),
)
_AMOUNTS = ("amount", "principal", "interest", "penalty", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A post-file with its control totals. rows: a dict for each receipt, amounts in fen."""

    id: str
    made_on: str
    receipts: int
    total_fen: int
    rows: tuple[dict[str, str | int], ...]


def waiting_for_export(session: Session, branch_id: str) -> list[ReceiptRow]:
    """The receipts that the next batch would hold, in the order of their numbers."""
    sent = select(CoreBatchReceipt.receipt).where(CoreBatchReceipt.branch_id == branch_id)
    disputed = disputed_receipts(session, branch_id)  # the core system has some posting of it
    return [
        row
        for row in session.scalars(
            select(ReceiptRow)
            .where(
                ReceiptRow.branch_id == branch_id,
                ReceiptRow.state == "applied",
                ReceiptRow.counted_by.is_not(None),
                ReceiptRow.posted_on.is_(None),
                ReceiptRow.method.not_in(NOT_CASH),
                ReceiptRow.event_hash.not_in(sent),
            )
            .order_by(ReceiptRow.receipt_no, ReceiptRow.event_hash)
        )
        if row.event_hash not in disputed
    ]


def make_batch(branch_id: str, *, by: str) -> str:
    """Freeze what waits into a batch; its number. Refuses `core_nothing_to_export`."""
    with transaction(branch_id, actor=by, cause="export_core") as tx:
        office_events.branch_lane(tx)  # one batch after the other
        receipts = waiting_for_export(tx.session, branch_id)
        if not receipts:
            raise Problem("core_nothing_to_export")
        day = day_of(tx.now_ms)
        batch_id = f"BS{day.replace('-', '')}-{_made_on(tx.session, branch_id, day) + 1}"
        rows = [_row(tx.session, row, batch_id) for row in receipts]
        total_fen = sum(row.amount_fen for row in receipts)
        body = {
            "batch": batch_id,
            "receipts": [row.event_hash for row in receipts],
            "total_fen": total_fen,
        }
        event_hash = office_events.record(tx, "core.exported", body, actor=by)
        tx.session.add(
            CoreBatch(
                branch_id=branch_id,
                id=batch_id,
                event_hash=event_hash,
                made_on=day,
                receipts=len(receipts),
                total_fen=total_fen,
                rows=json.dumps(rows, ensure_ascii=False),
                by_id=by,
                at_ms=tx.now_ms,
            )
        )
        tx.session.add_all(
            CoreBatchReceipt(branch_id=branch_id, receipt=row.event_hash, batch_id=batch_id)
            for row in receipts
        )
        return batch_id


def batch_of(branch_id: str, batch_id: str) -> Batch:
    """A batch as it was frozen. Refuses `core_batch_unknown`."""
    with snapshot() as session:
        row = session.get(CoreBatch, (branch_id, batch_id))
        if row is None:
            raise Problem("core_batch_unknown", batch=batch_id)
        return Batch(
            id=row.id,
            made_on=row.made_on,
            receipts=row.receipts,
            total_fen=row.total_fen,
            rows=tuple(json.loads(row.rows)),
        )


def batch_table(batch: Batch) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """The columns and rows of the file; under them the control line: how many, and how much."""
    columns = tuple(
        Column(heading=words, kind="fen" if key in _AMOUNTS else "id") for key, words in COLUMNS
    )
    rows = tuple(tuple(row[key] for key, _ in COLUMNS) for row in batch.rows)
    return columns, rows


def batch_csv(batch: Batch) -> bytes:
    """The batch as CSV: UTF-8 with a byte order mark, so that Excel shows Chinese; CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([words for _, words in COLUMNS])
    for row in batch.rows:
        writer.writerow(
            [_yuan(int(row[key])) if key in _AMOUNTS else row[key] for key, _ in COLUMNS]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _made_on(session: Session, branch_id: str, day: str) -> int:
    count = session.scalar(
        select(func.count())
        .select_from(CoreBatch)
        .where(CoreBatch.branch_id == branch_id, CoreBatch.made_on == day)
    )
    return int(count or 0)


def _row(session: Session, row: ReceiptRow, batch_id: str) -> dict[str, str | int]:
    loan = session.get(Loan, (row.branch_id, row.loan_id))
    count = session.get_one(CashCount, (row.branch_id, row.counted_by))
    return {
        "receipt_no": row.receipt_no,
        "printed_no": printed_number(row.receipt_no, row.event_hash),
        "loan": row.loan_id,
        "contract_no": loan.contract_no if loan else "",
        "taken_on": row.effective_on,
        "counted_on": count.day,
        "amount": row.amount_fen,
        "principal": row.principal_fen,
        "interest": row.interest_fen,
        "penalty": row.penalty_fen,
        "cost": row.cost_fen,
        "officer": row.officer_id,
        "batch": batch_id,
    }
