"""Which page belongs to an event of the cash that is no receipt."""

from __future__ import annotations

from server.clock import day_of
from server.db import snapshot
from server.tables import CashCount, EventRow, ReceiptRow


def day_behind(branch_id: str, event_hash: str) -> tuple[str, bool] | None:
    """The day of an event, 'YYYY-MM-DD', and whether it is a count. None for a receipt or none."""
    with snapshot() as session:
        event = session.get(EventRow, (branch_id, event_hash))
        if event is None or session.get(ReceiptRow, (branch_id, event_hash)) is not None:
            return None
        is_count = session.get(CashCount, (branch_id, event_hash)) is not None
        return day_of(event.recorded_at_ms), is_count
