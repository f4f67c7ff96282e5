"""What a person must look at: events kept but not applied, and bytes nobody understood."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.staff_names import names
from server.stores.events import is_latest
from server.tables import Device, EventRow, Lane, RawInbox, VerdictRow

ROWS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """An event that is kept and not applied, with the reason.

    amount_fen  Of a receipt: the cash that is in custody all the same.
    needs       Of a parked event: what it waits for.
    """

    hash: str
    kind: str
    verdict: str
    reason: str | None
    needs: str | None
    lane: str
    officer: str
    effective_at_ms: int
    recorded_at_ms: int
    number: str | None
    loan_id: str | None
    household_id: str | None
    amount_fen: int | None


def kept_events(branch_id: str) -> list[KeptEvent]:
    """The events that are quarantined or parked now, the newest first, at most 500."""
    with snapshot() as session:
        rows = session.execute(
            select(EventRow, VerdictRow, Lane.code)
            .join(
                VerdictRow,
                (VerdictRow.branch_id == EventRow.branch_id)
                & (VerdictRow.event_hash == EventRow.hash),
            )
            .outerjoin(Lane, (Lane.branch_id == EventRow.branch_id) & (Lane.id == EventRow.lane_id))
            .where(
                EventRow.branch_id == branch_id,
                VerdictRow.verdict.in_(["quarantined", "parked"]),
                is_latest(),
            )
            .order_by(EventRow.recorded_at_ms.desc(), EventRow.hash)
            .limit(ROWS_MAX)
        ).all()
        who = names(session, branch_id)
        return [_kept(event, verdict, code or "—", who) for event, verdict, code in rows]


def not_understood(branch_id: str) -> int:
    """How many requests of the branch's phones, or of unknown ones, were kept as bytes only."""
    ours = select(Device.id).where(Device.branch_id == branch_id)
    mine = or_(RawInbox.device_id.is_(None), RawInbox.device_id.in_(ours))
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(RawInbox).where(mine)) or 0


def count_kept(session: Session, branch_id: str) -> int:
    """How many events are quarantined or parked now."""
    query = select(func.count()).select_from(VerdictRow)
    where = (
        VerdictRow.branch_id == branch_id,
        VerdictRow.verdict.in_(["quarantined", "parked"]),
        is_latest(),
    )
    return session.scalar(query.where(*where)) or 0


def _kept(event: EventRow, verdict: VerdictRow, lane: str, who: dict[str, str]) -> KeptEvent:
    envelope: dict[str, Any] = json.loads(event.canonical)
    body = envelope["body"]
    amount = body.get("amount_fen")
    is_cash = event.kind == "cash.receipt" and isinstance(amount, int)
    return KeptEvent(
        hash=event.hash,
        kind=event.kind,
        verdict=verdict.verdict,
        reason=verdict.reason,
        needs=verdict.needs,
        lane=lane,
        officer=who.get(event.actor, event.actor),
        effective_at_ms=event.effective_at_ms,
        recorded_at_ms=event.recorded_at_ms,
        number=_word(body.get("receipt_no") or body.get("notice_no")),
        loan_id=_word(envelope.get("case")),
        household_id=_word(envelope.get("subject")),
        amount_fen=amount if is_cash else None,
    )


def _word(value: object) -> str | None:
    return value[:64] if isinstance(value, str) else None
