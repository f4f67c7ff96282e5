"""Stored events and their verdicts: rows in, core objects out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from server.db import VerdictNote
from server.tables import Device, EventRow, Lane, VerdictRow
from sync.events import Envelope
from sync.lane import Head
from sync.store import Recorded
from sync.time_bounds import day_of
from sync.upcast import restated
from sync.verdicts import Verdict

HASHES_A_QUERY = 500
BAD_SIGNATURE = "bad_signature"


def is_latest() -> ColumnElement[bool]:
    """The verdict row in question has no later one behind it."""
    later = aliased(VerdictRow)
    return ~exists().where(
        later.branch_id == VerdictRow.branch_id,
        later.event_hash == VerdictRow.event_hash,
        later.n > VerdictRow.n,
    )


def latest_verdicts(
    session: Session, branch_id: str, hashes: Collection[str]
) -> dict[str, Verdict]:
    """The latest verdict of each of these events that has one."""
    found: dict[str, Verdict] = {}
    for chunk in chunks(hashes):
        rows = session.scalars(
            select(VerdictRow)
            .where(VerdictRow.branch_id == branch_id, VerdictRow.event_hash.in_(chunk))
            .order_by(VerdictRow.event_hash, VerdictRow.n)
        )
        found |= {r.event_hash: Verdict(r.verdict, r.reason, r.needs, r.risk) for r in rows}
    return found


def event_row(branch_id: str, recorded: Recorded) -> EventRow:
    """The row of a new event, with the bytes that were hashed."""
    return EventRow(**event_values(branch_id, recorded))


def event_values(branch_id: str, recorded: Recorded) -> dict[str, Any]:
    """The columns of that row."""
    event = recorded.event
    return dict(
        branch_id=branch_id,
        hash=event.hash,
        lane_id=event.lane,
        seq=event.seq,
        prev=event.prev,
        kind=event.kind,
        sv=event.sv,
        actor=event.actor,
        occurred_at_ms=event.occurred_at,
        effective_at_ms=recorded.effective_at_ms,
        canonical=event.canonical,
        sig=recorded.sig,
        signature_ok=recorded.is_signed,
        received_via=recorded.via,
        sender_device=recorded.sender,
        recorded_at_ms=recorded.recorded_at_ms,
    )


def find_recorded(
    session: Session, branch_id: str, hashes: Collection[str], fresh: dict[str, Verdict]
) -> list[Recorded]:
    """Stored events in today's words, in the order of their hashes.

    fresh  Verdicts reached in the transaction that is open, not written yet.
    """
    verdicts = latest_verdicts(session, branch_id, hashes) | fresh
    sender = aliased(Device)
    found: list[Recorded] = []
    for chunk in chunks(hashes):
        rows = session.execute(
            select(EventRow, Lane.officer_id, sender.officer_id)
            .outerjoin(Lane, and_(Lane.branch_id == branch_id, Lane.id == EventRow.lane_id))
            .outerjoin(
                sender, and_(sender.branch_id == branch_id, sender.id == EventRow.sender_device)
            )
            .where(EventRow.branch_id == branch_id, EventRow.hash.in_(chunk))
            .order_by(EventRow.hash)
        )
        for row, officer, sent_by in rows:
            is_signed = row.signature_ok or not _is_doubted(verdicts.get(row.hash))
            holder = officer if is_signed else sent_by
            found.append(_recorded(row, holder or row.actor, is_signed))
    return found


def follower(session: Session, branch_id: str, lane_id: str, head: Head) -> Head | None:
    """The stored event after a head whose signature holds. Of two (a fork) the first received."""
    hashes = list(
        session.scalars(
            select(EventRow.hash)
            .where(
                EventRow.branch_id == branch_id,
                EventRow.lane_id == lane_id,
                EventRow.seq == head.seq + 1,
                EventRow.prev == head.hash,
                EventRow.signature_ok | _vouched_later(branch_id),
            )
            .order_by(EventRow.recorded_at_ms, EventRow.hash)
            .limit(1)
        )
    )
    return Head(head.seq + 1, hashes[0]) if hashes else None


def _vouched_later(branch_id: str) -> ColumnElement[bool]:
    """A good signature came after a bad one: the latest verdict says something else by now."""
    return exists().where(
        VerdictRow.branch_id == branch_id,
        VerdictRow.event_hash == EventRow.hash,
        is_latest(),
        VerdictRow.reason.is_distinct_from(BAD_SIGNATURE),
    )


def parked_needs(session: Session, branch_id: str) -> dict[str, set[str]]:
    """What kept events of the branch wait for: need -> hashes. Normally there are few or none."""
    rows = session.execute(
        select(VerdictRow.needs, VerdictRow.event_hash).where(
            VerdictRow.branch_id == branch_id, VerdictRow.needs.is_not(None), is_latest()
        )
    )
    needs: dict[str, set[str]] = {}
    for row in rows:
        needs.setdefault(row.needs, set()).add(row.event_hash)
    return needs


def overdue(session: Session, branch_id: str, before_ms: int) -> list[str]:
    """The parked events that were recorded here at this instant or before."""
    return list(
        session.scalars(
            select(VerdictRow.event_hash)
            .join(
                EventRow,
                and_(EventRow.branch_id == branch_id, EventRow.hash == VerdictRow.event_hash),
            )
            .where(
                VerdictRow.branch_id == branch_id,
                VerdictRow.needs.is_not(None),
                VerdictRow.verdict == "parked",
                EventRow.recorded_at_ms <= before_ms,
                is_latest(),
            )
        )
    )


def kept_for(session: Session, branch_id: str, reason: str) -> list[str]:
    """The events that are quarantined for this reason now."""
    return list(
        session.scalars(
            select(VerdictRow.event_hash).where(
                VerdictRow.branch_id == branch_id,
                VerdictRow.verdict == "quarantined",
                VerdictRow.reason == reason,
                is_latest(),
            )
        )
    )


def chunks(hashes: Iterable[str]) -> Iterable[list[str]]:
    """Sorted, in portions that one statement takes."""
    every = sorted(set(hashes))
    return (every[i : i + HASHES_A_QUERY] for i in range(0, len(every), HASHES_A_QUERY))


def ids_in(events: Sequence[Envelope], name: str) -> set[str]:
    """What bodies name. PostgreSQL refuses a whole query for a NUL: who writes one gets nothing."""
    said = [event.body.get(name) for event in events]
    return {each for each in said if isinstance(each, str) and each.isprintable()}


def _is_doubted(verdict: Verdict | None) -> bool:
    return verdict is None or verdict.reason == BAD_SIGNATURE


def _recorded(row: EventRow, holder: str, is_signed: bool) -> Recorded:
    return Recorded(
        event=restated(Envelope.from_json(json.loads(row.canonical))),
        holder=holder,
        effective_at_ms=row.effective_at_ms,
        effective_on=day_of(row.effective_at_ms),
        recorded_at_ms=row.recorded_at_ms,
        is_signed=is_signed,
        sig=row.sig,
        via=row.received_via,
        sender=row.sender_device,
    )


def note_of(event_hash: str, verdict: Verdict, by: str | None) -> VerdictNote:
    """A verdict as the transaction writes it down; `by` is who ruled on it, if anybody did."""
    return VerdictNote(
        event_hash=event_hash,
        verdict=verdict.verdict,
        reason=verdict.reason,
        needs=verdict.needs,
        risk=verdict.risk,
        by_id=by,
    )
