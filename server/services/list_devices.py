"""The phones of a branch: whose they are, when they were last heard of, how far their lane is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import snapshot
from server.services.cash_day import hands
from server.services.phone_state import state_of
from server.services.staff_names import names
from server.tables import Device, EventRow, Lane

DAY_MS = 24 * 60 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One phone. What it has not sent we cannot know; this is what we do know.

    lane       The codes of its lanes; it has opened another if its memory went backwards.
    events     Events of its lanes that the server has without a gap.
    missing    Events that are certainly still on the phone, by its last word or by a gap.
    incidents  What went wrong on it and nobody has looked into.
    last_seen_at_ms  When it last proved itself here, whether or not events came through.
    silent_days      Whole days since then; of one that never came, since it was enrolled.
    last_at_ms When the last event of its lanes was received.
    hand_fen   Cash its officer has in hand by what has arrived so far, over all his phones.
    """

    id: str
    officer_id: str
    officer: str
    lane: str
    status: str
    enrolled_at_ms: int
    last_seen_at_ms: int | None
    silent_days: int
    events: int
    missing: int
    incidents: int
    last_at_ms: int | None
    hand_fen: int


def devices(branch_id: str) -> list[DeviceLine]:
    """All phones in use, the one first that was silent for longest; then those that are not."""
    with snapshot() as session:
        who, cash = names(session, branch_id), hands(session, branch_id)
        rows = session.scalars(select(Device).where(Device.branch_id == branch_id)).all()
        lines = [_line(session, row, who.get(row.officer_id, row.officer_id), cash) for row in rows]
    return sorted(lines, key=lambda one: (one.status != "active", *_heard(one), one.id))


def device_names(branch_id: str) -> dict[str, str]:
    """Device id -> the officer's name and the code of the lane, as people call a phone."""
    return {one.id: f"{one.officer} {one.lane}" for one in devices(branch_id)}


def _heard(line: DeviceLine) -> tuple[bool, int]:
    """One that never came at all is the most silent of all."""
    return line.last_seen_at_ms is not None, line.last_seen_at_ms or line.enrolled_at_ms


def _line(session: Session, device: Device, officer: str, cash: dict[str, int]) -> DeviceLine:
    state = state_of(session, device)
    ahead, last_at_ms = _furthest(session, device)
    return DeviceLine(
        id=device.id,
        officer_id=device.officer_id,
        officer=officer,
        lane=" ".join(lane.code for lane in state.lanes),
        status=device.status,
        enrolled_at_ms=device.enrolled_at_ms,
        last_seen_at_ms=device.last_seen_at_ms,
        silent_days=(now_ms() - (device.last_seen_at_ms or device.enrolled_at_ms)) // DAY_MS,
        events=sum(lane.head_seq for lane in state.lanes),
        missing=max(state.missing, ahead),
        incidents=sum(each.settled_by is None for each in state.incidents),
        last_at_ms=last_at_ms,
        hand_fen=cash.get(device.officer_id, 0),
    )


def _furthest(session: Session, device: Device) -> tuple[int, int | None]:
    """How far behind a gap events have come, and when the last one came."""
    rows = session.execute(
        select(Lane.head_seq, func.max(EventRow.seq), func.max(EventRow.recorded_at_ms))
        .join(EventRow, (EventRow.branch_id == Lane.branch_id) & (EventRow.lane_id == Lane.id))
        .where(Lane.branch_id == device.branch_id, Lane.device_id == device.id)
        .group_by(Lane.id, Lane.head_seq)
    ).all()
    ahead = sum(max(0, seq - head) for head, seq, _ in rows)
    return ahead, max((at for _, _, at in rows), default=None)
