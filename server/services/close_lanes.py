"""A lane is closed when nothing can come from it any more, as far as its phone has said.

A lane that nobody records on (its phone is revoked, or has opened another) stays open for what is
still on the way. It is closed once its end is exactly what the phone said last, and opened again if
more comes all the same: nothing is ever refused for being late.
"""

from __future__ import annotations

from sqlalchemy import select

from server.db import Tx, transaction
from server.services.phone_state import is_even
from server.tables import Beacon, Device, Lane

SYSTEM = "system"


def close_lanes(branch_id: str) -> int:
    """Close what is whole, and open what was closed too early; how many lanes changed."""
    with transaction(branch_id, actor=SYSTEM, cause="close_lanes") as tx:
        return close_lanes_in(tx)


def close_lanes_in(tx: Tx) -> int:
    """The same inside a transaction that is open."""
    rows = tx.session.execute(
        select(Lane, Device.status, Beacon)
        .join(Device, (Device.branch_id == Lane.branch_id) & (Device.id == Lane.device_id))
        .outerjoin(Beacon, (Beacon.branch_id == Lane.branch_id) & (Beacon.lane_id == Lane.id))
        .where(Lane.branch_id == tx.branch_id)
        .order_by(Lane.id)
    ).all()
    given_up = {lane.replaces for lane, _, _ in rows if lane.replaces}
    changed = 0
    for lane, status, beacon in rows:
        is_over = status != "active" or lane.id in given_up
        is_whole = is_over and beacon is not None and is_even(lane, beacon)
        if is_whole != (lane.closed_at_ms is not None):
            lane.closed_at_ms = tx.now_ms if is_whole else None
            changed += 1
    return changed
