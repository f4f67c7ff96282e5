"""The households of a weekly report with their loans: balance and limitation on two days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import func, select

from server.office.master_data import FARM_HOUSEHOLD
from server.office.report_facts import HouseholdFact, LimitationFact, LoanFact
from server.services.loan_events import limitations
from server.services.weekly_rows import WeekRows
from server.tables import LedgerLeg, Loan, Village

# SQLite takes 32,766 parameters in a statement.
_IDS_A_QUERY = 800


def household_facts(rows: WeekRows, area_ids: set[str]) -> tuple[HouseholdFact, ...]:
    """The borrowers of these areas, with what is owed and where the law stands."""
    households = [row for row in rows.households() if row.area_id in area_ids]
    loans_of: defaultdict[str, list[Loan]] = defaultdict(list)
    for loan in rows.loans():
        loans_of[loan.household_id].append(loan)
    paid = {one.household_id for one in rows.receipts() if rows.period.holds(one.effective_on)}
    counted = [row for row in households if _borrows(loans_of[row.id]) or row.id in paid]
    reader = _LoanReader(rows, {row.id: loans_of[row.id] for row in counted})
    villages = _village_names(rows)
    planned = rows.planned()
    return tuple(
        HouseholdFact(
            id=row.id,
            name=row.name,
            area_id=row.area_id,
            village=villages.get(row.village_id or ""),
            natural_village=row.natural_village,
            loans=reader.facts(row.id),
            visited_on=reader.visits.get(row.id),
            was_planned=row.id in planned,
            is_collective=row.kind != FARM_HOUSEHOLD,
            successor_unit=row.successor_unit,
        )
        for row in counted
    )


def _borrows(loans: Iterable[Loan]) -> bool:
    """False only for one whose loans are all settled; a missing loan row is no settlement."""
    states = [loan.state for loan in loans]
    return not states or "open" in states


def _village_names(rows: WeekRows) -> dict[str, str]:
    query = select(Village.id, Village.name).where(Village.branch_id == rows.branch_id)
    return {village_id: name for village_id, name in rows.session.execute(query)}


class _LoanReader:
    """Balances and limitation of the loans of a report, read in few queries."""

    def __init__(self, rows: WeekRows, loans_of: Mapping[str, list[Loan]]) -> None:
        self.visits = rows.last_visits()
        self._loans_of = loans_of
        ids = [loan.id for loans in loans_of.values() for loan in loans]
        self._principal = _principal_on(rows, ids)
        self._on_report = _limitation_on(rows, dict.fromkeys(ids, rows.period.report_on))
        visit_days = {
            loan.id: self.visits[household_id]
            for household_id, loans in loans_of.items()
            if household_id in self.visits
            for loan in loans
        }
        # Where nobody went, the report day is asked (design 7).
        self._on_visit = self._on_report | _limitation_on(rows, visit_days)

    def facts(self, household_id: str) -> tuple[LoanFact, ...]:
        """The loans of a household."""
        return tuple(
            LoanFact(
                id=loan.id,
                principal_fen=max(0, self._principal.get(loan.id, 0)),
                is_open=loan.state == "open",
                on_visit=self._on_visit[loan.id],
                on_report=self._on_report[loan.id],
            )
            for loan in self._loans_of[household_id]
        )


def _limitation_on(rows: WeekRows, on_days: dict[str, str]) -> dict[str, LimitationFact]:
    found = limitations(rows.session, rows.branch_id, on_days)
    return {
        loan_id: LimitationFact(status=one.status, ends_on=one.ends_on)
        for loan_id, one in found.items()
    }


def _principal_on(rows: WeekRows, loan_ids: list[str]) -> dict[str, int]:
    """Outstanding principal at the end of the report day (A8), in fen."""
    sums: dict[str, int] = {}
    for chunk in _chunks([f"loan:{loan_id}:principal" for loan_id in loan_ids]):
        query = (
            select(LedgerLeg.account, func.sum(LedgerLeg.amount_fen))
            .where(
                LedgerLeg.branch_id == rows.branch_id,
                LedgerLeg.account.in_(chunk),
                LedgerLeg.value_on <= rows.period.report_on,
            )
            .group_by(LedgerLeg.account)
        )
        for account, fen in rows.session.execute(query):
            sums[account.removeprefix("loan:").removesuffix(":principal")] = int(fen)
    return sums


def _chunks(names: list[str]) -> Iterator[list[str]]:
    return (names[at : at + _IDS_A_QUERY] for at in range(0, len(names), _IDS_A_QUERY))
