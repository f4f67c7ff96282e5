"""Cash that was offered to somebody in person and not confirmed yet: whose it is meanwhile.

In the books it is the giver's. At the counter it is not expected of him, for he says that he no
longer has it; it stays open until the other side's record comes or a supervisor has ruled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.services import ledger
from server.services.staff_names import names
from server.stores.events import chunks
from server.stores.handovers import handings_from
from server.tables import CashHandover, EventRow, ReceiptRow
from sync.handovers import last_handing

# After so long somebody should have come to a signal; then it is a matter for the supervisor.
OFFER_MS_MAX = 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """An offer that waits for the other side. `is_late`: for longer than a day."""

    hash: str
    giver: str
    receiver: str
    amount_fen: int
    expected_fen: int
    at_ms: int
    waits_ms: int
    is_late: bool


def open_offers(
    session: Session, branch_id: str, officer_id: str | None = None
) -> Sequence[CashHandover]:
    """The offers of one officer, or of all, that nobody has confirmed; the oldest first."""
    query = select(CashHandover).where(
        CashHandover.branch_id == branch_id, CashHandover.state == "open"
    )
    if officer_id is not None:
        query = query.where(CashHandover.giver_id == officer_id)
    oldest = query.order_by(CashHandover.recorded_at_ms, CashHandover.handed_hash)
    return session.scalars(oldest).all()


def offer_lines(session: Session, branch_id: str, officer_id: str | None = None) -> list[OfferLine]:
    """The same as a page shows them."""
    who, now = names(session, branch_id), now_ms()
    return [
        OfferLine(
            hash=row.handed_hash,
            giver=who.get(row.giver_id, row.giver_id),
            receiver=who.get(row.receiver_id, row.receiver_id),
            amount_fen=row.amount_fen,
            expected_fen=row.expected_fen,
            at_ms=row.handed_at_ms,
            waits_ms=now - row.recorded_at_ms,
            is_late=now - row.recorded_at_ms >= OFFER_MS_MAX,
        )
        for row in open_offers(session, branch_id, officer_id)
    ]


def count_late(session: Session, branch_id: str) -> int:
    """How many offers have waited for more than a day."""
    before = now_ms() - OFFER_MS_MAX
    return sum(row.recorded_at_ms <= before for row in open_offers(session, branch_id))


def expected_at_counter(session: Session, branch_id: str, officer_id: str) -> int:
    """What an officer should have with him, in fen: his hand less what he has offered.

    An offer may be here before the receipts that it covers: it never makes more of a lack.
    """
    held_fen = ledger.balance(session, branch_id, f"hand:{officer_id}")
    offered_fen = sum(row.expected_fen for row in open_offers(session, branch_id, officer_id))
    return max(held_fen - offered_fen, min(held_fen, 0))


def not_offered(
    session: Session, branch_id: str, officer_id: str, rows: list[ReceiptRow]
) -> list[ReceiptRow]:
    """Of the receipts whose cash he has by the books, those that no open offer covers."""
    offers = open_offers(session, branch_id, officer_id)
    if not offers:
        return rows
    places = _places(session, branch_id, rows)
    ends: dict[str, int] = {}  # the newest of a lane covers the most
    for offer in offers:
        ends[offer.lane_id] = max(offer.seq, ends.get(offer.lane_id, 0))
    return [
        row for row in rows for lane, seq in [places[row.event_hash]] if seq >= ends.get(lane, 0)
    ]


def _places(session: Session, branch_id: str, rows: list[ReceiptRow]) -> dict[str, tuple[str, int]]:
    """Where the cash of each receipt came into the hand that has it: lane and number."""
    found: dict[str, tuple[str, int]] = {}
    for chunk in chunks(row.event_hash for row in rows):
        events = session.execute(
            select(EventRow.hash, EventRow.lane_id, EventRow.seq).where(
                EventRow.branch_id == branch_id, EventRow.hash.in_(chunk)
            )
        )
        for event_hash, lane, seq in events:
            last = last_handing(lane, seq, handings_from(session, branch_id, lane))
            found[event_hash] = (last.taken_lane, last.taken_seq) if last else (lane, seq)
    return found
