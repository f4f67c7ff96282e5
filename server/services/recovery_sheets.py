"""The monthly recovery sheet (收回信息单, S167): prepared, audited, released; frozen when prepared.

The collector himself neither prepares, audits nor releases it. What arrives later leads to a
correction under a new number that names the sheet it corrects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, transaction
from server.office.paper import Paper
from server.office.receipt_papers import Entry, SheetHead, recovery_paper
from server.services import office_events
from server.services.cash_papers import office_of
from server.services.receipt_entries import entries_of_month
from server.tables import RecoverySheet, Staff
from sync.canonical import canonical_bytes, sha256_hex
from sync.dates import parse_date
from sync.problems import Problem


def prepare_sheet(branch_id: str, month: str, collector_id: str, *, by: str) -> str:
    """Freeze the sheet of a collector and a month, 'YYYY-MM', that is over; its number.

    Refuses `date_invalid`, `staff_unknown`, `own_record`, `sheet_not_due`, `sheet_open` while the
    last one is under way, and `nothing_to_correct` if the released one says the same.
    """
    parse_date(f"{month}-01")
    if by == collector_id:
        raise Problem("own_record")
    with transaction(branch_id, actor=by, cause="prepare_sheet") as tx:
        office_events.branch_lane(tx)  # two people prepare one after the other
        if tx.session.get(Staff, (branch_id, collector_id)) is None:
            raise Problem("staff_unknown", staff=collector_id)
        if month >= day_of(tx.now_ms)[:7]:
            raise Problem("sheet_not_due", month=month)
        return _freeze(tx, month, collector_id, _corrected(tx, month, collector_id))


def audit_sheet(branch_id: str, number: str, *, accepted: bool, remark: str, by: str) -> None:
    """The auditor finds the sheet right, or returns it with a remark.

    Refuses `sheet_unknown`, `sheet_state`, `own_record`, `sheet_remark_missing` for a return, and
    `sheet_changed` when the records say something else now.
    """
    remark = remark.strip()[:200]
    if not accepted and not remark:
        raise Problem("sheet_remark_missing")
    with transaction(branch_id, actor=by, cause="audit_sheet") as tx:
        office_events.branch_lane(tx)
        sheet = _in_state(tx, number, "prepared")
        if by in (sheet.collector_id, sheet.prepared_by):
            raise Problem("own_record")
        if accepted and has_changed(tx.session, sheet):
            raise Problem("sheet_changed", number=number)
        body = {"accepted": accepted, "remark": remark or None}
        _record(tx, sheet, "sheet.audited", body)
        sheet.state, sheet.remark = "audited" if accepted else "returned", remark or None
        sheet.audited_by, sheet.audited_at_ms = by, tx.now_ms


def release_sheet(branch_id: str, number: str, *, by: str) -> None:
    """Give the audited sheet to its collector. Refuses `sheet_unknown`, `sheet_state`,
    `own_record`."""
    with transaction(branch_id, actor=by, cause="release_sheet") as tx:
        office_events.branch_lane(tx)
        sheet = _in_state(tx, number, "audited")
        if by in (sheet.collector_id, sheet.audited_by):
            raise Problem("own_record")
        _record(tx, sheet, "sheet.released", {})
        sheet.state, sheet.released_by, sheet.released_at_ms = "released", by, tx.now_ms


def frozen_paper(sheet: RecoverySheet) -> Paper:
    """The sheet as it was prepared."""
    return Paper.from_json(json.loads(sheet.document))


def has_changed(session: Session, sheet: RecoverySheet) -> bool:
    """Do the records say something else now than when the sheet was prepared?"""
    entries = _entries(session, sheet.branch_id, sheet.month, sheet.collector_id)
    return _facts(entries) != sheet.facts_sha256


def _entries(session: Session, branch_id: str, month: str, collector_id: str) -> list[Entry]:
    office = office_of(session, branch_id)
    return entries_of_month(session, branch_id, office, month, collector_id)


def _facts(entries: Sequence[Entry]) -> str:
    """What was recovered, as one hash. When it was counted and posted is not of it: that comes."""
    said = [
        [one.event, one.number, one.state, one.taken_on, one.loan, *one.parts] for one in entries
    ]
    return sha256_hex(canonical_bytes(said))


def _corrected(tx: Tx, month: str, collector_id: str) -> str | None:
    """The number of the released sheet that a new one corrects, if there is one."""
    last = tx.session.scalars(
        select(RecoverySheet)
        .where(
            RecoverySheet.branch_id == tx.branch_id,
            RecoverySheet.month == month,
            RecoverySheet.collector_id == collector_id,
            RecoverySheet.state != "returned",
        )
        .order_by(RecoverySheet.prepared_at_ms.desc(), RecoverySheet.number.desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    if last.state != "released":
        raise Problem("sheet_open", number=last.number)
    if not has_changed(tx.session, last):
        raise Problem("nothing_to_correct")
    return last.number


def _freeze(tx: Tx, month: str, collector_id: str, corrects: str | None) -> str:
    head = SheetHead(
        number=_next_number(tx, month),
        month=month,
        collector=collector_id,
        prepared_by=tx.actor,
        prepared_on=day_of(tx.now_ms),
        corrects=corrects,
    )
    entries = _entries(tx.session, tx.branch_id, month, collector_id)
    paper = recovery_paper(office_of(tx.session, tx.branch_id), head, entries)
    kept = canonical_bytes(paper.to_json())
    sheet = RecoverySheet(
        branch_id=tx.branch_id,
        number=head.number,
        month=month,
        collector_id=collector_id,
        corrects=corrects,
        document=kept.decode(),
        sha256=sha256_hex(kept),
        facts_sha256=_facts(entries),
        state="prepared",
        prepared_by=tx.actor,
        prepared_at_ms=tx.now_ms,
    )
    tx.session.add(sheet)
    valid = [one for one in entries if one.state == "applied"]
    body = {
        "month": month,
        "collector": collector_id,
        "corrects": corrects,
        "receipts": [one.event for one in valid],
        "total_fen": sum(one.amount_fen or 0 for one in valid),
    }
    _record(tx, sheet, "sheet.prepared", body)
    return head.number


def _next_number(tx: Tx, month: str) -> str:
    """The sheets of a month are numbered through, whoever's they are."""
    before = tx.session.scalar(
        select(func.count())
        .select_from(RecoverySheet)
        .where(RecoverySheet.branch_id == tx.branch_id, RecoverySheet.month == month)
    )
    return f"SH{month.replace('-', '')}-{int(before or 0) + 1:02d}"


def _in_state(tx: Tx, number: str, state: str) -> RecoverySheet:
    sheet = tx.session.get(RecoverySheet, (tx.branch_id, number), with_for_update=True)
    if sheet is None:
        raise Problem("sheet_unknown", number=number)
    if sheet.state != state:
        raise Problem("sheet_state", number=number)
    return sheet


def _record(tx: Tx, sheet: RecoverySheet, kind: str, more: Mapping[str, object]) -> None:
    """Every step names the document by its hash, so that no copy can differ from it."""
    body = {"number": sheet.number, "document_sha256": sheet.sha256, **more}
    office_events.record(tx, kind, body, actor=tx.actor)
