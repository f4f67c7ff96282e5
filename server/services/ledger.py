"""The ledger as services use it: post a movement, read a balance."""

from __future__ import annotations

from collections.abc import Iterable

from server.db import Tx
from server.stores.ledger import LoanSums, balance, balances, balances_of, legs_of, loan_sums, post
from sync.books import Leg, loans_of, over_legs

__all__ = [
    "LoanSums",
    "balance",
    "balances",
    "balances_of",
    "legs_of",
    "loan_sums",
    "post",
    "post_on_loans",
]


def post_on_loans(
    tx: Tx, event_hash: str, legs: Iterable[Leg], value_on: str, *, loans: Iterable[str] = ()
) -> list[str]:
    """Post a movement of the office that touches loans, and what follows for over-collection.

    loans  Loans to look at beside those whose parts it moves. Gives back all of them.
    """
    movement = list(legs)
    every = sorted({*loans_of(movement), *loans})
    loan_sums(tx.session, tx.branch_id, every)  # locks them before the first leg
    post(tx, event_hash, movement, value_on)
    more: list[Leg] = []
    for loan, sums in loan_sums(tx.session, tx.branch_id, every).items():
        more += over_legs(loan, sums.due_fen, sums.over_fen)
    post(tx, event_hash, more, value_on)
    return every
