"""What the office does is an event too: on the lane of the branch, signed with the office's key."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from server.db import Tx, VerdictNote
from server.keys import sign_for_the_office
from server.tables import EventRow, Lane
from sync.canonical import canonical_bytes, sha256_hex
from sync.events import OFFICE_KINDS, SCHEMA_VERSION

APP = "doorstep-server"
SHANGHAI_MINUTES = 480


def record(
    tx: Tx,
    kind: str,
    body: Mapping[str, object],
    *,
    actor: str,
    case: str | None = None,
    subject: str | None = None,
) -> str:
    """Append an event to the branch's own lane, in this transaction, and give back its hash.

    Its verdict is applied. Legs that belong to it are posted with `ledger.post` afterwards.
    """
    assert kind in OFFICE_KINDS, f"{kind} is not a kind of the office"
    lane = branch_lane(tx)
    envelope: dict[str, object] = {
        "v": 1,
        "lane": lane.id,
        "seq": lane.head_seq + 1,
        "prev": lane.head_hash,
        "kind": kind,
        "sv": SCHEMA_VERSION,
        "actor": actor,
        "case": case,
        "visit": None,
        "subject": subject,
        "base_rev": None,
        "anchor": None,
        "occurred_at": tx.now_ms,
        "tz": SHANGHAI_MINUTES,
        "boot": 0,
        "app": APP,
        "body": body,
    }
    event_hash = _store(tx, lane, envelope)
    tx.verdict(VerdictNote(event_hash=event_hash, verdict="applied"))
    return event_hash


def branch_lane(tx: Tx) -> Lane:
    """The lane of the branch itself, locked until the transaction ends."""
    return tx.session.execute(
        select(Lane)
        .where(Lane.branch_id == tx.branch_id, Lane.device_id.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _store(tx: Tx, lane: Lane, envelope: dict[str, object]) -> str:
    canonical = canonical_bytes(envelope)
    event_hash = sha256_hex(canonical)
    seq = lane.head_seq + 1
    tx.session.add(
        EventRow(
            branch_id=tx.branch_id,
            hash=event_hash,
            lane_id=lane.id,
            seq=seq,
            prev=lane.head_hash,
            kind=envelope["kind"],
            sv=envelope["sv"],
            actor=envelope["actor"],
            occurred_at_ms=tx.now_ms,
            effective_at_ms=tx.now_ms,
            canonical=canonical,
            sig=sign_for_the_office(bytes.fromhex(event_hash)),
            signature_ok=True,
            received_via="office",
            sender_device=None,
            recorded_at_ms=tx.now_ms,
        )
    )
    lane.head_seq, lane.head_hash = seq, event_hash
    tx.session.flush()
    return event_hash
