"""The books: the legs of every movement of cash and debt. A movement sums to zero, always."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.canonical import canonical_bytes, sha256_hex
from sync.fields import AMOUNT_FEN_MAX
from sync.parts import PARTS


@dataclass(frozen=True, slots=True)
class Leg:
    """One signed side of a movement, in fen.

    account  loan:{loan}:{part}, hand:{officer}, suspense, vault, bank, over_short, core, or
             clearing (transfers and cheques that the bank has not confirmed).
             What is owed and what is held are positive. `loan:{loan}:over`, `loan:{loan}:kept`
             and `credit:{loan}` are worked out of the others: see over_legs.
    """

    account: str
    amount_fen: int


def cash_of(body: Mapping[str, object]) -> int | None:
    """The cash that a receipt says was taken, in fen, if it is any amount of cash.

    None for what is no amount (0, negative, no whole number, above the limit): such a receipt
    moves nothing and is flagged. Whether the rest of the receipt is right is not asked: cash that
    was taken is a fact.
    """
    amount = body.get("amount_fen")
    if not isinstance(amount, int) or isinstance(amount, bool):
        return None
    return amount if 1 <= amount <= AMOUNT_FEN_MAX else None


# How money comes without cash.
BY_BANK = ("transfer", "cheque")


def is_by_bank(body: Mapping[str, object]) -> bool:
    """Was a receipt given for a transfer or a cheque? Then no cash is in anybody's hand."""
    return body.get("method") in BY_BANK


def holder_of(body: Mapping[str, object], officer: str) -> str:
    """The account that holds what a receipt was given for, until it is counted or cleared."""
    return "clearing" if is_by_bank(body) else f"hand:{officer}"


def receipt_legs(body: Mapping[str, object], officer: str) -> tuple[Leg, ...]:
    """The legs of a receipt that was applied: the parts leave the debt, the cash is in the hand.

    A transfer or a cheque is in `clearing`. More than is due stays on the part it was given for;
    what lies below zero is credit (over_legs). Parts of 0 fen have no leg.
    """
    parts = [(part, body[f"{part}_fen"]) for part in PARTS]
    legs = [Leg(f"loan:{body['loan']}:{part}", -fen) for part, fen in parts if isinstance(fen, int)]
    total_fen = -sum(leg.amount_fen for leg in legs)
    return _movement([*legs, Leg(holder_of(body, officer), total_fen)])


def suspense_legs(body: Mapping[str, object], officer: str) -> tuple[Leg, ...]:
    """The legs of a receipt in question: in the hand all the same, against suspense.

    None for a receipt without any amount.
    """
    total_fen = cash_of(body) or 0
    return _movement([Leg("suspense", -total_fen), Leg(holder_of(body, officer), total_fen)])


def cleared_legs(amount_fen: int) -> tuple[Leg, ...]:
    """The legs of a transfer or cheque that the bank has confirmed."""
    return _movement([Leg("clearing", -amount_fen), Leg("bank", amount_fen)])


def undone_legs(receipt: Iterable[Leg], officer: str, cash_from: str) -> tuple[Leg, ...]:
    """The exact opposite of a receipt whose cash has left the hand it came into.

    receipt    The legs that the receipt brought.
    cash_from  Where the money comes from now: vault or bank if it goes back to the payer, or
               `credit:{loan}` if it stays here and is owed to him.
    """
    moved = {f"hand:{officer}": cash_from, "clearing": cash_from}
    return reversal(Leg(moved.get(leg.account, leg.account), leg.amount_fen) for leg in receipt)


