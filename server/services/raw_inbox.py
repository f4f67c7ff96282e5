"""Bytes that could not be understood are kept as they came: they may hold somebody's cash."""

from __future__ import annotations

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import db
from server.tables import RawInbox

# A field day is some 100 kB; of a larger body the beginning says what it is.
BODY_BYTES_MAX = 64 * 1024

# Enough to understand a fault; a phone that tries all night, or a stranger, fills no disk.
ROWS_OF_A_DEVICE_MAX = 20

log = logging.getLogger(__name__)


def keep_raw(body: bytes, *, device_id: str | None, error: str) -> None:
    """Keep a body once, within limits: the first ones of each device and kind of error.

    device_id  As the request claims it; None if it names none of our devices.
    """
    kept = body[:BODY_BYTES_MAX]
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        same = (RawInbox.device_id.is_not_distinct_from(device_id), RawInbox.error == error)
        held = session.scalar(select(func.count()).select_from(RawInbox).where(*same)) or 0
        again = session.scalar(select(RawInbox.id).where(*same, RawInbox.body == kept).limit(1))
        if again is None and held < ROWS_OF_A_DEVICE_MAX:
            row = RawInbox(device_id=device_id, body=kept, error=error, at_ms=now_ms())
            session.add(row)
            session.flush()
            log.error("raw_inbox %s: %s from device %s", row.id, error, device_id)
        session.commit()
