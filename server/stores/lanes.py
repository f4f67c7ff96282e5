"""Lanes in the database: their codes, their keys, and which lane took the place of which."""

from __future__ import annotations

from sqlalchemy import Select, String, func, literal, select
from sqlalchemy.orm import Session

from server.tables import Device, DeviceKey, Lane
from sync.events import ZERO_HASH
from sync.store import LaneKey, LaneState


def next_code(session: Session, branch_id: str) -> str:
    """The code of the next lane of the branch's phones: D1, D2, and so on."""
    held = session.scalar(
        select(func.count())
        .select_from(Lane)
        .where(Lane.branch_id == branch_id, Lane.device_id.is_not(None))
    )
    return f"D{(held or 0) + 1}"


def keys_of(session: Session, lane: Lane) -> tuple[LaneKey, ...]:
    """The keys that may sign in a lane, each with the place from which it does.

    A key is made at a place of one lane; null is the first lane of the phone. A lane that took
    the place of another begins with the keys that its phone had by then.
    """
    rows = session.scalars(
        select(DeviceKey)
        .where(DeviceKey.branch_id == lane.branch_id, DeviceKey.device_id == lane.device_id)
        .order_by(DeviceKey.from_seq, DeviceKey.public_key)
    )
    is_first = lane.replaces is None
    keys = []
    for row in rows:
        if row.lane_id == lane.id or (is_first and row.lane_id is None):
            keys.append(LaneKey(row.from_seq, row.alg, row.public_key))
        elif not is_first:
            keys.append(LaneKey(1, row.alg, row.public_key))
    return tuple(sorted(keys, key=lambda key: (key.from_seq, key.public_key)))


def with_heirs(branch_id: str, lane_id: str) -> Select[tuple[str]]:
    """A lane, and those that took its place one after the other: a query within a query."""
    start = select(literal(lane_id, String(64)).label("id")).cte("heirs", recursive=True)
    next_ones = select(Lane.id).where(Lane.branch_id == branch_id, Lane.replaces == start.c.id)
    return select(start.union(next_ones).c.id)


def add_key(session: Session, branch_id: str, lane: LaneState, key: LaneKey) -> None:
    """The device of a lane signs with a new key from a place on."""
    session.add(
        DeviceKey(
            branch_id=branch_id,
            device_id=lane.device,
            public_key=key.public_key,
            alg=key.alg,
            from_seq=key.from_seq,
            lane_id=lane.id,
        )
    )
    device = session.get_one(Device, (branch_id, lane.device))
    device.alg, device.public_key = key.alg, key.public_key
    session.flush()


def add_lane(session: Session, branch_id: str, lane_id: str, old: LaneState) -> None:
    """A new, empty lane in the place of another one of the same device."""
    session.add(
        Lane(
            branch_id=branch_id,
            id=lane_id,
            code=next_code(session, branch_id),
            device_id=old.device,
            officer_id=old.officer,
            head_seq=0,
            head_hash=ZERO_HASH,
            archived_seq=0,
            replaces=old.id,
        )
    )
    session.flush()
