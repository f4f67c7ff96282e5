"""The links of a trace: from a figure of a report down to the bank slip, and which are missing.

Notes and coins bear no names: cash leaves the vault in the order in which it came in. By this rule
a receipt's cash can be followed to the deposits that took it to the bank.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sync.cash_reports import Journal, JournalLine

Tone = Literal["there", "none", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain of a receipt.

    what    receipt, book, visit, signature, photo, void, hand_over, count, deposit, posting or
            report: which words the page has for it.
    tone    there; none: need not be; missing: should be and is not.
    values  What completes the words.    event  The hash behind it, or ''.
    """

    what: str
    tone: Tone
    values: Mapping[str, object]
    event: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """So much of a receipt's cash (fen) left the vault by this line of the journal."""

    line: JournalLine
    fen: int


def where_it_went(journal: Journal, slip: str) -> tuple[list[Paid], int]:
    """The lines by which the cash of a receipt left the vault, and what of it is still there, fen.

    journal  From a day not later than the receipt's count; what was in the vault before comes
             first out.
    """
    waiting = deque([("", journal.opening_fen)])
    gone: list[Paid] = []
    for line in journal.lines:
        if line.in_fen:
            waiting.append((line.slip or "", line.in_fen))
        left = line.out_fen
        while left > 0 and waiting:
            owner, held = waiting.popleft()
            taken = min(left, held)
            left -= taken
            if owner == slip and taken:
                gone.append(Paid(line, taken))
            if taken < held:
                waiting.appendleft((owner, held - taken))
    return gone, sum(held for owner, held in waiting if owner == slip)


def missing(links: Sequence[Link]) -> list[Link]:
    """The links that should be there and are not."""
    return [link for link in links if link.tone == "missing"]
