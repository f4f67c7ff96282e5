"""The second half of a restore: today's tables, a new epoch, and what is missing still."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import snapshot, transaction
from server.services.attachments import attachment_path
from server.services.branches import SYSTEM
from server.services.check_history import check_history
from server.services.epochs import renew_epoch
from server.services.installation import initialise
from server.tables import Attachment, Beacon, Clock, EventRow, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What a branch has again.

    behind  Lane code -> events that its phone said it had, and that are not here yet.
    """

    id: str
    tick: int
    events: int
    photos_missing: int
    behind: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A restored installation. findings: sentences of the check of its history, normally none."""

    epoch: str
    branches: tuple[Branch, ...]
    findings: tuple[str, ...]


def finish_restore() -> Finished:
    """Bring the tables up to date, renew the epoch, and ask again for photos that are not here."""
    initialise()
    with snapshot() as session:
        branch_ids = session.scalars(select(Clock.branch_id).order_by(Clock.branch_id)).all()
    missing = {branch_id: _ask_for_photos(branch_id) for branch_id in branch_ids}
    renewed = renew_epoch("restored")  # last: it takes the mark away that asks for all of this
    with snapshot() as session:
        return Finished(
            epoch=renewed.epoch,
            branches=tuple(_branch(session, each, missing[each]) for each in branch_ids),
            findings=tuple(str(finding) for finding in check_history(session)),
        )


def _ask_for_photos(branch_id: str) -> int:
    """A photo whose bytes are not here was only promised: its phone sends it again."""
    with transaction(branch_id, actor=SYSTEM, cause="restore") as tx:
        rows = tx.session.scalars(
            select(Attachment).where(
                Attachment.branch_id == branch_id, Attachment.state != "promised"
            )
        )
        missing = [row for row in rows if not attachment_path(branch_id, row.sha256).exists()]
        for row in missing:
            row.state, row.reason, row.stored_at_ms, row.archived = "promised", None, None, False
        return len(missing)


def _branch(session: Session, branch_id: str, photos_missing: int) -> Branch:
    events = select(func.count()).where(EventRow.branch_id == branch_id)
    tick = session.scalars(select(Clock.tick).where(Clock.branch_id == branch_id)).one()
    said = session.execute(
        select(Lane.code, Beacon.head_seq, Lane.head_seq.label("here"))
        .join(Beacon, (Beacon.branch_id == Lane.branch_id) & (Beacon.lane_id == Lane.id))
        .where(Lane.branch_id == branch_id, Beacon.head_seq > Lane.head_seq)
        .order_by(Lane.code)
    )
    return Branch(
        id=branch_id,
        tick=tick,
        events=session.scalar(events) or 0,
        photos_missing=photos_missing,
        behind={row.code: row.head_seq - row.here for row in said},
    )
