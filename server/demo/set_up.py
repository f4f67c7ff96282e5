"""Makes the demonstration branch, step by step; what is there already stays as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select

from server.clock import today
from server.db import snapshot
from server.demo.portfolio import Portfolio, golden_portfolio, large_portfolio
from server.demo.sign_ins import BRANCH, SignIn, sign_ins
from server.office.report_period import monday_of
from server.services import branches, plan_sweep
from server.services.load_master import load_master
from server.services.waiting_books import set_aside
from server.tables import Area, Branch, ReceiptBook, Staff, Sweep
from sync.dates import add_days, parse_date
from sync.receipts import Book

OFFICER, SECOND, SUPERVISOR, CASHIER = "officer-1", "officer-2", "supervisor-1", "cashier-1"
SATURDAY = 5

# The numbers of the golden week are the first of this book.
BOOK = Book("SJ", 101, 200, 6)


class OtherData(Exception):
    """The database holds branches of real work; a demonstration has no place beside them."""


def set_up(data_dir: Path, households: int | None = None) -> list[SignIn]:
    """The demonstration branch, complete; everybody's sign-in. Doing it again changes nothing.

    households  None: those of the golden week; else so many invented ones.
    """
    with snapshot() as session:
        known = set(session.scalars(select(Branch.branch_id)))
    if known - {BRANCH}:
        raise OtherData
    people = sign_ins(data_dir)
    if BRANCH not in known:
        branches.create_branch(
            BRANCH,
            code="001",
            name="涡水分社（演示）",
            institution="演示农村信用社",
            contact_phone="0000-0000000",
        )
    _add_people(people)
    _add_work(households)
    return people


def this_monday() -> str:
    """The Monday of the current week; at a weekend that of the coming one."""
    day = parse_date(today())
    ahead = 7 - day.weekday() if day.weekday() >= SATURDAY else 0
    return monday_of(add_days(day, ahead).isoformat())


def _add_people(people: list[SignIn]) -> None:
    with snapshot() as session:
        known = set(session.scalars(select(Staff.id).where(Staff.branch_id == BRANCH)))
    for one in people:
        if one.id not in known:
            branches.add_staff(
                BRANCH,
                branches.NewStaff(
                    id=one.id,
                    name=one.name,
                    username=one.username,
                    password=one.password,
                    roles=(one.role,),
                ),
            )


def _add_work(households: int | None) -> None:
    """Master data, the officer's published week, and a receipt book that waits for her phone."""
    monday = this_monday()
    with snapshot() as session:
        has_master = session.scalars(select(Area.id).where(Area.branch_id == BRANCH)).first()
        has_sweep = session.scalars(select(Sweep.id).where(Sweep.branch_id == BRANCH)).first()
        has_book = session.scalars(
            select(ReceiptBook.id).where(ReceiptBook.branch_id == BRANCH)
        ).first()
    portfolio = large_portfolio(monday, households) if households else golden_portfolio(monday)
    if not has_master:
        as_of = min(today(), add_days(parse_date(monday), -1).isoformat())
        load_master(BRANCH, portfolio.master, as_of=as_of, by=SUPERVISOR)
    if not has_sweep:
        _publish(portfolio, parse_date(monday))
    if not has_book:
        set_aside(BRANCH, BOOK, officer_id=OFFICER, by=CASHIER)


def _publish(portfolio: Portfolio, monday: date) -> None:
    days = [add_days(monday, number).isoformat() for number in range(5)]
    week = plan_sweep.Week(
        officer_id=OFFICER, second_officer_id=SECOND, starts_on=days[0], ends_on=days[-1]
    )
    sweep = plan_sweep.draft_sweep(BRANCH, week, by=SUPERVISOR)
    route = sorted(portfolio.planned, key=lambda stop: stop[1])
    stops = [(household_id, days[day]) for household_id, day in route]
    plan_sweep.plan_stops(BRANCH, sweep, stops, by=SUPERVISOR)
    plan_sweep.publish_sweep(BRANCH, sweep, by=SUPERVISOR)
