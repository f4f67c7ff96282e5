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

    account  loan:{loan}:{part}, hand:{officer}, suspense, vault, bank, over_short or core.
             What is owed and what is held are positive.
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


def receipt_legs(body: Mapping[str, object], officer: str) -> tuple[Leg, ...]:
    """The legs of a receipt that was applied: the parts leave the debt, the cash is in the hand.

    More than is due stays on the part it was given for; the office decides. Parts of 0 fen have
    no leg.
    """
    parts = [(part, body[f"{part}_fen"]) for part in PARTS]
    legs = [Leg(f"loan:{body['loan']}:{part}", -fen) for part, fen in parts if isinstance(fen, int)]
    return _movement([*legs, Leg(f"hand:{officer}", -sum(leg.amount_fen for leg in legs))])


def suspense_legs(total_fen: int, officer: str) -> tuple[Leg, ...]:
    """The legs of cash whose paper is in question: in the hand all the same, against suspense."""
    return _movement([Leg("suspense", -total_fen), Leg(f"hand:{officer}", total_fen)])


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


def _movement(legs: list[Leg]) -> tuple[Leg, ...]:
    assert sum(leg.amount_fen for leg in legs) == 0, "a movement sums to zero"
    return tuple(leg for leg in legs if leg.amount_fen)
