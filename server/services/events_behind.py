"""Where the page of an event of the cash is, that is no receipt."""

from __future__ import annotations

from server.clock import day_of
from server.db import snapshot
from server.tables import CashCount, EventRow, ReceiptRow


def count_behind(branch_id: str, event_hash: str) -> str | None:
    """'count' for a count; the day, 'YYYY-MM-DD', of another event; None for a receipt or none."""
    with snapshot() as session:
        if session.get(CashCount, (branch_id, event_hash)) is not None:
            return "count"
        event = session.get(EventRow, (branch_id, event_hash))
        if event is None or session.get(ReceiptRow, (branch_id, event_hash)) is not None:
            return None
        return day_of(event.recorded_at_ms)
