"""What only time settles: events that waited too long, or that an older server did not know."""

from __future__ import annotations

import logging

from sqlalchemy import select

from server.clock import now_ms
from server.db import db, snapshot, transaction
from server.keys import installation_secret
from server.services.projection import Projection
from server.stores.events import kept_for, overdue
from server.stores.push_store import SqlPushStore
from server.tables import Branch
from sync.store import Busy
from sync.tend import PARKED_MS_MAX
from sync.tend import tend as tend_store

log = logging.getLogger(__name__)

# Often enough that nobody waits for it, seldom enough that the evening does not feel it.
TEND_EVERY_MS = 10 * 60_000

_last_ms: dict[tuple[str, str], int] = {}  # (database, branch) -> when it was tended here


def tend(branch_id: str) -> int:
    """Judge again what is due in a branch; how many verdicts changed. Usually nothing is due."""
    if not _is_due(branch_id):
        return 0
    with transaction(branch_id, actor="doorstep", cause="tend") as tx:
        projection = Projection(tx)
        store = SqlPushStore(tx, projection)
        changed = tend_store(store, installation_secret(), tx.now_ms)
        projection.close()
        store.close()
    return len(changed)


def branch_ids() -> list[str]:
    """Every branch of the installation."""
    with snapshot() as session:
        return list(session.scalars(select(Branch.branch_id).order_by(Branch.branch_id)))


def tend_now_and_then(branch_id: str) -> None:
    """Tend a branch behind a push, at most every ten minutes in each process. Never fails."""
    key, now = (str(db.engine.url), branch_id), now_ms()
    if abs(now - _last_ms.get(key, now - TEND_EVERY_MS)) < TEND_EVERY_MS:
        return
    _last_ms[key] = now
    try:
        tend(branch_id)
    except Busy:
        log.info("branch %s is busy; it is tended later", branch_id)
    except Exception as error:  # what was pushed is stored and must be answered
        log.error("tending branch %s failed with %s", branch_id, type(error).__name__)


def _is_due(branch_id: str) -> bool:
    with snapshot() as session:
        waited = overdue(session, branch_id, now_ms() - PARKED_MS_MAX)
        return bool(waited or kept_for(session, branch_id, "schema_unknown"))
