"""What is said outside the house: written with the event that causes it, sent once.

A message is a row of the same transaction as the receipt or the void. Its key is the event, so
whatever is restored, replayed or taken in again finds it there. Sending it and marking it are two
steps, and a crash may fall between them: then it is sent again under the same key, and the carrier
knows it by that key (sync-design 2.19).
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from server.db import Tx, snapshot, transaction
from server.tables import OutboxMessage, ReceiptRow, VerdictRow
from sync.canonical import canonical_bytes
from sync.crockford import check_characters

TIMEOUT_S = 20
BATCH_MAX = 500
ANSWER_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. key is the same however often it is sent."""

    key: str
    topic: str
    payload: str


# Sends a message and gives back what the carrier answered. Raises OSError if it did not go.
Sender = Callable[[Message], str]


def tell_the_payer(tx: Tx, topic: str, event_hash: str, slip: ReceiptRow) -> None:
    """Write the message about a slip, unless it is there. The carrier looks up the phone number.

    No name and no phone number: the household says to whom it goes when it goes.
    """
    payload = {
        "receipt_no": slip.receipt_no,
        "check": check_characters(slip.event_hash),
        "amount_fen": slip.amount_fen,
        "household": slip.household_id,
    }
    tell(tx, topic, event_hash, payload)


def tell(tx: Tx, topic: str, event_hash: str, payload: Mapping[str, object]) -> None:
    """Write a message about an event, unless it is there. It names the household, and nobody."""
    if tx.rows.get(OutboxMessage, tx.branch_id, event_hash, topic) is not None:
        return
    tx.rows.add(
        OutboxMessage(
            branch_id=tx.branch_id,
            event_hash=event_hash,
            topic=topic,
            payload=canonical_bytes(payload).decode(),
            made_at_ms=tx.now_ms,
            done_at_ms=None,
            receipt=None,
        )
    )


def relay(branch_id: str, send: Sender) -> int:
    """Send what waits, in the order of the ticks in which it came true; how many went.

    The first that does not go ends the round: the rest must not overtake it.
    """
    sent = 0
    for message in waiting(branch_id):
        try:
            answer = send(message)
        except OSError:
            break
        _mark(branch_id, message, answer)
        sent += 1
    return sent


def waiting(branch_id: str) -> list[Message]:
    """The messages that were not sent yet, in the order of their ticks, at most 500."""
    applied = func.min(VerdictRow.tick)
    with snapshot() as session:
        rows = session.execute(
            select(OutboxMessage.event_hash, OutboxMessage.topic, OutboxMessage.payload)
            .join(
                VerdictRow,
                (VerdictRow.branch_id == OutboxMessage.branch_id)
                & (VerdictRow.event_hash == OutboxMessage.event_hash),
            )
            .where(
                OutboxMessage.branch_id == branch_id,
                OutboxMessage.done_at_ms.is_(None),
                VerdictRow.verdict == "applied",
            )
            .group_by(OutboxMessage.event_hash, OutboxMessage.topic, OutboxMessage.payload)
            .order_by(applied, OutboxMessage.event_hash)
            .limit(BATCH_MAX)
        ).all()
    return [Message(key=row.event_hash, topic=row.topic, payload=row.payload) for row in rows]


def _mark(branch_id: str, message: Message, answer: str) -> None:
    with transaction(branch_id, actor="outbox", cause="relay") as tx:
        key = (branch_id, message.key, message.topic)
        row = tx.session.get_one(OutboxMessage, key, with_for_update=True)
        row.done_at_ms, row.receipt = tx.now_ms, answer[:ANSWER_CHARS]


def http_sender(url: str) -> Sender:
    """Posts each message as JSON to a carrier; the key stands in `Idempotency-Key`."""

    def send(message: Message) -> str:
        body = canonical_bytes(
            {"key": message.key, "topic": message.topic, "message": json.loads(message.payload)}
        )
        request = urllib.request.Request(
            url,
            data=body,
            method="POST",
            headers={"Content-Type": "application/json", "Idempotency-Key": message.key},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return str(answer.read(ANSWER_CHARS).decode(errors="replace"))

    return send
