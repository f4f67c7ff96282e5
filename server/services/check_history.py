"""Do the promises about history hold in a whole database? Every event, leg, lane and tick is read.

For a backup that was just restored, for a nightly run, and for tests. What is checked is worked out
from the stored bytes again, never from a sum that was kept. An empty answer means that all holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.services.check_cash import cash_findings
from server.services.findings import Finding
from server.stores.events import HASHES_A_QUERY
from server.tables import Branch, Clock, CommitLog, EventRow, Feed, Lane, VerdictRow
from sync.canonical import sha256_hex
from sync.events import ZERO_HASH, Envelope
from sync.problems import Problem


@dataclass(frozen=True, slots=True)
class _Place:
    """One branch of the database that is read."""

    session: Session
    branch_id: str

    def finding(self, code: str, about: str) -> Finding:
        return Finding(code=code, branch_id=self.branch_id, about=about)


def check_history(session: Session) -> list[Finding]:
    """Everything that contradicts I1 to I4, I6, I8 or I29, branch by branch."""
    found: list[Finding] = []
    for branch_id in session.scalars(select(Branch.branch_id).order_by(Branch.branch_id)).all():
        place = _Place(session, branch_id)
        found += _event_findings(place)
        found += _lane_findings(place)
        found += _tick_findings(place)
        found += cash_findings(session, branch_id)
    return found


def _event_findings(place: _Place) -> Iterator[Finding]:
    """I1, I6: each event is what its hash says, and each has a verdict."""
    session, branch_id = place.session, place.branch_id
    after = ""
    while rows := session.scalars(
        select(EventRow)
        .where(EventRow.branch_id == branch_id, EventRow.hash > after)
        .order_by(EventRow.hash)
        .limit(HASHES_A_QUERY)
    ).all():
        hashes = [row.hash for row in rows]
        judged = set(
            session.scalars(
                select(VerdictRow.event_hash).where(
                    VerdictRow.branch_id == branch_id, VerdictRow.event_hash.in_(hashes)
                )
            )
        )
        for row in rows:
            if not _is_itself(row):
                yield place.finding("event_changed", row.hash)
            if row.hash not in judged:
                yield place.finding("event_without_verdict", row.hash)
        after = hashes[-1]
        session.expunge_all()


def _is_itself(row: EventRow) -> bool:
    """Bytes, hash and the columns beside them say the same."""
    if sha256_hex(bytes(row.canonical)) != row.hash:
        return False
    try:
        event = Envelope.from_json(json.loads(row.canonical))
    except (Problem, ValueError, TypeError):
        return False
    told = (event.hash, event.lane, event.seq, event.prev, event.kind, event.sv, event.actor)
    held = (row.hash, row.lane_id, row.seq, row.prev, row.kind, row.sv, row.actor)
    return told == held and event.occurred_at == row.occurred_at_ms


def _lane_findings(place: _Place) -> Iterator[Finding]:
    """I4: from the head of a lane back to its beginning nothing is missing."""
    lanes = place.session.execute(
        select(Lane.id, Lane.head_seq, Lane.head_hash).where(Lane.branch_id == place.branch_id)
    ).all()
    for lane in lanes:
        links = place.session.execute(
            select(EventRow.hash, EventRow.seq, EventRow.prev).where(
                EventRow.branch_id == place.branch_id, EventRow.lane_id == lane.id
            )
        )
        before = {row.hash: (row.seq, row.prev) for row in links}
        seq, event_hash = lane.head_seq, lane.head_hash
        while seq > 0 and before.get(event_hash, (0, ""))[0] == seq:
            seq, event_hash = seq - 1, before[event_hash][1]
        if (seq, event_hash) != (0, ZERO_HASH):
            yield place.finding("lane_broken", f"{lane.id}:{seq}")


def _tick_findings(place: _Place) -> Iterator[Finding]:
    """I8: ticks are dense, and whatever names one names a commit that was."""
    session, branch_id = place.session, place.branch_id
    tick = session.scalar(select(Clock.tick).where(Clock.branch_id == branch_id)) or 0
    counted, top = session.execute(
        select(func.count(), func.max(CommitLog.tick)).where(CommitLog.branch_id == branch_id)
    ).one()
    if (counted, top or 0) != (tick, tick):
        yield place.finding("ticks_not_dense", f"{tick}/{counted}/{top or 0}")
    for table in (VerdictRow, Feed):
        ahead = session.scalar(
            select(func.count()).where(
                table.branch_id == branch_id, (table.tick > tick) | (table.tick < 1)
            )
        )
        if ahead:
            yield place.finding("tick_unknown", f"{table.__tablename__}:{ahead}")
