"""sync.store.PullStore over SQLAlchemy: the reading half of the exchange, in one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from server.stores.events import is_latest
from server.tables import Clock, EpochRow, EventRow, Feed, Lane, VerdictRow
from sync.digest import digests
from sync.store import FeedLine, VerdictLine

Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose feed is read: one officer's, of one branch, in one snapshot."""

    session: Session
    branch_id: str
    officer_id: str


BuildRows = Callable[[Scope, Sequence[FeedLine]], Rows]


class SqlPullStore:
    """One officer's view of a snapshot. `build` makes the rows; services bring it."""

    def __init__(self, scope: Scope, build: BuildRows) -> None:
        self.scope, self.session, self.build = scope, scope.session, build

    def epoch(self) -> str:
        """See PullStore."""
        return self.session.scalars(select(EpochRow.epoch).where(EpochRow.id == 1)).one()

    def tick(self) -> int:
        """See PullStore."""
        return self.session.scalars(
            select(Clock.tick).where(Clock.branch_id == self.scope.branch_id)
        ).one()

    def feed_after(self, tick: int) -> list[FeedLine]:
        """See PullStore."""
        rows = self.session.execute(
            select(Feed.tick, Feed.etype, Feed.eid, Feed.op)
            .where(
                Feed.branch_id == self.scope.branch_id,
                Feed.officer_id == self.scope.officer_id,
                Feed.tick > tick,
            )
            .order_by(Feed.tick, Feed.etype, Feed.eid)
        )
        return [FeedLine(row.tick, row.etype, row.eid, row.op) for row in rows]

    def verdicts_after(self, tick: int) -> list[VerdictLine]:
        """See PullStore."""
        branch_id = self.scope.branch_id
        rows = self.session.execute(
            select(
                VerdictRow.tick,
                VerdictRow.event_hash,
                VerdictRow.verdict,
                VerdictRow.reason,
                VerdictRow.needs,
            )
            .join(
                EventRow,
                and_(EventRow.branch_id == branch_id, EventRow.hash == VerdictRow.event_hash),
            )
            .join(Lane, and_(Lane.branch_id == branch_id, Lane.id == EventRow.lane_id))
            .where(
                VerdictRow.branch_id == branch_id,
                VerdictRow.tick > tick,
                Lane.officer_id == self.scope.officer_id,
                is_latest(),
            )
            .order_by(VerdictRow.tick, VerdictRow.event_hash)
        )
        return [VerdictLine(r.tick, r.event_hash, r.verdict, r.reason, r.needs) for r in rows]

    def rows(self, lines: Sequence[FeedLine]) -> Mapping[tuple[str, str], dict[str, Any]]:
        """See PullStore."""
        return self.build(self.scope, lines)

    def scope_digest(self) -> dict[str, str]:
        """See PullStore."""
        return digests(self.rows([line for line in self.feed_after(0) if line.op == "upsert"]))
