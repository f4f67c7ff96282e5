"""Evidence that was promised and has not come: photos named by an event, their bytes missing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import snapshot
from server.services.staff_names import names
from server.services.uploads import DAY_MS, received_bytes
from server.tables import Attachment, Device, EventRow, Household, Lane

ROWS_MAX = 500

# A phone that comes back each evening sends its photos that night; a week is a lost photo.
LATE_DAYS, LOST_DAYS = 2, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedPhoto:
    """A photo that somebody took and that is not here.

    promised_at_ms  When the event that names it came.
    days            Whole days since then.
    received        Bytes of `size` that have come so far.
    last_seen_at_ms When its phone was last heard of.
    """

    sha256: str
    role: str
    officer: str
    lane: str
    household: str | None
    promised_at_ms: int
    days: int
    size: int
    received: int
    last_seen_at_ms: int | None

    @property
    def alarm(self) -> str:
        """How long is too long: '', 'warn' or 'bad'."""
        if self.days >= LOST_DAYS:
            return "bad"
        return "warn" if self.days >= LATE_DAYS else ""


def promised_photos(branch_id: str) -> list[PromisedPhoto]:
    """The photos whose bytes are missing, the oldest first, at most 500."""
    with snapshot() as session:
        rows = session.execute(
            select(Attachment, EventRow, Lane.code, Device.last_seen_at_ms)
            .join(
                EventRow,
                (EventRow.branch_id == Attachment.branch_id)
                & (EventRow.hash == Attachment.event_hash),
            )
            .outerjoin(Lane, (Lane.branch_id == EventRow.branch_id) & (Lane.id == EventRow.lane_id))
            .outerjoin(Device, (Device.branch_id == Lane.branch_id) & (Device.id == Lane.device_id))
            .where(Attachment.branch_id == branch_id, Attachment.state == "promised")
            .order_by(Attachment.promised_at_ms, Attachment.sha256)
            .limit(ROWS_MAX)
        ).all()
        who, homes = names(session, branch_id), _homes(session, branch_id)
        return [
            _line((photo, event), (code or "—", seen), who, homes)
            for photo, event, code, seen in rows
        ]


def count_promised(session: Session, branch_id: str) -> int:
    """How many photos are missing."""
    query = select(func.count()).select_from(Attachment)
    where = (Attachment.branch_id == branch_id, Attachment.state == "promised")
    return session.scalar(query.where(*where)) or 0


def _line(
    row: tuple[Attachment, EventRow],
    phone: tuple[str, int | None],
    who: dict[str, str],
    homes: dict[str, str],
) -> PromisedPhoto:
    photo, event = row
    household = json.loads(event.canonical)["subject"]
    return PromisedPhoto(
        sha256=photo.sha256,
        role=photo.role,
        officer=who.get(event.actor, event.actor),
        lane=phone[0],
        household=homes.get(household, household),
        promised_at_ms=photo.promised_at_ms,
        days=(now_ms() - photo.promised_at_ms) // DAY_MS,
        size=photo.size,
        received=received_bytes(photo.branch_id, photo.sha256),
        last_seen_at_ms=phone[1],
    )


def _homes(session: Session, branch_id: str) -> dict[str, str]:
    rows = session.execute(
        select(Household.id, Household.name).where(Household.branch_id == branch_id)
    )
    return {row.id: row.name for row in rows}
