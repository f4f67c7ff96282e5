"""Over-collection: what lies below zero on a loan is owed to its borrower, until it is paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sync.books import due_fen
from sync.parts import PARTS
from sync.verify.records import Event
from sync.verify.world import World, balances


def check_credit(world: World) -> None:
    """`over` is what the parts of a loan are below zero; `credit` is over and kept less refunds."""
    held = balances((account, fen) for _, account, fen in world.legs())
    known, kept = _imports(world)
    paid = _paid(world)
    for loan in sorted({*_loans(held), *paid, *kept}):
        fen = {name: held.get(f"loan:{loan}:{name}", 0) for name in (*PARTS, "over", "kept")}
        should = {
            f"loan:{loan}:over": max(0, -due_fen(fen, is_interest_known=loan in known)),
            f"loan:{loan}:kept": kept.get(loan, 0),
            f"credit:{loan}": paid[loan] - fen["over"] - fen["kept"],
        }
        for account, amount in should.items():
            if held.get(account, 0) != amount:
                said = held.get(account, 0)
                world.findings.broken("credit_wrong", account=account, said=said, should=amount)


def _loans(held: Mapping[str, int]) -> set[str]:
    loans = {account.partition(":")[2] for account in held if account.startswith("credit:")}
    of_parts = (a.removeprefix("loan:").rpartition(":")[0] for a in held if a.startswith("loan:"))
    return loans | set(of_parts)


def _imports(world: World) -> tuple[set[str], dict[str, int]]:
    """The loans whose interest an import has named, and what the core system keeps of each."""
    known: set[str] = set()
    kept: dict[str, int] = {}
    for event in sorted(world.of_kind("master.imported"), key=lambda event: event.seq):
        for loan, parts in _table(event, "balances").items():
            if isinstance(parts, list) and parts[1:2] != [None]:
                known.add(loan)
        for loan, fen in _table(event, "kept").items():
            kept[loan] = fen if isinstance(fen, int) else 0
    return known, {loan: fen for loan, fen in kept.items() if fen}


def _paid(world: World) -> defaultdict[str, int]:
    """Loan -> refunds, less what a reversal left with us for the payer, in fen."""
    paid: defaultdict[str, int] = defaultdict(int)
    for event in world.of_kind("credit.refunded", "reversal.decided"):
        loan, fen = str(event.body.get("loan")), event.body.get("amount_fen")
        amount = fen if isinstance(fen, int) else 0
        if event.kind == "credit.refunded":
            paid[loan] += amount
        elif event.body.get("decision") == "approved":
            if event.body.get("cash_from") == f"credit:{loan}":
                paid[loan] -= amount
    return paid


def _table(event: Event, name: str) -> Mapping[str, object]:
    value = event.body.get(name)
    return value if isinstance(value, Mapping) else {}