def reversal(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The exact opposite of a movement. Nothing in the books is ever edited."""
    return _movement([Leg(leg.account, -leg.amount_fen) for leg in legs])


def import_legs(
    loan: str, current: Mapping[str, int], imported: Mapping[str, int | None]
) -> tuple[Leg, ...]:
    """The legs that bring a loan from its current balances to the imported ones.

    A part that the import does not know (None) is left as it is. The core system is the other
    side. An import that changes nothing has no legs.
    """
    legs = [
        Leg(f"loan:{loan}:{part}", target - current.get(part, 0))
        for part in PARTS
        if (target := imported.get(part)) is not None
    ]
    return _movement([*legs, Leg("core", -sum(leg.amount_fen for leg in legs))])


def legs_hash(legs: Iterable[Leg]) -> str:
    """SHA-256 over legs in their order: an import, whose file is not kept, seals them with it."""
    return sha256_hex(canonical_bytes([[leg.account, leg.amount_fen] for leg in legs]))


def loans_of(legs: Iterable[Leg]) -> list[str]:
    """The loans whose parts a movement touches, each once, in order."""
    parts = (leg.account.removeprefix("loan:").rpartition(":") for leg in legs if _is_part(leg))
    return sorted({loan for loan, _, _ in parts})


def without_credit(legs: Iterable[Leg]) -> list[Leg]:
    """The legs that an event brought itself, without those worked out of the loan's balance."""
    return [leg for leg in legs if not is_worked_out(leg.account)]


def is_worked_out(account: str) -> bool:
    """True for over, kept and credit, which follow from the other accounts of a loan."""
    if account.startswith("credit:"):
        return True
    return account.startswith("loan:") and account.rpartition(":")[2] in ("over", "kept")


def due_fen(parts: Mapping[str, int], *, is_interest_known: bool) -> int:
    """What the parts of a loan come to, in fen; below zero if more was paid than was due.

    Where the core system has never said what interest is due, interest that was paid is no excess.
    """
    known = is_interest_known or parts.get("interest", 0) > 0
    return sum(parts.get(part, 0) for part in PARTS if known or part != "interest")


def over_legs(loan: str, sum_fen: int, over_fen: int) -> tuple[Leg, ...]:
    """The legs after which a loan is over-collected by exactly what its parts are below zero.

    sum_fen   What its parts come to now (due_fen).
    over_fen  What stands in `over` before.

    The excess is the borrower's: it stands in `credit:{loan}`, negative, and on no other loan. As
    it follows from a sum, the order in which receipts, voids and imports come changes no balance.
    """
    more = max(0, -sum_fen) - over_fen
    return _movement([Leg(f"loan:{loan}:over", more), Leg(f"credit:{loan}", -more)])


def kept_legs(loan: str, kept_fen: int, held_fen: int) -> tuple[Leg, ...]:
    """The legs after which `kept` is kept_fen; held_fen is what stands there before.

    Kept is the excess that the core system has booked: it has left the loan, and is owed to the
    borrower all the same.
    """
    more = kept_fen - held_fen
    return _movement([Leg(f"loan:{loan}:kept", more), Leg(f"credit:{loan}", -more)])


def excess_fen(said_fen: int, booked_fen: Iterable[int]) -> int:
    """What the receipts that the core system booked together exceed what it said was due before."""
    return max(0, sum(booked_fen) - max(0, said_fen))


def target_fen(imported_fen: int | None, current_fen: int, on_top_fen: Iterable[int]) -> int:
    """A part of a loan after an import: its number, less the receipts that are not in it yet.

    Of a part that the import does not know (None) only what stands below zero is touched: what the
    core system has booked by now is no longer paid in advance.
    """
    on_top = sum(on_top_fen)
    return max(current_fen, -on_top) if imported_fen is None else imported_fen - on_top


def is_contained(
    as_of: str, posted_on: str | None, counted_on: str | None, matched_since: str | None
) -> bool:
    """Is a receipt already in the balances that the core system had at the end of a day?

    posted_on      When the core system booked it; None: it has not, as far as we know.
    counted_on     When its cash came to the cashier (or its transfer was cleared); None: not yet.
    matched_since  The first day on which the branch matched a posting file; None: never.

    Where booking is known, nothing else is asked. Of before that, cash counted on an earlier day
    is taken as booked: the cashier enters it the same evening.
    """
    if posted_on is not None:
        return posted_on <= as_of
    if counted_on is None or (matched_since is not None and counted_on >= matched_since):
        return False
    return counted_on < as_of


def refund_legs(loan: str, amount_fen: int) -> tuple[Leg, ...]:
    """The legs of a refund: the borrower's credit is paid out of the vault."""
    return _movement([Leg(f"credit:{loan}", amount_fen), Leg("vault", -amount_fen)])


def count_legs(officer: str, expected_fen: int, counted_fen: int) -> tuple[Leg, ...]:
    """The legs of a count: the hand is emptied, the vault holds what was counted.

    The variance (counted less expected: negative is short) stands apart in over_short, with its
    sign turned, and is never spread over receipts.
    """
    return _movement(
        [
            Leg(f"hand:{officer}", -expected_fen),
            Leg("vault", counted_fen),
            Leg("over_short", expected_fen - counted_fen),
        ]
    )


def handover_legs(giver: str, body: Mapping[str, object], receiver: str) -> tuple[Leg, ...]:
    """The legs of a handover in person that both sides have confirmed (custody.taken).

    The giver's hand falls by what should have been there, the receiver's (or the vault) grows by
    what was counted; the difference is over or short, as at the counter.
    """
    expected, counted = body["expected_fen"], body["amount_fen"]
    assert isinstance(expected, int) and isinstance(counted, int)
    return _movement(
        [
            Leg(f"hand:{giver}", -expected),
            Leg("vault" if body["into"] == "vault" else f"hand:{receiver}", counted),
            Leg("over_short", expected - counted),
        ]
    )


def deposit_legs(amount_fen: int) -> tuple[Leg, ...]:
    """The legs of a remittance (解款): from the vault to the bank."""
    return _movement([Leg("vault", -amount_fen), Leg("bank", amount_fen)])


def balances(legs: Iterable[Leg]) -> dict[str, int]:
    """The balance of every account in fen, those at zero left out. A balance is always derived."""
    sums: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        sums[leg.account] += leg.amount_fen
    return {account: fen for account, fen in sums.items() if fen}


def _is_part(leg: Leg) -> bool:
    return leg.account.startswith("loan:") and not is_worked_out(leg.account)


def _movement(legs: list[Leg]) -> tuple[Leg, ...]:
    assert sum(leg.amount_fen for leg in legs) == 0, "a movement sums to zero"
    return tuple(leg for leg in legs if leg.amount_fen)
