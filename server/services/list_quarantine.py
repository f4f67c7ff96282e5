"""What a person must settle: events kept but not applied, and bytes nobody understood."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import snapshot
from server.services.look_up_slip import Paper, papers_of
from server.services.staff_names import names
from server.stores.events import is_latest
from server.tables import Device, EventRow, Lane, RawInbox, ReceiptRow, VerdictRow

ROWS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """An event that is kept and not applied, with the reason.

    amount_fen  Of a receipt: the cash that is in custody all the same.
    needs       Of a parked event: what it waits for.
    aside_by    Who looked into it and kept it aside; None: nobody has yet.
    papers      Of a number that was used twice: both slips, with their check characters.
    actions     What a supervisor can do about it; the rest would be refused.
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
    risks: tuple[str, ...]
    aside_by: str | None
    waits_ms: int
    actions: tuple[str, ...]
    papers: tuple[Paper, ...]


def kept_events(branch_id: str) -> list[KeptEvent]:
    """The events that are quarantined or parked now, the newest first, at most 500.

    A slip that was voided while it waited is settled: its cash went back.
    """
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
                ~_is_voided_slip(),
            )
            .order_by(EventRow.recorded_at_ms.desc(), EventRow.hash)
            .limit(ROWS_MAX)
        ).all()
        who = names(session, branch_id)
        return [
            _kept(event, verdict, code or "—", who, _papers(session, event, verdict))
            for event, verdict, code in rows
        ]


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
        VerdictRow.by_id.is_(None),  # what somebody has kept aside waits for nobody
        is_latest(),
        ~_is_voided_slip(),
    )
    return session.scalar(query.where(*where)) or 0


def _is_voided_slip() -> ColumnElement[bool]:
    return exists().where(
        ReceiptRow.branch_id == VerdictRow.branch_id,
        ReceiptRow.event_hash == VerdictRow.event_hash,
        ReceiptRow.state == "voided",
    )


def _actions(event: EventRow, verdict: VerdictRow) -> tuple[str, ...]:
    """What sync.tend.rule may take. A parked event settles itself, or is void."""
    if verdict.reason == "bad_signature":
        return ("keep",)
    if verdict.reason == "receipt_no_collision":
        return ("reassign_number", "void", "keep")
    if verdict.verdict == "parked":
        return ("void", "keep")
    return ("release", "void", "keep")


def _papers(session: Session, event: EventRow, verdict: VerdictRow) -> tuple[Paper, ...]:
    """Both slips under a number, side by side: the characters on the paper tell them apart."""
    if verdict.reason != "receipt_no_collision":
        return ()
    number = str(json.loads(event.canonical)["body"]["receipt_no"])
    return papers_of(session, event.branch_id, number)


def _kept(
    event: EventRow,
    verdict: VerdictRow,
    lane: str,
    who: dict[str, str],
    papers: tuple[Paper, ...],
) -> KeptEvent:
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
        risks=tuple(verdict.risk.split(",")) if verdict.risk else (),
        aside_by=who.get(verdict.by_id, verdict.by_id) if verdict.by_id else None,
        waits_ms=now_ms() - event.recorded_at_ms,
        actions=_actions(event, verdict),
        papers=papers,
    )


def _word(value: object) -> str | None:
    return value[:64] if isinstance(value, str) else None
