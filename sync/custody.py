"""Who holds which cash, by the phone's own log alone. No row of the feed can change it.

Only what other people confirm comes from outside: the cashier's counts, a colleague's confirmation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sync.books import cash_of, is_by_bank

LogEntry = Mapping[str, Any]


def hand_fen(
    log: Iterable[LogEntry], counted_total_fen: int = 0, proofs: Collection[str] = ()
) -> int:
    """The cash in the officer's hand in fen: what she took, less what was taken over from her.

    log                The lane's own events: {"hash", "kind", "body", "verdict" if known}.
    counted_total_fen  All that the cashier has taken over from this officer so far, from row `me`.
    proofs             Hashes of her handovers whose confirmation this phone has seen itself.

    A receipt counts whatever its verdict, for its cash was taken, unless a supervisor has ruled
    that it was not. A void counts unless it was quarantined or ruled void, once for each receipt,
    and only for a receipt of this log; a transfer or a cheque is in no hand. What she has taken
    from a colleague is hers as soon as she says so; what she has offered is hers until the other
    side has said so.
    """
    own = list(log)
    voided = _voided(own)
    return sum(_moved_fen(each, voided, proofs) for each in own) - counted_total_fen


def _voided(log: Iterable[LogEntry]) -> set[str]:
    """The receipts of a log that its voids undo."""
    return {
        entry["body"].get("target")
        for entry in log
        if entry["kind"] == "cash.void" and entry.get("verdict") not in ("quarantined", "voided")
    }


def _moved_fen(entry: LogEntry, voided: Collection[str], proofs: Collection[str]) -> int:
    """What an event of the log puts into the hand, in fen; negative for what leaves it."""
    kind, body, verdict = entry["kind"], entry["body"], entry.get("verdict")
    if kind == "cash.receipt" and verdict != "voided" and entry["hash"] not in voided:
        return 0 if is_by_bank(body) else cash_of(body) or 0
    if kind == "custody.taken" and verdict != "voided" and body["into"] == "hand":
        return int(body["amount_fen"])
    if kind == "custody.handed" and (verdict == "applied" or entry["hash"] in proofs):
        return -int(body["expected_fen"])
    return 0


def held_since(log: Iterable[LogEntry], held_fen: int) -> str | None:
    """The day on which the oldest cash still in the hand was taken; None if there is none.

    log       Oldest first. What leaves the hand is what came into it first.
    held_fen  The cash in the hand now, as hand_fen or hand_of_all has it.
    """
    own = list(log)
    voided = _voided(own)
    came = [(entry["occurred_on"], _moved_fen(entry, voided, ())) for entry in own]
    gone_fen = sum(fen for _, fen in came if fen > 0) - held_fen
    for day, fen in came:
        gone_fen -= max(fen, 0)
        if gone_fen < 0:
            return str(day) if held_fen > 0 else None
    return None


def hand_of_all(
    total_fen: int, as_of: int, log: Iterable[LogEntry], proofs: Collection[str] = ()
) -> int:
    """The cash in the officer's hand in fen over all her phones, as far as this one knows.

    total_fen  What the server counted over all lanes, from row `me`.
    as_of      Tick of that row; what the log knows to be in it is not counted twice.
    log        As for hand_fen, with the tick of each verdict that the feed has told.
    """
    own = list(log)
    return (
        total_fen
        + hand_fen(own, proofs=proofs)
        - hand_fen(each for each in own if _is_in(each, as_of))
    )


def _is_in(entry: LogEntry, as_of: int) -> bool:
    """Is it in the server's sum? A handover is, once it is applied; all other cash at once."""
    told = entry.get("tick") is not None and entry["tick"] <= as_of
    return told and (entry["kind"] != "custody.taken" or entry.get("verdict") == "applied")


def check_may_take(
    amount_fen: int, held_fen: int, *, receipt_max_fen: int, hand_max_fen: int
) -> str | None:
    """The problem code that stops a receipt before the cash changes hands, or None.

    All in fen. Asked by the form only: cash that was taken against a limit is still a fact.
    """
    if amount_fen > receipt_max_fen:
        return "over_receipt_limit"
    return "over_hand_limit" if held_fen + amount_fen > hand_max_fen else None
