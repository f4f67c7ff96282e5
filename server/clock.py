"""The only place on the server that asks what time it is.

Everything else is given a clock, so that a test or a rehearsal can set it. An instant is an
integer of milliseconds since 1970 in UTC; a day is a date in Asia/Shanghai (R30).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from flask import current_app

Clock = Callable[[], int]

# China has kept one zone without summer time since 1991; older instants are dates here.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def system_clock() -> int:
    """Milliseconds since 1970 in UTC, from the machine's clock."""
    return time.time_ns() // 1_000_000


def now_ms() -> int:
    """The instant of the running application: its clock is set by `create_app`."""
    clock: Clock = current_app.extensions["clock"]
    return clock()


def day_of(instant_ms: int) -> str:
    """The date in Asia/Shanghai on which an instant lies, as 'YYYY-MM-DD'."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(SHANGHAI).date().isoformat()


def stamp_of(instant_ms: int) -> str:
    """An instant as names of files carry it, in UTC: '20260302T011500Z'. Sorts as time goes."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def today() -> str:
    """Today's date in Asia/Shanghai, as 'YYYY-MM-DD'."""
    return day_of(now_ms())


def at_hour(day: str, hour: int, minute: int = 0) -> int:
    """The instant at which the clock in Shanghai shows hour:minute on a day, in milliseconds."""
    moment = datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=SHANGHAI)
    return int(moment.timestamp() * 1000)
