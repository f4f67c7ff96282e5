"""The phones of a branch: whose they are, when they were last heard of, how far their lane is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.cash_day import hands
from server.services.staff_names import names
from server.tables import Device, EventRow, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One phone. What it has not sent we cannot know; this is what we do know.

    events     Events of its lane that the server has without a gap.
    behind     Events that came ahead of a gap: so many more are certainly still on the phone.
    last_at_ms When the last event of its lane was received.
    hand_fen   Cash its officer has in hand by what has arrived so far.
    """

    id: str
    officer_id: str
    officer: str
    lane: str
    status: str
    enrolled_at_ms: int
    last_seen_at_ms: int | None
    events: int
    behind: int
    last_at_ms: int | None
    hand_fen: int


def devices(branch_id: str) -> list[DeviceLine]:
    """All phones, by officer, the newest first."""
    with snapshot() as session:
        who, cash = names(session, branch_id), hands(session, branch_id)
        rows = session.execute(
            select(Device, Lane)
            .join(Lane, (Lane.branch_id == Device.branch_id) & (Lane.device_id == Device.id))
            .where(Device.branch_id == branch_id)
            .order_by(Device.officer_id, Device.enrolled_at_ms.desc())
        ).all()
        return [
            _line(session, device, lane, who.get(device.officer_id, device.officer_id), cash)
            for device, lane in rows
        ]


def device_names(branch_id: str) -> dict[str, str]:
    """Device id -> the officer's name and the code of the lane, as people call a phone."""
    return {one.id: f"{one.officer} {one.lane}" for one in devices(branch_id)}


def _line(
    session: Session, device: Device, lane: Lane, officer: str, cash: dict[str, int]
) -> DeviceLine:
    last = session.execute(
        select(func.max(EventRow.seq), func.max(EventRow.recorded_at_ms)).where(
            EventRow.branch_id == device.branch_id, EventRow.lane_id == lane.id
        )
    ).one()
    return DeviceLine(
        id=device.id,
        officer_id=device.officer_id,
        officer=officer,
        lane=lane.code,
        status=device.status,
        enrolled_at_ms=device.enrolled_at_ms,
        last_seen_at_ms=device.last_seen_at_ms,
        events=lane.head_seq,
        behind=max(0, (last[0] or 0) - lane.head_seq),
        last_at_ms=last[1],
        hand_fen=cash.get(device.officer_id, 0),
    )
