"""The weekly report for its page: the draft as the records stand, and what has been issued."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from server.db import snapshot
from server.office.report_document import Document, differences
from server.office.report_facts import Period
from server.office.report_period import period_of_week
from server.services import weekly_report
from server.tables import ReportRow
from sync.dates import add_days, parse_date
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLine:
    """An issued report in a list; first_day is the Monday that names its week."""

    report_no: str
    corrects: str | None
    starts_on: str
    ends_on: str
    first_day: str
    issued_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A week: its draft or why there is none, and its frozen documents with corrections."""

    first_day: str
    period: Period
    draft: Document | None
    problem: Problem | None
    issued: tuple[Document, ...]

    @property
    def report_no(self) -> str | None:
        """The number of the issued report, None if it is not issued."""
        return self.issued[0].heading.report_no if self.issued else None

    @property
    def has_changed(self) -> bool:
        """Do the records say something else now than the last issued document?"""
        if not self.issued or self.draft is None:
            return False
        last = self.issued[-1]
        return bool(differences(last, self.draft))

    def shown(self, report_no: str | None = None) -> Document:
        """The document of this number, else the last one issued, else the draft.

        Refuses `report_not_issued` for a number that is not of this week, and the problem of a
        draft that does not sum.
        """
        if report_no:
            for document in self.issued:
                if document.heading.report_no == report_no:
                    return document
            raise Problem("report_not_issued", first_day=self.first_day)
        if self.issued:
            return self.issued[-1]
        if self.draft is None:
            raise self.problem or Problem("report_not_issued", first_day=self.first_day)
        return self.draft


def report_page(branch_id: str, first_day: str) -> ReportPage:
    """The week that begins on a Monday. Refuses `report_week_invalid`."""
    period = period_of_week(first_day)
    draft, problem = None, None
    try:
        draft = weekly_report.draft_document(branch_id, period)
    except Problem as wrong:
        problem = wrong
    with snapshot() as session:
        found = weekly_report.issued(session, branch_id, period.starts_on, period.ends_on)
        rows = weekly_report.chain(session, branch_id, found[0].report_no) if found else []
        issued = tuple(weekly_report.document(row) for row in rows)
    return ReportPage(
        first_day=first_day, period=period, draft=draft, problem=problem, issued=issued
    )


def issued_reports(branch_id: str) -> list[IssuedLine]:
    """All issued reports and corrections, the newest week first."""
    with snapshot() as session:
        rows = session.scalars(
            select(ReportRow)
            .where(ReportRow.branch_id == branch_id)
            .order_by(ReportRow.starts_on.desc(), ReportRow.issued_at_ms, ReportRow.report_no)
        ).all()
        return [
            IssuedLine(
                report_no=row.report_no,
                corrects=row.corrects,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                first_day=first_day_of(row.starts_on),
                issued_on=row.issued_on,
            )
            for row in rows
        ]


def first_day_of(starts_on: str) -> str:
    """The Monday that names the week of a period."""
    day = parse_date(starts_on)
    return add_days(day, -day.weekday() % 7).isoformat()
