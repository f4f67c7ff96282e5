"""Rows of loans: the balance by the ledger, limitation and class on the day of the row's tick."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server.clock import day_of
from server.services import ledger
from server.services.loan_events import limitations
from server.stores.events import chunks
from server.stores.pull_store import Scope
from server.tables import CommitLog, Loan
from sync.classification import days_past_due, five_tier
from sync.limitation import Limitation
from sync.parts import PARTS

Found = dict[str, dict[str, Any]]


def loan_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """The loans as they stood at their ticks.

    What depends on the day (limitation, class, days past due) is worked out for the day on which
    the row last changed, not for today: else rows would change without a tick, and the digests
    of the phone and the server would differ every morning.
    """
    loans = _loans(scope, ticks)
    days = _days(scope, {ticks[loan.id] for loan in loans})
    on_days = {loan.id: days[ticks[loan.id]] for loan in loans}
    found = limitations(scope.session, scope.branch_id, on_days)
    accounts = [f"loan:{loan.id}:{part}" for loan in loans for part in PARTS]
    accounts += [f"credit:{loan.id}" for loan in loans]
    balances = ledger.balances_of(scope.session, scope.branch_id, accounts)
    return {loan.id: _row(loan, balances, found[loan.id], on_days[loan.id]) for loan in loans}


def _loans(scope: Scope, ticks: dict[str, int]) -> list[Loan]:
    found: list[Loan] = []
    for chunk in chunks(ticks):
        found += scope.session.scalars(
            select(Loan).where(Loan.branch_id == scope.branch_id, Loan.id.in_(chunk))
        )
    return found


def _days(scope: Scope, ticks: set[int]) -> dict[int, str]:
    """The date of each tick, in Shanghai."""
    every = sorted(ticks)
    found: dict[int, str] = {}
    for start in range(0, len(every), 500):
        rows = scope.session.execute(
            select(CommitLog.tick, CommitLog.at_ms).where(
                CommitLog.branch_id == scope.branch_id,
                CommitLog.tick.in_(every[start : start + 500]),
            )
        )
        found |= {row.tick: day_of(row.at_ms) for row in rows}
    return found


def _row(loan: Loan, balances: dict[str, int], period: Limitation, on: str) -> dict[str, Any]:
    due = {part: balances.get(f"loan:{loan.id}:{part}", 0) for part in PARTS}
    late = None if loan.due_on is None else days_past_due(loan.due_on, on)
    return {
        "id": loan.id,
        "household_id": loan.household_id,
        "contract_no": loan.contract_no,
        "borrower_name": loan.borrower_name,
        "guarantor_name": loan.guarantor_name,
        "principal_fen": due["principal"],
        "interest_fen": due["interest"] if loan.interest_known else None,
        "penalty_fen": due["penalty"],
        "cost_fen": due["cost"],
        "credit_fen": max(0, -balances.get(f"credit:{loan.id}", 0)),
        "as_of": loan.as_of,
        "loan_on": loan.loan_on,
        "due_on": loan.due_on,
        "limitation": {"status": period.status, "ends_on": period.ends_on},
        "class_five": None if late is None else five_tier(late),
        "days_past_due": late,
    }
