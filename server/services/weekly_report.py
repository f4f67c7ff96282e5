"""The weekly report (《下乡催收周报》): draft, issue, correct (U23, U24, R29).

A draft is what the records say now. An issued report is frozen: what arrives later leads to a
numbered correction (更正) that states what was and what is, and the report itself never changes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, snapshot, transaction
from server.office.report import Report, make_report
from server.office.report_document import Document, Heading, differences, document_of
from server.office.report_facts import Period
from server.services import office_events
from server.services.weekly_facts import week_facts
from server.services.weekly_tasks import open_tasks
from server.tables import Branch, ReportRow, Staff
from sync.canonical import canonical_bytes, sha256_hex
from sync.problems import Problem


def draft(branch_id: str, period: Period) -> Report:
    """The report of a period as the records stand now. Refuses `report_does_not_sum`."""
    with snapshot() as session:
        return make_report(week_facts(session, branch_id, period))


def draft_document(branch_id: str, period: Period) -> Document:
    """The draft as a document without a number, to be shown or printed."""
    with snapshot() as session:
        report = make_report(week_facts(session, branch_id, period))
        return document_of(report, _branch_heading(session, branch_id))


def issue(branch_id: str, period: Period, *, by: str) -> str:
    """Issue and freeze the report of a period; its number.

    Refuses `report_does_not_sum`, `report_already_issued` when any of its days is in an issued
    report, and `day_in_future` before its last day has come.
    """
    with transaction(branch_id, actor=by, cause="issue_report") as tx:
        office_events.branch_lane(tx)  # two supervisors issue one after the other
        if period.ends_on > day_of(tx.now_ms):
            raise Problem("day_in_future", day=period.ends_on)
        if issued(tx.session, branch_id, period.starts_on, period.ends_on):
            raise Problem("report_already_issued", first_day=period.starts_on)
        report = make_report(week_facts(tx.session, branch_id, period))
        report_no = f"ZB{period.starts_on.replace('-', '')}"
        _freeze(tx, document_of(report, _heading(tx, report_no)), "report.issued")
        open_tasks(tx, report)
    return report_no


def correct(branch_id: str, report_no: str, *, by: str) -> str:
    """Issue a numbered correction of an issued report; its number.

    It states every difference from the report as last corrected. Refuses `report_not_issued`,
    `report_does_not_sum`, and `nothing_to_correct`.
    """
    with transaction(branch_id, actor=by, cause="correct_report") as tx:
        office_events.branch_lane(tx)
        versions = chain(tx.session, branch_id, report_no)
        last, number = document(versions[-1]), len(versions)
        period = Period(starts_on=last.starts_on, ends_on=last.ends_on, report_on=last.report_on)
        report = make_report(week_facts(tx.session, branch_id, period))
        heading = replace(
            _heading(tx, f"{report_no}-{number}"), corrects=report_no, correction=number
        )
        now = document_of(report, heading)
        found = differences(last, now)
        if not found:
            raise Problem("nothing_to_correct")
        _freeze(tx, replace(now, differences=tuple(found)), "report.corrected")
        open_tasks(tx, report)
    return f"{report_no}-{number}"


def chain(session: Session, branch_id: str, report_no: str) -> list[ReportRow]:
    """A report and its corrections in their order. Refuses `report_not_issued`."""
    found = list(
        session.scalars(
            select(ReportRow)
            .where(
                ReportRow.branch_id == branch_id,
                or_(ReportRow.report_no == report_no, ReportRow.corrects == report_no),
            )
            .order_by(ReportRow.issued_at_ms, func.length(ReportRow.report_no), ReportRow.report_no)
        )
    )
    if not found or found[0].corrects is not None:
        raise Problem("report_not_issued", first_day=report_no)
    return found


def issued(session: Session, branch_id: str, starts_on: str, ends_on: str) -> list[ReportRow]:
    """The issued reports that hold any of these days, corrections left out."""
    return list(
        session.scalars(
            select(ReportRow)
            .where(
                ReportRow.branch_id == branch_id,
                ReportRow.corrects.is_(None),
                ReportRow.starts_on <= ends_on,
                ReportRow.ends_on >= starts_on,
            )
            .order_by(ReportRow.starts_on)
        )
    )


def document(row: ReportRow) -> Document:
    """An issued report as it was frozen."""
    return Document.from_json(json.loads(row.figures))


def as_json(report: Report | ReportRow) -> dict[str, Any]:
    """The figures in the one JSON shape, of a draft or of an issued report."""
    if isinstance(report, ReportRow):
        return dict(document(report).figures)
    return report.figures.to_json()


def sentences(report: Report | ReportRow) -> list[str]:
    """The paragraphs of a draft or of an issued report."""
    return list(document(report).paragraphs if isinstance(report, ReportRow) else report.paragraphs)


def _branch_heading(session: Session, branch_id: str) -> Heading:
    branch = session.get_one(Branch, branch_id)
    return Heading(institution=branch.institution, branch=branch.name)


def _heading(tx: Tx, report_no: str) -> Heading:
    """The heading of what is issued now, with the name of the person who issues it."""
    staff = tx.session.get(Staff, (tx.branch_id, tx.actor))
    return replace(
        _branch_heading(tx.session, tx.branch_id),
        report_no=report_no,
        issued_by=staff.name if staff else tx.actor,
        issued_on=day_of(tx.now_ms),
    )


def _freeze(tx: Tx, frozen: Document, kind: str) -> None:
    """Keep the document for ever, and an event with its hash that no copy can differ from."""
    heading = frozen.heading
    assert heading.report_no is not None and heading.issued_on is not None
    kept = canonical_bytes(frozen.to_json())
    body = {
        "report_no": heading.report_no,
        "corrects": heading.corrects,
        "starts_on": frozen.starts_on,
        "ends_on": frozen.ends_on,
        "report_on": frozen.report_on,
        "document_sha256": sha256_hex(kept),
    }
    event_hash = office_events.record(tx, kind, body, actor=tx.actor)
    tx.session.add(
        ReportRow(
            branch_id=tx.branch_id,
            report_no=heading.report_no,
            event_hash=event_hash,
            starts_on=frozen.starts_on,
            ends_on=frozen.ends_on,
            issued_on=heading.issued_on,
            issued_at_ms=tx.now_ms,
            issued_by=tx.actor,
            figures=kept.decode(),
            text="\n".join(frozen.paragraphs),
            corrects=heading.corrects,
        )
    )
