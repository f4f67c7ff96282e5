"""The rows that an import writes: areas, villages, households, loans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import Tx
from server.office.import_rules import LoanLine
from server.services import feed
from server.tables import Area, Feed, Household, Loan, Village
from sync.canonical import sha256_hex


@dataclass(frozen=True, slots=True)
class Known:
    """What the branch has already, by id; areas also by name."""

    areas: dict[str, Area]
    villages: dict[str, Village]
    households: dict[str, Household]
    loans: dict[str, Loan]


def known_rows(session: Session, branch_id: str) -> Known:
    """All master data of a branch. A branch has some thousand rows; an import is rare."""
    areas = {row.id: row for row in session.scalars(select(Area).filter_by(branch_id=branch_id))}
    villages = session.scalars(select(Village).filter_by(branch_id=branch_id))
    households = session.scalars(select(Household).filter_by(branch_id=branch_id))
    loans = session.scalars(select(Loan).filter_by(branch_id=branch_id))
    return Known(
        areas | {row.name: row for row in areas.values()},
        {row.id: row for row in villages},
        {row.id: row for row in households},
        {row.id: row for row in loans},
    )


def write_rows(tx: Tx, lines: list[LoanLine], known: Known, *, as_of: str) -> None:
    """Add what is new and bring up to date what is known, in the order of the file."""
    for line in lines:
        area = known.areas.get(line.area) or _add_area(tx, line.area, known)
        village_id = _village(tx, area, line.village, known) if line.village else None
        _household(tx, line, area.id, village_id, known)
    tx.session.flush()
    for line in lines:
        _loan(tx, line, known, as_of)
    tx.session.flush()


def _add_area(tx: Tx, name: str, known: Known) -> Area:
    """An area that nobody has described yet. Its name says whether it is a town (镇、乡)."""
    area = Area(
        branch_id=tx.branch_id,
        id=f"A-{sha256_hex(name.encode())[:10]}",
        name=name,
        level="TOWN" if name.endswith(("镇", "乡", "街道")) else "SUB_AREA",
        population=None,
        economy=None,
        committees="[]",
        counts_household_total=name.endswith(("镇", "乡", "街道")),
        position=len({row.id for row in known.areas.values()}) + 1,
    )
    tx.session.add(area)
    known.areas[name] = known.areas[area.id] = area
    return area


def _village(tx: Tx, area: Area, name: str, known: Known) -> str:
    for village in known.villages.values():
        if (village.area_id, village.name) == (area.id, name):
            return village.id
    village = Village(
        branch_id=tx.branch_id,
        id=f"V-{sha256_hex(f'{area.id} {name}'.encode())[:10]}",
        area_id=area.id,
        name=name,
        position=len(known.villages) + 1,
    )
    tx.session.add(village)
    tx.session.flush()
    known.villages[village.id] = village
    return village.id


def _household(tx: Tx, line: LoanLine, area_id: str, village_id: str | None, known: Known) -> None:
    household = known.households.get(line.household_id)
    if household is None:
        household = Household(
            branch_id=tx.branch_id,
            id=line.household_id,
            kind=line.kind,
            successor_unit=None,
            position=len(known.households) + 1,
        )
        tx.session.add(household)
        known.households[line.household_id] = household
    household.name = line.name
    household.area_id = area_id
    household.village_id = village_id
    household.natural_village = line.natural_village
    household.phone = line.phone or household.phone


def _loan(tx: Tx, line: LoanLine, known: Known, as_of: str) -> None:
    loan = known.loans.get(line.loan_id)
    if loan is None:
        loan = Loan(branch_id=tx.branch_id, id=line.loan_id, household_id=line.household_id)
        loan.interest_known = False
        tx.session.add(loan)
        known.loans[line.loan_id] = loan
    loan.contract_no = line.contract_no
    loan.borrower_name = line.borrower
    loan.guarantor_name = line.guarantor
    loan.loan_on = line.loan_on
    loan.due_on = line.due_on
    loan.as_of = as_of
    loan.interest_known = loan.interest_known or line.interest_fen is not None
    loan.state = "open" if any(line.parts.values()) else "closed"


def touch_holders(tx: Tx, lines: Iterable[LoanLine]) -> None:
    """Tell the officers who have these households of their loans, the new ones included."""
    loans_of: dict[str, list[str]] = {}
    for line in lines:
        loans_of.setdefault(line.household_id, []).append(line.loan_id)
    feed.touch_household(tx, *loans_of)
    feed.touch_loan(tx, *(line for loans in loans_of.values() for line in loans))
    rows = tx.session.execute(
        select(Feed.eid, Feed.officer_id).where(
            Feed.branch_id == tx.branch_id, Feed.etype == "household", Feed.op == "upsert"
        )
    )
    for row in rows:
        for loan_id in loans_of.get(row.eid, []):
            tx.touch("loan", loan_id, row.officer_id)
