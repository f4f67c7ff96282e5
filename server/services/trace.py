"""From a figure of a report down to receipts, and from each to visit, photo, count and bank (U37).

A link that should be there and is not is listed; nothing is hidden because it is not complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.office.report_period import period_of_week
from server.office.trace_links import Link, missing, where_it_went
from server.services import weekly_report
from server.services.cash_facts import cash_facts, voided_on
from server.services.staff_names import names
from server.services.trace_evidence import evidence
from server.tables import CashCount, EventRow, Household, ReceiptBook, ReceiptRow, Visit
from sync.cash_reports import journal
from sync.problems import Problem
from sync.receipts import printed_number

_END_OF_TIME = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A receipt with the links of its chain, in the order of its way."""

    receipt: ReceiptRow
    household: str
    officer: str
    links: tuple[Link, ...]

    @property
    def missing(self) -> list[Link]:
        """The links that should be there and are not."""
        return missing(self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedReport:
    """The receipts behind the cash of a week, against what its report says, in fen.

    said  Area -> (principal, interest) as issued or drafted; found  the same by the receipts.
    """

    report_no: str | None
    first_day: str
    area_names: dict[str, str]
    said: dict[str, tuple[int, int]]
    found: dict[str, tuple[int, int]]
    traces: tuple[tuple[str, Trace], ...]

    def of_area(self, area_id: str) -> list[Trace]:
        """The receipts of an area."""
        return [trace for area, trace in self.traces if area == area_id]


def trace_of(branch_id: str, event_hash: str) -> Trace:
    """The chain of one receipt. Refuses `not_found`."""
    with snapshot() as session:
        row = session.get(ReceiptRow, (branch_id, event_hash))
        if row is None:
            raise Problem("not_found")
        return _trace(session, row)


def trace_report(branch_id: str, first_day: str) -> TracedReport:
    """The week that begins on a Monday: each figure of cash with the receipts behind it.

    Refuses `report_week_invalid`, and the problem of a draft that does not sum.
    """
    period = period_of_week(first_day)
    with snapshot() as session:
        issued = weekly_report.issued(session, branch_id, period.starts_on, period.ends_on)
        versions = weekly_report.chain(session, branch_id, issued[0].report_no) if issued else []
        shown = weekly_report.document(versions[-1]) if versions else None
        if shown is None:
            shown = weekly_report.draft_document(branch_id, period)
        rows = session.execute(
            select(ReceiptRow, Household.area_id)
            .join(
                Household,
                (Household.branch_id == ReceiptRow.branch_id)
                & (Household.id == ReceiptRow.household_id),
            )
            .where(
                ReceiptRow.branch_id == branch_id,
                ReceiptRow.state == "applied",
                ReceiptRow.effective_on.between(shown.starts_on, shown.ends_on),
            )
            .order_by(ReceiptRow.effective_at_ms, ReceiptRow.receipt_no)
        ).all()
        traces = tuple((row.area_id, _trace(session, row.ReceiptRow)) for row in rows)
    areas = {area["area"]: area for area in shown.figures["areas"]}
    return TracedReport(
        report_no=shown.heading.report_no,
        first_day=first_day,
        area_names=dict(shown.area_names),
        said={
            key: (one["cash_principal_fen"], one["cash_interest_fen"]) for key, one in areas.items()
        },
        found={key: _sums(traces, key) for key in [*areas, *(area for area, _ in traces)]},
        traces=traces,
    )


def _sums(traces: tuple[tuple[str, Trace], ...], area_id: str) -> tuple[int, int]:
    own = [trace.receipt for area, trace in traces if area == area_id]
    return sum(row.principal_fen for row in own), sum(row.interest_fen for row in own)


def _trace(session: Session, row: ReceiptRow) -> Trace:
    who = names(session, row.branch_id)
    home = session.get(Household, (row.branch_id, row.household_id))
    event = session.get_one(EventRow, (row.branch_id, row.event_hash))
    return Trace(
        receipt=row,
        household=home.name if home else row.household_id,
        officer=who.get(row.officer_id, row.officer_id),
        links=tuple(_links(session, row, event, who)),
    )


def _links(
    session: Session, row: ReceiptRow, event: EventRow, who: dict[str, str]
) -> Iterator[Link]:
    said: dict[str, Any] = json.loads(event.canonical)
    yield Link(
        what="receipt",
        tone="there" if row.state == "applied" else "missing" if row.state != "voided" else "none",
        values={
            "number": printed_number(row.receipt_no, row.event_hash),
            "at": event.recorded_at_ms,
            "state": row.state,
        },
        event=row.event_hash,
    )
    yield _book(session, row, who)
    yield _visit(session, row, said.get("visit"), who)
    yield from evidence(session, row, event, said)
    if row.state == "voided":
        day = voided_on(session, row.branch_id, [row]).get(row.event_hash, "—")
        yield Link(what="void", tone="there", values={"day": day})
    if row.handed_to:
        holder = who.get(row.handed_to, row.handed_to)
        yield Link(what="hand_over", tone="there", values={"name": holder})
    if row.state == "voided" and not row.counted_by:
        return
    yield from _cash(session, row, who)
    yield Link(
        what="posting",
        tone="there" if row.posted_on else "missing",
        values={"day": row.posted_on or ""},
        event=row.posted_by or "",
    )


def _book(session: Session, row: ReceiptRow, who: dict[str, str]) -> Link:
    book = session.get(ReceiptBook, (row.branch_id, row.book_id)) if row.book_id else None
    if book is None:
        return Link(what="book", tone="missing", values={"name": "", "day": None})
    values = {"name": who.get(book.holder_id, book.holder_id), "day": book.issued_at_ms}
    return Link(what="book", tone="there", values=values)


def _visit(session: Session, row: ReceiptRow, visit_id: str | None, who: dict[str, str]) -> Link:
    visit = session.get(Visit, (row.branch_id, visit_id)) if visit_id else None
    if visit is None:
        return Link(what="visit", tone="missing", values={"at": None, "name": "", "second": ""})
    second = visit.second_person or ""
    values = {
        "at": visit.started_at_ms,
        "name": who.get(visit.officer_id, visit.officer_id),
        "second": who.get(second, second),
    }
    return Link(what="visit", tone="there", values=values, event=visit.event_hash)


def _cash(session: Session, row: ReceiptRow, who: dict[str, str]) -> Iterator[Link]:
    """The count that took the cash over, and the deposits that took it to the bank."""
    count = session.get(CashCount, (row.branch_id, row.counted_by)) if row.counted_by else None
    if count is None:
        yield Link(what="count", tone="missing", values={"day": "", "name": ""})
        yield Link(what="deposit", tone="missing", values={"day": "", "slip": "", "fen": 0})
        return
    values: dict[str, object] = {"day": count.day, "name": who.get(count.cashier_id, "")}
    yield Link(what="count", tone="there", values=values, event=count.event_hash)
    facts = cash_facts(session, row.branch_id, count.day)
    book = journal(facts.movements, facts.slips, facts.shut, (count.day, _END_OF_TIME))
    gone, still = where_it_went(book, row.event_hash)
    for paid in gone:
        what = "deposit" if paid.line.what == "deposit" else "left_vault"
        values = {"day": paid.line.day, "slip": paid.line.voucher, "fen": paid.fen}
        yield Link(what=what, tone="there", values=values, event=paid.line.event)
    if still or not gone:
        values = {"day": "", "slip": "", "fen": still or row.amount_fen}
        yield Link(what="deposit", tone="missing", values=values)
