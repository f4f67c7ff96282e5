"""What the office looks up: villages, households, loans with their balances and limitation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from server.clock import today
from server.db import snapshot
from server.services import ledger
from server.services.loan_events import limitation_of
from server.tables import Area, Household, Loan, Village
from sync.limitation import Limitation
from sync.parts import PARTS
from sync.problems import Problem

PAGE_ROWS = 100

# A loan with the names of its household, area and village.
LoanQuery = Select[Loan, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to. Words are looked for in names and numbers."""

    words: str = ""
    area_id: str = ""
    village_id: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageLine:
    """A village with what lies in it; id is empty for households without a village."""

    id: str
    area_id: str
    area: str
    name: str
    households: int
    loans: int
    principal_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLine:
    """A loan as a list shows it: balances from the ledger, limitation from reviewed events."""

    id: str
    contract_no: str
    household_id: str
    household: str
    area: str
    village: str | None
    borrower: str
    guarantor: str | None
    loan_on: str | None
    due_on: str | None
    as_of: str
    is_open: bool
    balance_fen: dict[str, int]
    interest_known: bool
    limitation: Limitation

    @property
    def owed_fen(self) -> int:
        """All parts together."""
        return sum(self.balance_fen.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdLine:
    """A household as a list shows it."""

    id: str
    name: str
    kind: str
    area: str
    village_id: str
    village: str | None
    natural_village: str | None
    phone: str | None
    loans: int
    principal_fen: int
    owed_fen: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many rows there are in all."""

    rows: list[Any]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE_ROWS))


def areas(branch_id: str) -> list[tuple[str, str]]:
    """The areas of a branch as (id, name), in the order to print."""
    with snapshot() as session:
        query = select(Area.id, Area.name).where(Area.branch_id == branch_id)
        return [(row.id, row.name) for row in session.execute(query.order_by(Area.position))]


def villages(branch_id: str, area_id: str = "") -> list[VillageLine]:
    """All villages with their households, loans and principal; those without a village last."""
    with snapshot() as session:
        lines = _household_lines(session, branch_id, Wanted(area_id=area_id))
        query = select(Village, Area).join(
            Area, (Area.branch_id == Village.branch_id) & (Area.id == Village.area_id)
        )
        query = query.where(Village.branch_id == branch_id)
        if area_id:
            query = query.where(Village.area_id == area_id)
        rows = session.execute(query.order_by(Area.position, Village.position)).all()
        named = [(v.id, a.id, a.name, v.name) for v, a in rows]
    homeless = [line for line in lines if not line.village_id]
    if homeless:
        named.append(("", "", "", ""))
    return [_village_line(name, lines) for name in named]


def _village_line(name: tuple[str, str, str, str], lines: list[HouseholdLine]) -> VillageLine:
    village_id, area_id, area, village = name
    here = [line for line in lines if line.village_id == village_id]
    return VillageLine(
        id=village_id,
        area_id=area_id,
        area=area,
        name=village,
        households=len(here),
        loans=sum(line.loans for line in here),
        principal_fen=sum(line.principal_fen for line in here),
    )


def households(branch_id: str, wanted: Wanted) -> Page:
    """The households that are wanted, by village in the order of import."""
    with snapshot() as session:
        lines = _household_lines(session, branch_id, wanted)
    start = (wanted.page - 1) * PAGE_ROWS
    return Page(lines[start : start + PAGE_ROWS], len(lines), wanted.page)


def all_households(session: Session, branch_id: str) -> list[HouseholdLine]:
    """Every household with its loans, by village in the order of import."""
    return _household_lines(session, branch_id, Wanted())


def household(branch_id: str, household_id: str) -> tuple[HouseholdLine, list[LoanLine]]:
    """One household with its loans. Refuses `household_unknown`."""
    with snapshot() as session:
        lines = _household_lines(session, branch_id, Wanted(), household_id)
        if not lines:
            raise Problem("household_unknown", household=household_id)
        query = _loans_query(branch_id, Wanted()).where(Loan.household_id == household_id)
        return lines[0], _loan_lines(session, branch_id, query)


def loans(branch_id: str, wanted: Wanted) -> Page:
    """The loans that are wanted. state: open, closed, or a status of the limitation."""
    query = _loans_query(branch_id, wanted)
    with snapshot() as session:
        if wanted.state in ("", "open", "closed"):
            if wanted.state:
                query = query.where(Loan.state == wanted.state)
            counted = query.with_only_columns(func.count()).order_by(None)
            total = session.scalar(counted) or 0
            part = query.limit(PAGE_ROWS).offset((wanted.page - 1) * PAGE_ROWS)
            return Page(_loan_lines(session, branch_id, part), total, wanted.page)
        lines = _loan_lines(session, branch_id, query.where(Loan.state == "open"))
    found = [line for line in lines if line.limitation.status == wanted.state]
    found.sort(key=lambda line: (line.limitation.ends_on or "9999", line.id))
    start = (wanted.page - 1) * PAGE_ROWS
    return Page(found[start : start + PAGE_ROWS], len(found), wanted.page)


def _household_lines(
    session: Session, branch_id: str, wanted: Wanted, household_id: str = ""
) -> list[HouseholdLine]:
    query = (
        select(Household, Area.name.label("area"), Village.name.label("village"))
        .join(Area, (Area.branch_id == Household.branch_id) & (Area.id == Household.area_id))
        .outerjoin(
            Village,
            (Village.branch_id == Household.branch_id) & (Village.id == Household.village_id),
        )
        .where(Household.branch_id == branch_id, *_narrow(wanted))
        .order_by(Area.position, func.coalesce(Village.position, 1_000_000), Household.position)
    )
    if household_id:
        query = query.where(Household.id == household_id)
    owner = _loan_owners(session, branch_id)
    count = Counter(owner.values())
    owed, principal = Counter[str](), Counter[str]()
    for account, fen in ledger.balances(session, branch_id, "loan:").items():
        loan_id, _, part = account.removeprefix("loan:").rpartition(":")
        owed[owner.get(loan_id, "")] += fen
        principal[owner.get(loan_id, "")] += fen if part == "principal" else 0
    return [
        HouseholdLine(
            id=row.id,
            name=row.name,
            kind=row.kind,
            area=area,
            village_id=row.village_id or "",
            village=village,
            natural_village=row.natural_village,
            phone=row.phone,
            loans=count[row.id],
            principal_fen=principal[row.id],
            owed_fen=owed[row.id],
        )
        for row, area, village in session.execute(query)
    ]


def _loan_owners(session: Session, branch_id: str) -> dict[str, str]:
    rows = session.execute(select(Loan.id, Loan.household_id).where(Loan.branch_id == branch_id))
    return {row.id: row.household_id for row in rows}


def _narrow(wanted: Wanted, *more: Any) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.area_id:
        where.append(Household.area_id == wanted.area_id)
    if wanted.village_id:
        where.append(Household.village_id == wanted.village_id)
    words = wanted.words.strip()[:60]
    if words:
        columns = (Household.name, Household.id, Household.natural_village, *more)
        where.append(or_(*(column.contains(words, autoescape=True) for column in columns)))
    return where


def _loans_query(branch_id: str, wanted: Wanted) -> LoanQuery:
    more = (Loan.id, Loan.contract_no, Loan.borrower_name, Loan.guarantor_name)
    query = (
        select(Loan, Household.name, Area.name, Village.name)
        .join(
            Household,
            (Household.branch_id == Loan.branch_id) & (Household.id == Loan.household_id),
        )
        .join(Area, (Area.branch_id == Household.branch_id) & (Area.id == Household.area_id))
        .outerjoin(
            Village,
            (Village.branch_id == Household.branch_id) & (Village.id == Household.village_id),
        )
        .where(Loan.branch_id == branch_id, *_narrow(wanted, *more))
        .order_by(Area.position, Household.position, Loan.id)
    )
    return query


def _loan_lines(session: Session, branch_id: str, query: LoanQuery) -> list[LoanLine]:
    rows = session.execute(query).all()
    ids = [row[0].id for row in rows]
    accounts = [f"loan:{loan_id}:{part}" for loan_id in ids for part in PARTS]
    fen = ledger.balances_of(session, branch_id, accounts)
    states = limitation_of(session, branch_id, ids, today())
    return [
        LoanLine(
            id=loan.id,
            contract_no=loan.contract_no,
            household_id=loan.household_id,
            household=household_name,
            area=area,
            village=village,
            borrower=loan.borrower_name,
            guarantor=loan.guarantor_name,
            loan_on=loan.loan_on,
            due_on=loan.due_on,
            as_of=loan.as_of,
            is_open=loan.state == "open",
            balance_fen={part: fen.get(f"loan:{loan.id}:{part}", 0) for part in PARTS},
            interest_known=loan.interest_known,
            limitation=states[loan.id],
        )
        for loan, household_name, area, village in rows
    ]
