"""What a receipt's phone has sent beside it: the payer's signature, and photos by their hash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.office.trace_links import Link
from server.tables import Attachment, EventRow, ReceiptRow


def evidence(
    session: Session, row: ReceiptRow, event: EventRow, said: dict[str, Any]
) -> Iterator[Link]:
    """A link for the signature and for each photo of the receipt or of its visit.

    said  The envelope of the receipt. A photo whose bytes have not come is missing; a receipt
          without a signature or photo need not have one, but the page says so.
    """
    signed = bool(said["body"].get("signature"))
    yield Link(what="signature", tone="there" if signed else "none", values={})
    found = False
    for photo in _photos(session, row, event, said.get("visit")):
        found = True
        is_here = photo.state == "stored"
        yield Link(
            what="photo",
            tone="there" if is_here else "missing",
            values={"sha256": photo.sha256},
            event=photo.event_hash,
        )
    if not found:
        yield Link(what="photo", tone="none", values={"sha256": ""})


def _photos(
    session: Session, row: ReceiptRow, event: EventRow, visit: str | None
) -> Iterator[Attachment]:
    """The photos about this receipt, and those taken on the same visit."""
    named = session.execute(
        select(Attachment, EventRow.canonical)
        .join(
            EventRow,
            (EventRow.branch_id == Attachment.branch_id) & (EventRow.hash == Attachment.event_hash),
        )
        .where(EventRow.branch_id == row.branch_id, EventRow.lane_id == event.lane_id)
        .order_by(EventRow.seq)
    )
    for found in named:
        envelope = json.loads(found.canonical)
        about = envelope["body"].get("about")
        if about == row.event_hash or (about is None and visit and envelope["visit"] == visit):
            yield found.Attachment
