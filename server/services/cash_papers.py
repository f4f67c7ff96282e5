"""The cashier's books as papers, from the database: journal, day, month, over and short, register.

Each is derived at the moment it is asked for; a day that is closed gives the same lines for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import today
from server.db import snapshot
from server.office import cash_papers
from server.office.cash_papers import DayExtras, Variance
from server.office.paper import Paper
from server.office.paper_words import Office
from server.office.receipt_papers import register_paper
from server.services.cash_facts import CashFacts, body_of, cash_facts
from server.services.receipt_entries import entries_of_books, entries_of_no_book, unused_on
from server.services.staff_names import names
from server.tables import Branch, CashCount, DayClose, EventRow, Household
from sync.cash_reports import booked_on, day_report, journal, month_report
from sync.dates import parse_date
from sync.problems import Problem

# What a paper is called in an address; by month but for the first two.
PAPERS = ("daily", "register", "journal", "monthly", "over-short")


def paper_of(branch_id: str, name: str, period: str, *, english: bool = False) -> Paper:
    """A paper of the branch for a day, 'YYYY-MM-DD', or a month, 'YYYY-MM'.

    Refuses `not_found` for a name that is none of PAPERS, and `date_invalid`.
    """
    if name not in _MAKERS:
        raise Problem("not_found")
    parse_date(period if name in ("daily", "register") else f"{period}-01")
    with snapshot() as session:
        office = office_of(session, branch_id, english=english)
        return _MAKERS[name](session, branch_id, office, period)


def office_of(session: Session, branch_id: str, *, english: bool = False) -> Office:
    """The branch with the names of its people and households, and what counts say of variances."""
    branch = session.get_one(Branch, branch_id)
    homes = session.execute(
        select(Household.id, Household.name).where(Household.branch_id == branch_id)
    )
    causes = session.execute(
        select(CashCount.event_hash, CashCount.cause).where(
            CashCount.branch_id == branch_id, CashCount.cause.is_not(None)
        )
    )
    return Office(
        institution=branch.institution,
        branch=branch.name,
        today=today(),
        english=english,
        staff=names(session, branch_id),
        households={row.id: row.name for row in homes},
        notes={row.event_hash: str(row.cause) for row in causes},
    )


def _journal(session: Session, branch_id: str, office: Office, month: str) -> Paper:
    facts = cash_facts(session, branch_id, f"{month}-01")
    days = (f"{month}-01", f"{month}-31")
    book = journal(facts.movements, facts.slips, facts.shut, days)
    return cash_papers.journal_paper(office, book, dict(facts.slips), month)


def _daily(session: Session, branch_id: str, office: Office, day: str) -> Paper:
    facts = cash_facts(session, branch_id, day)
    report = day_report(facts.movements, facts.slips, facts.shut, day)
    shut = session.get(DayClose, (branch_id, day))
    said = body_of(session, branch_id, shut.event_hash) if shut else {}
    extras = DayExtras(
        is_shut=shut is not None,
        unused=unused_on(session, branch_id, day),
        in_field=tuple(
            (one["officer"], one["hand_fen"], one["reason"]) for one in said.get("in_field", [])
        ),
    )
    return cash_papers.day_paper(office, report, extras)


def _monthly(session: Session, branch_id: str, office: Office, month: str) -> Paper:
    facts = cash_facts(session, branch_id, f"{month}-01")
    report = month_report(facts.movements, facts.slips, facts.shut, month)
    return cash_papers.month_paper(office, report)


def _over_short(session: Session, branch_id: str, office: Office, month: str) -> Paper:
    facts = cash_facts(session, branch_id, f"{month}-01")
    counts = session.scalars(
        select(CashCount.variance_fen).where(
            CashCount.branch_id == branch_id,
            CashCount.day >= f"{month}-01",
            CashCount.day <= f"{month}-31",
        )
    ).all()
    even = sum(fen == 0 for fen in counts)
    found = _variances(session, branch_id, facts, month)
    return cash_papers.over_short_paper(office, found, month, (len(counts), even))


def _variances(session: Session, branch_id: str, facts: CashFacts, month: str) -> list[Variance]:
    """Every movement of the month that has left something over or short, in the order of time."""
    found = []
    for one in sorted(facts.movements, key=lambda each: (each.at_ms, each.seq)):
        fen = -one.fen("over_short")
        day = booked_on(one, facts.shut)
        if not fen or not day.startswith(month) or not one.event:
            continue
        event = session.get_one(EventRow, (branch_id, one.event))
        body: dict[str, Any] = dict(one.body)
        found.append(
            Variance(
                day=day,
                kind=one.kind,
                officer=body.get("officer") or body.get("from"),
                cashier=event.actor,
                expected_fen=body.get("expected_fen"),
                counted_fen=body.get("counted_fen", body.get("amount_fen")),
                variance_fen=fen,
                cause=str(body.get("cause") or body.get("reason") or ""),
            )
        )
    return found


def _register(session: Session, branch_id: str, office: Office, _day: str) -> Paper:
    return register_paper(
        office,
        entries_of_books(session, branch_id, office),
        entries_of_no_book(session, branch_id, office),
    )


_MAKERS: dict[str, Callable[[Session, str, Office, str], Paper]] = {
    "daily": _daily,
    "register": _register,
    "journal": _journal,
    "monthly": _monthly,
    "over-short": _over_short,
}
