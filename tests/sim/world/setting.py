"""Where the simulation plays: a branch, its people, households and loans, and the first route."""

from __future__ import annotations

from server.clock import at_hour
from server.office.master_data import AreaData, HouseholdData, LoanData, MasterData
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.installation import initialise
from server.services.load_master import load_master
from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.services.waiting_books import set_aside
from sync.receipts import Book
from sync.specimens import MONDAY

BRANCH = "tangchong"
OFFICERS = ("officer-1", "officer-2", "officer-3", "officer-4")
BOSS, CASHIER = "supervisor-1", "cashier-1"
LAST_DAY = "2026-03-06"
MORNING = at_hour(MONDAY, 9)
NUMBERS = 50
VILLAGES = ("马头冲", "黄家冲")
HOUSEHOLDS = tuple(f"W{n:02d}" for n in range(1, 13))
PEOPLE = (
    *((officer, ("collector",)) for officer in OFFICERS),
    (BOSS, ("supervisor",)),
    (CASHIER, ("cashier",)),
)


def week_of(officer: str) -> Week:
    """The one sweep of an officer."""
    return Week(officer_id=officer, second_officer_id=None, starts_on=MONDAY, ends_on=LAST_DAY)


def first_route(officer: str) -> list[str]:
    """The households that an officer has in the morning: three each."""
    at = OFFICERS.index(officer) * 3
    return list(HOUSEHOLDS[at : at + 3])


def fill() -> None:
    """Fill an empty database. Done once for each process of the simulation."""
    initialise()
    create_branch(BRANCH, code="12", name="塘冲分社", institution="信用社", contact_phone="0763")
    for who, roles in PEOPLE:
        person = NewStaff(id=who, name=who, username=who, password="a long password", roles=roles)
        add_staff(BRANCH, person)
    load_master(BRANCH, _master(), as_of="2026-02-28", by=BOSS)
    for n, officer in enumerate(OFFICERS):
        book = Book("SJ", 1 + n * NUMBERS, (n + 1) * NUMBERS, 6)
        set_aside(BRANCH, book, officer_id=officer, by=CASHIER)
        sweep = draft_sweep(BRANCH, week_of(officer), by=BOSS)
        plan_stops(BRANCH, sweep, [(one, MONDAY) for one in first_route(officer)], by=BOSS)
        publish_sweep(BRANCH, sweep, by=BOSS)


def _master() -> MasterData:
    area = AreaData(
        id="WOSHUI",
        name="涡水镇",
        level="TOWN",
        population=7800,
        committees=VILLAGES,
        economy=None,
        counts_household_total=True,
    )
    households = tuple(
        HouseholdData(id=one, name=f"户{one}", area="WOSHUI", village=VILLAGES[n % 2])
        for n, one in enumerate(HOUSEHOLDS)
    )
    loans = tuple(
        LoanData(
            id=f"L-{one}-{k}",
            household=one,
            principal_fen=5000_00,
            interest_fen=300_00,
            due_on="2024-11-30",
            loan_on="2023-11-30",
        )
        for n, one in enumerate(HOUSEHOLDS)
        for k in range(1 + n % 2)
    )
    return MasterData(areas=(area,), households=households, loans=loans)
