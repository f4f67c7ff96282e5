"""sync.store.PullStore over SQLAlchemy: the reading half of the exchange, in one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from server.clock import today
from server.stores.events import is_latest
from server.stores.row_sums import Sums, sums_of_officer
from server.tables import Clock, EpochRow, EventRow, Feed, Lane, VerdictRow
from sync.digest import sums_of
from sync.store import FeedLine, Span, VerdictLine

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
        self.scope_of, self.session, self.build = scope, scope.session, build
        self._built: Rows = {}
        self._clock_row: Clock | None = None

    def epoch(self) -> str:
        """See PullStore."""
        return self.session.scalars(select(EpochRow.epoch).where(EpochRow.id == 1)).one()

    def tick(self) -> int:
        """See PullStore."""
        return self._clock().tick

    def horizon(self) -> int:
        """See PullStore."""
        return self._clock().horizon_tick

    def _clock(self) -> Clock:
        if self._clock_row is None:
            self._clock_row = self.session.get_one(Clock, self.scope_of.branch_id)
        return self._clock_row

    def feed_in(self, span: Span) -> list[FeedLine]:
        """See PullStore. The index feed_by_tick gives the lines in order, up to the limit."""
        rows = self.session.execute(
            select(Feed.tick, Feed.etype, Feed.eid, Feed.op)
            .where(
                Feed.branch_id == self.scope_of.branch_id,
                Feed.officer_id == self.scope_of.officer_id,
                Feed.tick > span.after,
                Feed.tick <= span.upto,
                or_(Feed.op == "upsert", Feed.tick > span.known),
            )
            .order_by(Feed.tick)
            .limit(span.limit)
        )
        lines = [FeedLine(row.tick, row.etype, row.eid, row.op) for row in rows]
        return sorted(lines, key=lambda line: (line.tick, line.etype, line.eid))

    def verdicts_in(self, span: Span) -> list[VerdictLine]:
        """See PullStore."""
        # What has changed is found by its tick; a whole scope lane by lane, from the end of what
        # is settled: the ticks of a whole history are many. "+ 0" keeps an engine from the former.
        tick = VerdictRow.tick + 0 if span.is_from_nothing else VerdictRow.tick
        branch_id = self.scope_of.branch_id
        rows = self.session.execute(
            select(VerdictRow, EventRow.lane_id, EventRow.seq, _is_on_chain())
            .join(
                EventRow,
                and_(EventRow.branch_id == branch_id, EventRow.hash == VerdictRow.event_hash),
            )
            .join(Lane, and_(Lane.branch_id == branch_id, Lane.id == EventRow.lane_id))
            .where(
                VerdictRow.branch_id == branch_id,
                Lane.officer_id == self.scope_of.officer_id,
                tick > span.after,
                tick <= span.upto,
                _is_unsettled() if span.is_from_nothing else true(),
                is_latest(),
            )
            .order_by(tick)
            .limit(span.limit)
        )
        lines = [_verdict_line(*row) for row in rows]
        return sorted(lines, key=lambda line: (line.tick, line.lane, line.seq, line.hash))

    def rows(self, lines: Sequence[FeedLine]) -> Mapping[tuple[str, str], dict[str, Any]]:
        """See PullStore."""
        found = self.build(self.scope_of, lines)
        self._built |= found
        return found

    def sums(self, lines: Sequence[FeedLine]) -> Mapping[tuple[str, str], str]:
        """See PullStore. Rows that are built in this snapshot anyway are never taken on trust."""
        known = self._known_sums()
        ticks = {(line.etype, line.eid): line.tick for line in lines}
        # Taken out once: another phone of the officer changes what is known at the same time.
        at_hand = {
            key: row_sum
            for key, tick in ticks.items()
            for known_tick, row_sum in [known.get(key, (0, ""))]
            if known_tick == tick and key not in self._built
        }
        self.rows([line for line in lines if not self._is_at_hand(line, at_hand)])
        fresh = sums_of({key: row for key, row in self._built.items() if key in ticks})
        known |= {key: (ticks[key], row_sum) for key, row_sum in fresh.items()}
        return at_hand | fresh

    def _is_at_hand(self, line: FeedLine, at_hand: Mapping[tuple[str, str], str]) -> bool:
        key = (line.etype, line.eid)
        return key in self._built or key in at_hand

    def _known_sums(self) -> Sums:
        place = self.scope_of
        whose = (
            str(self.session.get_bind().engine.url), self.epoch(), place.branch_id,
            place.officer_id,
        )  # fmt: skip
        return sums_of_officer(whose, today())

    def scope(self) -> list[FeedLine]:
        """See PullStore."""
        latest = self.tick()
        return self.feed_in(Span(after=0, upto=latest, known=latest))


def _is_unsettled() -> ColumnElement[bool]:
    """Beyond the settled prefix of its lane, or beside it: a fork that came late."""
    return or_(
        EventRow.seq > Lane.settled_seq,
        VerdictRow.verdict != "applied",
        VerdictRow.risk.contains("fork"),
    )


def _is_on_chain() -> ColumnElement[bool]:
    """Not beyond the lane's head, and alone at its place: what else could the chain run through?"""
    other = aliased(EventRow)
    is_shared = exists().where(
        other.branch_id == EventRow.branch_id,
        other.lane_id == EventRow.lane_id,
        other.seq == EventRow.seq,
        other.hash != EventRow.hash,
    )
    return and_(EventRow.seq <= Lane.head_seq, ~is_shared)


def _verdict_line(row: VerdictRow, lane_id: str, seq: int, is_on_chain: bool) -> VerdictLine:
    return VerdictLine(
        tick=row.tick,
        lane=lane_id,
        seq=seq,
        hash=row.event_hash,
        verdict=row.verdict,
        reason=row.reason,
        needs=row.needs,
        is_on_chain=bool(is_on_chain),
    )
