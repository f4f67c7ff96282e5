"""The ledger in the database: the only place that writes legs and adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from server.db import Tx
from server.tables import LedgerLeg, Loan
from sync.books import Leg, due_fen
from sync.parts import PARTS

# SQLite takes 32,766 parameters, and a statement of a few hundred is prepared as fast as one.
_ACCOUNTS_A_QUERY = 800
_LOANS_A_QUERY = 500

# What stands behind `loan:{loan}:`.
LOAN_ACCOUNTS = (*PARTS, "over", "kept")


@dataclass(frozen=True, slots=True)
class LoanSums:
    """What stands on a loan, in fen, by part, with `over` and `kept` among them."""

    fen: Mapping[str, int]
    is_interest_known: bool

    @property
    def due_fen(self) -> int:
        """What its parts come to; below zero if more was paid than was due."""
        return due_fen(self.fen, is_interest_known=self.is_interest_known)

    @property
    def over_fen(self) -> int:
        """What stands as over-collected."""
        return self.fen["over"]


def post(tx: Tx, event_hash: str, legs: Iterable[Leg], value_on: str) -> None:
    """Post a movement of an event: its legs sum to zero, or the program is wrong.

    A second movement of one event (a verdict that changed) follows behind the first.
    """
    movement = list(legs)
    assert sum(leg.amount_fen for leg in movement) == 0, "a movement sums to zero"
    if not movement:
        return
    start = len(legs_of(tx.session, tx.branch_id, event_hash))
    values = leg_values(tx.branch_id, event_hash, start, movement)
    tx.session.execute(insert(LedgerLeg), [{**each, "value_on": value_on} for each in values])


def loan_sums(
    session: Session, branch_id: str, loans: Iterable[str], *, lock: bool = True
) -> dict[str, LoanSums]:
    """What stands on these loans.

    lock  No other movement of theirs is posted until the transaction ends; taken in order.
    """
    ids = sorted(set(loans))
    known: dict[str, bool] = {}
    for start in range(0, len(ids), _LOANS_A_QUERY):
        query = (
            select(Loan.id, Loan.interest_known)
            .where(Loan.branch_id == branch_id, Loan.id.in_(ids[start : start + _LOANS_A_QUERY]))
            .order_by(Loan.id)
        )
        rows = session.execute(query.with_for_update(key_share=True) if lock else query)
        known |= {row.id: row.interest_known for row in rows}
    held = balances_of(
        session, branch_id, [f"loan:{id_}:{name}" for id_ in ids for name in LOAN_ACCOUNTS]
    )
    return {
        loan: LoanSums(
            {name: held.get(f"loan:{loan}:{name}", 0) for name in LOAN_ACCOUNTS},
            known.get(loan, True),
        )
        for loan in ids
    }


def leg_values(
    branch_id: str, event_hash: str, start: int, legs: Iterable[Leg]
) -> list[dict[str, Any]]:
    """The rows of a movement behind `start` legs of its event, without their day."""
    return [
        {
            "branch_id": branch_id,
            "event_hash": event_hash,
            "leg": start + number,
            "account": leg.account,
            "amount_fen": leg.amount_fen,
        }
        for number, leg in enumerate(legs, 1)
    ]


def legs_of(session: Session, branch_id: str, event_hash: str) -> list[Leg]:
    """All legs of one event, in the order they were posted."""
    rows = session.execute(
        select(LedgerLeg.account, LedgerLeg.amount_fen)
        .where(LedgerLeg.branch_id == branch_id, LedgerLeg.event_hash == event_hash)
        .order_by(LedgerLeg.leg)
    )
    return [Leg(row.account, row.amount_fen) for row in rows]


def balance(session: Session, branch_id: str, account: str) -> int:
    """The balance of one account, in fen."""
    return balances_of(session, branch_id, [account]).get(account, 0)


def balances(session: Session, branch_id: str, prefix: str) -> dict[str, int]:
    """The balances of all accounts that begin with a prefix such as 'hand:', in fen."""
    # Not LIKE, which takes 'hand:A' for 'hand:a' on SQLite; not a range, which PostgreSQL orders
    # by the language of the database.
    start = func.substr(LedgerLeg.account, 1, len(prefix))
    return _sums(session, branch_id, start == prefix)


def balances_of(session: Session, branch_id: str, accounts: Iterable[str]) -> dict[str, int]:
    """The balances of these accounts, in fen; an account without legs is left out."""
    names = list(accounts)
    sums: dict[str, int] = {}
    for start in range(0, len(names), _ACCOUNTS_A_QUERY):
        chunk = names[start : start + _ACCOUNTS_A_QUERY]
        sums |= _sums(session, branch_id, LedgerLeg.account.in_(chunk))
    return sums


def _sums(session: Session, branch_id: str, where: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(
        select(LedgerLeg.account, func.sum(LedgerLeg.amount_fen).label("fen"))
        .where(LedgerLeg.branch_id == branch_id, where)
        .group_by(LedgerLeg.account)
    )
    return {row.account: int(row.fen) for row in rows}
