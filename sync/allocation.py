"""How a payment is split over the parts of one debt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.parts import PARTS
from sync.problems import Problem

# Civil Code art. 561: costs, interest (penalty interest is interest), principal. A dated setting
# of the branch may say otherwise.
DEFAULT_ORDER = ("cost", "penalty", "interest", "principal")


def allocate(
    total_fen: int,
    due: Mapping[str, int | None],
    order: Sequence[str] = DEFAULT_ORDER,
) -> dict[str, int]:
    """Split a payment in fen over cost, penalty, interest and principal, each part named.

    due  The imported balance of each part in fen. None or missing is not known and gets nothing;
         a part already overpaid gets nothing.

    What is left after all that is due goes to principal: the office decides on an excess. The
    parts always sum to the total. Refuses `amount_invalid` below one fen and
    `allocation_order_invalid` for an order that does not name every part once.
    """
    if total_fen < 1:
        raise Problem("amount_invalid", rule="positive")
    if sorted(order) != sorted(PARTS):
        raise Problem("allocation_order_invalid", order=",".join(order))
    parts, left = dict.fromkeys(PARTS, 0), total_fen
    for part in order:
        parts[part] = min(left, max(0, due.get(part) or 0))
        left -= parts[part]
    parts["principal"] += left
    assert sum(parts.values()) == total_fen, "the parts sum to the total"
    return parts
