"""Forget evictions that every phone in use has long taken in (the tombstone horizon).

An eviction is kept for 180 days. A phone that was away longer gets its scope from the start, so
nothing that it should have dropped stays on it.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select

from server.db import transaction
from server.tables import Clock, CommitLog, Feed

KEPT_MS = 180 * 24 * 3_600_000
SYSTEM = "system"


def forget_evictions(branch_id: str) -> int:
    """Delete the evictions of a branch older than 180 days, and move its horizon; how many."""
    with transaction(branch_id, actor=SYSTEM, cause="forget_evictions") as tx:
        clock = tx.session.get_one(Clock, branch_id, with_for_update=True)
        young = tx.session.scalar(
            select(func.min(CommitLog.tick)).where(
                CommitLog.branch_id == branch_id, CommitLog.at_ms > tx.now_ms - KEPT_MS
            )
        )
        # By the first young tick, not the last old one: a clock that was wrong for an hour cannot
        # make a recent tick look old.
        horizon = clock.tick if young is None else young - 1
        if horizon <= clock.horizon_tick:
            return 0
        clock.horizon_tick = horizon
        gone = tx.session.execute(
            delete(Feed)
            .where(Feed.branch_id == branch_id, Feed.op == "evict", Feed.tick <= horizon)
            .returning(Feed.eid)
        ).all()
        return len(gone)
