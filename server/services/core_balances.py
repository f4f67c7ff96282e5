"""Bringing loans to the balances of the core system, with what it has not booked yet on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.db import Tx
from server.services import ledger
from server.services.contained import CoreDues, kept_fen, matched_since, on_top, slips_of
from server.services.refunds import follow_refunds
from sync.books import Leg, import_legs, kept_legs, legs_hash, target_fen
from sync.parts import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import will post.

    said   What the body of the event says of it: the balances of the file, what lies on top of
           them, and what the core system has kept of over-collections. It is all that an auditor
           needs to work the legs out again.
    moves  Loan -> the legs of its parts; kept: loan -> the legs of what the core system kept.
    """

    said: dict[str, object]
    moves: dict[str, tuple[Leg, ...]]
    kept: list[Leg]


def plan_balances(tx: Tx, imported: Mapping[str, Mapping[str, int | None]], as_of: str) -> Plan:
    """Work out what brings these loans to their imported balances; locks them.

    imported  Loan -> part -> fen, None where the file is silent.
    """
    sums = ledger.loan_sums(tx.session, tx.branch_id, imported)
    slips = slips_of(tx.session, tx.branch_id, imported)
    since = matched_since(tx.session, tx.branch_id)
    dues = CoreDues(tx.session, tx.branch_id)
    moves: dict[str, tuple[Leg, ...]] = {}
    kept: list[Leg] = []
    receipts, reversals, keeps = {}, {}, {}
    for loan, parts in imported.items():
        now, own = sums[loan].fen, slips.get(loan, [])
        above = on_top(own, as_of, since)
        target = {part: target_fen(parts[part], now[part], above.fen(part)) for part in PARTS}
        moves[loan] = import_legs(loan, now, target)
        if above.receipts:
            receipts[loan] = [slip.hash for slip in above.receipts]
        if above.reversals:
            reversals[loan] = [slip.hash for slip in above.reversals]
        if now["over"] or now["kept"]:
            keeps[loan] = kept_fen(dues, own, as_of, since)
            kept += kept_legs(loan, keeps[loan], now["kept"])
    said: dict[str, object] = {
        "balances": {loan: [parts[part] for part in PARTS] for loan, parts in imported.items()},
        "on_top": receipts,
        "reversed_on_top": reversals,
        "kept": keeps,
        "legs_sha256": legs_hash(leg for movement in moves.values() for leg in movement),
    }
    return Plan(said=said, moves=moves, kept=kept)


def post_balances(tx: Tx, event_hash: str, plan: Plan, as_of: str) -> int:
    """Post what was worked out; how many loans moved."""
    legs = [leg for movement in plan.moves.values() for leg in movement]
    loans = ledger.post_on_loans(tx, event_hash, [*legs, *plan.kept], as_of, loans=plan.moves)
    follow_refunds(tx, loans)
    return sum(1 for movement in plan.moves.values() if movement)
