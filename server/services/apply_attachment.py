"""A photo that an event names by hash. Its bytes come later."""

from __future__ import annotations

from server.db import Tx
from server.services.body import number, optional_number, optional_text, text
from server.tables import Attachment
from sync.store import Recorded
from sync.verdicts import Verdict


def on_attachment_added(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Promise the bytes, unless another event has named the same ones before."""
    body = recorded.event.body
    if tx.rows.get(Attachment, tx.branch_id, text(body, "sha256")) is not None:
        return
    tx.rows.add(
        Attachment(
            branch_id=tx.branch_id,
            sha256=text(body, "sha256"),
            event_hash=recorded.event.hash,
            about=optional_text(body, "about"),
            role=text(body, "role"),
            media_type=text(body, "media_type"),
            size=number(body, "size"),
            state="promised",
            reason=None,
            promised_at_ms=tx.now_ms,
            taken_at_ms=optional_number(body, "taken_at"),
        )
    )
