"""The events of an export: bytes, signature, verdicts and legs of each, lane by lane."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.tables import EventRow, LedgerLeg, VerdictRow

EVENTS_A_QUERY = 500


def event_lines(session: Session, branch_id: str) -> Iterator[dict[str, Any]]:
    """One line for each event, by lane, number and hash; a few hundred in memory at a time."""
    places = session.execute(
        select(EventRow.lane_id, EventRow.seq, EventRow.hash).where(EventRow.branch_id == branch_id)
    )
    ordered = sorted((row.lane_id, row.seq, row.hash) for row in places)
    hashes = [event_hash for _, _, event_hash in ordered]
    for start in range(0, len(hashes), EVENTS_A_QUERY):
        yield from _lines(session, branch_id, hashes[start : start + EVENTS_A_QUERY])


def _lines(session: Session, branch_id: str, hashes: Sequence[str]) -> Iterator[dict[str, Any]]:
    rows = session.execute(
        select(
            EventRow.hash,
            EventRow.lane_id,
            EventRow.seq,
            EventRow.canonical,
            EventRow.sig,
            EventRow.signature_ok,
            EventRow.received_via,
            EventRow.sender_device,
            EventRow.recorded_at_ms,
            EventRow.effective_at_ms,
        ).where(EventRow.branch_id == branch_id, EventRow.hash.in_(hashes))
    )
    events = {row.hash: row for row in rows}
    verdicts, legs = _verdicts(session, branch_id, hashes), _legs(session, branch_id, hashes)
    for event_hash in hashes:
        row = events[event_hash]
        yield {
            "t": "event",
            "hash": row.hash,
            "lane": row.lane_id,
            "seq": row.seq,
            "canonical": bytes(row.canonical).decode(),
            "sig": row.sig,
            "signature_ok": row.signature_ok,
            "via": row.received_via,
            "sender": row.sender_device,
            "recorded_at": row.recorded_at_ms,
            "effective_at": row.effective_at_ms,
            "verdicts": verdicts[event_hash],
            "legs": legs[event_hash],
        }


def _verdicts(
    session: Session, branch_id: str, hashes: Sequence[str]
) -> defaultdict[str, list[list[Any]]]:
    found: defaultdict[str, list[list[Any]]] = defaultdict(list)
    rows = session.execute(
        select(
            VerdictRow.event_hash,
            VerdictRow.n,
            VerdictRow.verdict,
            VerdictRow.reason,
            VerdictRow.needs,
            VerdictRow.risk,
            VerdictRow.tick,
            VerdictRow.by_id,
        )
        .where(VerdictRow.branch_id == branch_id, VerdictRow.event_hash.in_(hashes))
        .order_by(VerdictRow.n)
    )
    for event_hash, *said in rows:
        found[event_hash].append(said)
    return found


def _legs(
    session: Session, branch_id: str, hashes: Sequence[str]
) -> defaultdict[str, list[list[Any]]]:
    found: defaultdict[str, list[list[Any]]] = defaultdict(list)
    rows = session.execute(
        select(LedgerLeg.event_hash, LedgerLeg.account, LedgerLeg.amount_fen, LedgerLeg.value_on)
        .where(LedgerLeg.branch_id == branch_id, LedgerLeg.event_hash.in_(hashes))
        .order_by(LedgerLeg.leg)
    )
    for event_hash, *leg in rows:
        found[event_hash].append(leg)
    return found
