"""Settle the prefix of a lane: what is archived and applied needs no verdict sent any more.

Verdicts would travel anew in every reset, more of them every day. Of a settled event a phone knows
by (settled_seq, settled_hash) alone that it is in every row.
"""

from __future__ import annotations

from sqlalchemy import and_, select

from server.db import Tx, transaction
from server.stores.events import is_latest
from server.tables import EventRow, Lane, VerdictRow

SYSTEM = "system"
EVENTS_A_QUERY = 1000


def settle_lanes(branch_id: str) -> int:
    """Advance every lane of a branch as far as it goes; how many events are newly settled."""
    with transaction(branch_id, actor=SYSTEM, cause="settle_lanes") as tx:
        lanes = tx.session.scalars(
            select(Lane)
            .where(
                Lane.branch_id == branch_id,
                Lane.device_id.is_not(None),
                Lane.settled_seq < Lane.archived_seq,
            )
            .order_by(Lane.id)
            .with_for_update()
        ).all()
        return sum(_settle(tx, lane) for lane in lanes)


def _settle(tx: Tx, lane: Lane) -> int:
    """The longest prefix that is archived, unbroken, alone at each place, and applied.

    A place with two events (a fork) ends it, and so does an event that a person must still look
    at or has refused: the phone has to be told of those one by one.
    """
    start, seq, head = lane.settled_seq, lane.settled_seq, lane.settled_hash
    end = min(lane.archived_seq, lane.head_seq)
    while seq < end:
        places = _places(tx, lane, seq, min(seq + EVENTS_A_QUERY, end))
        for events in places:
            if len(events) != 1 or events[0][:2] != (seq + 1, head) or events[0][3] != "applied":
                return _moved(lane, start, seq, head)
            seq, head = events[0][0], events[0][2]
        if not places:
            break
    return _moved(lane, start, seq, head)


def _moved(lane: Lane, start: int, seq: int, head: str) -> int:
    lane.settled_seq, lane.settled_hash = seq, head
    return seq - start


def _places(tx: Tx, lane: Lane, after: int, upto: int) -> list[list[tuple[int, str, str, str]]]:
    """(seq, prev, hash, latest verdict) of the stored events, grouped by their place."""
    rows = tx.session.execute(
        select(EventRow.seq, EventRow.prev, EventRow.hash, VerdictRow.verdict)
        .join(
            VerdictRow,
            and_(
                VerdictRow.branch_id == EventRow.branch_id, VerdictRow.event_hash == EventRow.hash
            ),
        )
        .where(
            EventRow.branch_id == lane.branch_id,
            EventRow.lane_id == lane.id,
            EventRow.seq > after,
            EventRow.seq <= upto,
            is_latest(),
        )
        .order_by(EventRow.seq)
    )
    places: dict[int, list[tuple[int, str, str, str]]] = {}
    for row in rows:
        places.setdefault(row.seq, []).append((row.seq, row.prev, row.hash, row.verdict))
    return list(places.values())
