"""A branch with as many officers as a storm needs, forty households each."""

from __future__ import annotations

from pathlib import Path

from server.office.master_data import AreaData, HouseholdData, LoanData, MasterData
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.load_master import load_master
from tests.bench import wide
from tests.bench.field_day import VISITS
from tests.small_bank import BRANCH, CHEN_JIE, PASSWORD, Bank, open_bank

OFFICERS = 200
VILLAGES = ("马头冲", "黄家冲", "涡水", "大坪", "石径", "上洞", "下洞", "油岭")


def households_of(number: int) -> list[str]:
    """The forty households of an officer."""
    return [f"W{number:03d}{n:02d}" for n in range(VISITS)]


def _master(ids: list[str], loans: list[tuple[str, str]]) -> MasterData:
    """Households by id, and loans as (loan, household); all invented."""
    area = AreaData(
        id="WOSHUI", name="涡水镇", level="TOWN", population=7800, committees=VILLAGES,
        economy=None, counts_household_total=True,
    )  # fmt: skip
    households = tuple(
        HouseholdData(id=each, name=f"户{each}", area="WOSHUI", village=VILLAGES[n % len(VILLAGES)])
        for n, each in enumerate(ids)
    )
    owed = tuple(
        LoanData(
            id=loan, household=household, principal_fen=5000_00 + n * 100,
            interest_fen=300_00 + n * 7, due_on="2024-11-30", loan_on="2023-11-30",
        )
        for n, (loan, household) in enumerate(loans)
    )  # fmt: skip
    return MasterData(areas=(area,), households=households, loans=owed)


def _person(staff_id: str, role: str) -> NewStaff:
    return NewStaff(id=staff_id, name=staff_id, username=staff_id, password=PASSWORD, roles=(role,))


def found_big_branch(url: str, folder: Path, officers: int) -> Bank:
    """The branch in a migrated database, every route published."""
    bank = open_branch(url, folder)
    with bank.app.app_context():
        create_branch(BRANCH, code="12", name="塘冲分社", institution="信用社", contact_phone="0")
        for staff_id, role in _people(officers):
            add_staff(BRANCH, _person(staff_id, role))
        ids = [household for n in range(officers) for household in households_of(n)]
        load_master(
            BRANCH,
            _master(ids, [(f"L-{each}", each) for each in ids]),
            as_of="2026-02-28",
            by=CHEN_JIE,
        )
    for number in range(officers):
        bank.publish(f"officer-{number:03d}", households_of(number))
    return bank


def found_wide_branch(url: str, folder: Path) -> Bank:
    """One officer with 300 households and 360 loans."""
    ids = [f"W{n:03d}" for n in range(wide.HOUSEHOLDS)]
    second = ids[: wide.LOANS - wide.HOUSEHOLDS]
    bank = open_branch(url, folder)
    with bank.app.app_context():
        create_branch(BRANCH, code="12", name="塘冲分社", institution="信用社", contact_phone="0")
        for staff_id, role in _people(1):
            add_staff(BRANCH, _person(staff_id, role))
        master = _master(ids, [(f"L-{i}", i) for i in ids] + [(f"L-{i}-2", i) for i in second])
        load_master(BRANCH, master, as_of="2026-02-28", by=CHEN_JIE)
    bank.publish("officer-000", ids)
    return bank


def open_branch(url: str, folder: Path) -> Bank:
    """The application over the branch's database."""
    return open_bank(url, folder)


def _people(officers: int) -> list[tuple[str, str]]:
    collectors = [(f"officer-{number:03d}", "collector") for number in range(officers)]
    return [*collectors, (CHEN_JIE, "supervisor"), ("cashier-1", "cashier")]
