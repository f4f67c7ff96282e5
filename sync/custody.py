"""Who holds which cash, by the phone's own log alone. No row of the feed can change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.books import cash_of

LogEntry = Mapping[str, Any]


def hand_fen(log: Iterable[LogEntry], counted_total_fen: int = 0) -> int:
    """The cash in the officer's hand in fen: receipts, less voids, less what was counted off her.

    log                The lane's own events: {"hash", "kind", "body", "verdict" if known}.
    counted_total_fen  All that the cashier has taken over from this officer so far, from row `me`.

    A receipt counts whatever its verdict, for its cash was taken, unless a supervisor has ruled
    that it was not. A void counts unless it was quarantined or ruled void, once for each receipt,
    and only for a receipt of this log.
    """
    taken: dict[str, int] = {}
    voided: set[str] = set()
    for entry in log:
        body, verdict = entry["body"], entry.get("verdict")
        if entry["kind"] == "cash.receipt" and verdict != "voided":
            taken[entry["hash"]] = cash_of(body) or 0
        elif entry["kind"] == "cash.void" and verdict not in ("quarantined", "voided"):
            voided.add(body.get("target"))
    return sum(fen for slip, fen in taken.items() if slip not in voided) - counted_total_fen


def hand_of_all(total_fen: int, as_of: int, log: Iterable[LogEntry]) -> int:
    """The cash in the officer's hand in fen over all her phones, as far as this one knows.

    total_fen  What the server counted over all lanes, from row `me`.
    as_of      Tick of that row; what the log knows to be in it is not counted twice.
    log        As for hand_fen, with the tick of each verdict that the feed has told.
    """
    own = list(log)
    within = [each for each in own if each.get("tick") is not None and each["tick"] <= as_of]
    return total_fen + hand_fen(own) - hand_fen(within)


def check_may_take(
    amount_fen: int, held_fen: int, *, receipt_max_fen: int, hand_max_fen: int
) -> str | None:
    """The problem code that stops a receipt before the cash changes hands, or None.

    All in fen. Asked by the form only: cash that was taken against a limit is still a fact.
    """
    if amount_fen > receipt_max_fen:
        return "over_receipt_limit"
    return "over_hand_limit" if held_fen + amount_fen > hand_max_fen else None
