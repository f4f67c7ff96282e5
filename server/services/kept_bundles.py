"""What is known of the bundles that came, and the bytes of those that could not be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server.db import snapshot, transaction
from server.files import write_whole
from server.keys import running_settings
from server.tables import CourierBundle
from sync.problems import Problem

OPENED, KEPT = "opened", "kept"
NO_BRANCH = ""

# A phone in trouble brings a handful; a stranger who fills the disk is stopped here. Of each
# branch, and of the kiosks together.
KEPT_MAX = 200
ROWS_MAX = 500

_SETTLE = text(
    "UPDATE courier_bundle SET state = 'opened', reason = NULL WHERE id = :id AND state = 'kept'"
)

_UPSERT = text(
    "INSERT INTO courier_bundle (branch_id, id, carried_by, lane_id, events, size, state, reason,"
    " received_at_ms) VALUES (:branch, :id, :carrier, :lane, :events, :size, :state, :reason, :now)"
    " ON CONFLICT (branch_id, id) DO UPDATE SET lane_id = excluded.lane_id,"
    " events = excluded.events, state = excluded.state, reason = excluded.reason"
)


@dataclass(frozen=True, slots=True)
class Came:
    """A bundle by its SHA-256, who carried it (None: a kiosk), and the branch it is noted under."""

    sha256: str
    carried_by: str | None
    branch_id: str


def keep_bundle(data: bytes, came: Came, reason: str) -> None:
    """Keep the bytes of a bundle that cannot be opened, once, and note why. Refuses `courier_full`.

    The file is on the disk before the row says so.
    """
    with snapshot() as session:
        same = select(CourierBundle.id).where(CourierBundle.id == came.sha256).limit(1)
        if session.scalar(same) is not None:
            return
        if _count(session, came.branch_id) >= KEPT_MAX:
            raise Problem("courier_full")
    write_whole(bundle_path(came.sha256), data)
    _note(came, _Fate(KEPT, reason, None, 0, len(data)))


def note_bundle(came: Came, *, lane_id: str | None, events: int, size: int) -> None:
    """Note that a bundle was opened. One that had been kept until then needs no bytes any more."""
    with snapshot() as session:
        known = session.get(CourierBundle, (came.branch_id, came.sha256))
    if known is not None and known.state == OPENED:
        return
    _note(came, _Fate(OPENED, None, lane_id, events, size))
    bundle_path(came.sha256).unlink(missing_ok=True)


def bundle_path(sha256: str) -> Path:
    """Where the bytes of a kept bundle lie."""
    return running_settings().data_dir / "courier" / f"{sha256}.bundle"


def bundles(branch_id: str) -> list[CourierBundle]:
    """The bundles of a branch and those of nobody's, the newest first, at most 500."""
    with snapshot() as session:
        query = select(CourierBundle).where(CourierBundle.branch_id.in_([branch_id, NO_BRANCH]))
        newest = CourierBundle.received_at_ms.desc()
        return list(session.scalars(query.order_by(newest, CourierBundle.id).limit(ROWS_MAX)))


def count_kept_bundles(session: Session, branch_id: str) -> int:
    """How many bundles wait for somebody to look."""
    return _count(session, branch_id) + _count(session, NO_BRANCH)


@dataclass(frozen=True, slots=True)
class _Fate:
    state: str
    reason: str | None
    lane_id: str | None
    events: int
    size: int


def _note(came: Came, fate: _Fate) -> None:
    """Write what became of it. The same bundle may come twice at the same moment."""
    with transaction(came.branch_id, actor=came.carried_by or "kiosk", cause="courier") as tx:
        values = {
            "branch": came.branch_id,
            "id": came.sha256,
            "carrier": came.carried_by,
            "lane": fate.lane_id,
            "events": fate.events,
            "size": fate.size,
            "state": fate.state,
            "reason": fate.reason,
            "now": tx.now_ms,
        }
        tx.session.execute(_UPSERT, values)
        if fate.state == OPENED:
            # Kept under whoever brought it first, and opened under the branch whose it is.
            tx.session.execute(_SETTLE, {"id": came.sha256})


def _count(session: Session, branch_id: str) -> int:
    query = select(func.count()).select_from(CourierBundle)
    where = (CourierBundle.branch_id == branch_id, CourierBundle.state == KEPT)
    return session.scalar(query.where(*where)) or 0
