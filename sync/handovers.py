"""Cash that goes from hand to hand: what both sides say of it, and who holds a receipt's cash then.

The giver's `custody.handed` offers all that is in her hand up to there in her lane; the receiver's
`custody.taken` says what was counted. Nothing moves in the books before both are here; until then
the cash is the giver's, once (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.fields import Fault


def pieces_fen(denominations: Mapping[str, int]) -> int:
    """The worth in fen of pieces by their own worth: {"10000": 7}."""
    return sum(int(piece) * count for piece, count in denominations.items())


def check_handover(body: Mapping[str, object]) -> list[Fault]:
    """The faults between the fields of either side: the sum, the difference, and its cause."""
    amount, expected = body["amount_fen"], body["expected_fen"]
    pieces = body["denominations"]
    assert isinstance(amount, int) and isinstance(expected, int) and isinstance(pieces, Mapping)
    if pieces_fen(pieces) != amount:
        return [Fault("amount_fen", amount, "pieces_sum_to_amount", "body_invalid")]
    variance = body.get("variance_fen", amount - expected)
    if variance != amount - expected:
        return [Fault("variance_fen", variance, "counted_less_expected", "body_invalid")]
    if variance and body["cause"] is None:
        return [Fault("cause", None, "cause_of_variance", "body_invalid")]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """One handover that both sides have confirmed.

    lane, seq              Where the giver offered it: it covers what was hers before that.
    taken                  Hash of the receiver's confirmation.
    taken_lane, taken_seq  Where the receiver confirmed it.
    receiver               Who holds the cash now; None: it is in the vault.
    """

    lane: str
    seq: int
    taken: str
    taken_lane: str
    taken_seq: int
    receiver: str | None


def last_handing(lane: str, seq: int, handings: Iterable[Handing]) -> Handing | None:
    """The last handover that the cash taken at a place of a lane went through; None if none.

    It goes with the first offer behind it, and from hand to hand in the same way. The order in
    which the handovers became known is nothing.
    """
    known, last = list(handings), None
    while True:
        behind = [each for each in known if each.lane == lane and each.seq > seq]
        if not behind:
            return last
        last = min(behind, key=lambda each: each.seq)
        known.remove(last)
        lane, seq = last.taken_lane, last.taken_seq
