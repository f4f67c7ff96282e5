"""From the phone's claim to an instant we can vouch for. All values are ms UTC."""

from __future__ import annotations

from datetime import date, timedelta


def effective_at(claim_ms: int, anchor_at_ms: int | None, received_ms: int) -> int:
    """The claimed instant, clamped between two that the server knows.

    anchor_at_ms  When the server issued the anchor that the event carries: it cannot be older.
                  None if the phone had seen no anchor yet.
    received_ms   When the server first held the event: it cannot be younger. It wins if the
                  server's own clock ran backwards between the two.

    The claim itself is kept beside it, unaltered: it is testimony.
    """
    earliest = claim_ms if anchor_at_ms is None else max(claim_ms, anchor_at_ms)
    return min(earliest, received_ms)


def day_of(at_ms: int, tz_minutes: int = 480) -> str:
    """The date of an instant, 'YYYY-MM-DD', on a clock so many minutes east of UTC (China: 480)."""
    days = (at_ms + tz_minutes * 60_000) // 86_400_000
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()
