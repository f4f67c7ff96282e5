"""History gets a new name when the server's memory may have gone backwards (protocol section 5).

Phones then forget every acknowledgement, keep those that the new history proves by hash, and push
the rest again. Asked before the first phone is answered: at `doorstep serve` and after a restore.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from server.catch_up import EPOCH_WANTED, wanted_epoch
from server.clock import now_ms
from server.db import db, snapshot
from server.keys import random_bytes, running_settings
from server.tables import EpochRow

# PostgreSQL names its cluster once for ever; the timeline goes up when an archive was recovered.
_CLUSTER = text(
    "SELECT system_identifier::text AS system_id,"
    " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline FROM pg_control_system()"
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new epoch and why: database_older, database_other, restored, cluster_other, timeline."""

    epoch: str
    why: str


def renew_epoch(why: str) -> Renewed:
    """Give the history of this database a new name."""
    renewed = Renewed(random_bytes(8).hex(), why)
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        row = session.get_one(EpochRow, 1, with_for_update=True)
        row.epoch, row.created_at_ms = renewed.epoch, now_ms()
        row.system_id, row.timeline = _cluster(session)
        session.commit()
    (running_settings().data_dir / EPOCH_WANTED).unlink(missing_ok=True)
    return renewed


def settle_epoch() -> Renewed | None:
    """Renew the epoch if the database is another or an older one than it was; None if it is not."""
    wanted = wanted_epoch(running_settings().data_dir)
    with snapshot() as session:
        row = session.get(EpochRow, 1)
        here = _cluster(session)
    if row is None:
        return None
    known = (row.system_id, row.timeline)
    if wanted is None and known != here and None not in known:
        wanted = "cluster_other" if known[0] != here[0] else "timeline"
    if wanted is not None:
        return renew_epoch(wanted)
    if known != here:
        _note_cluster(here)
    return None


def _cluster(session: Session) -> tuple[str | None, str | None]:
    if session.get_bind().dialect.name != "postgresql":
        return None, None
    row = session.execute(_CLUSTER).one()
    return row.system_id, row.timeline


def _note_cluster(here: tuple[str | None, str | None]) -> None:
    """Remember in which cluster this history lives. The first time, nothing can be compared."""
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        row = session.scalars(select(EpochRow).where(EpochRow.id == 1).with_for_update()).one()
        row.system_id, row.timeline = here
        session.commit()
