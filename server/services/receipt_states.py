"""How receipts stand, from their rows and the photos that are on their way."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.stores.books import as_book
from server.stores.events import chunks
from server.tables import Attachment, ReceiptBook, ReceiptRow
from sync.receipt_states import marks_of, receipt_state


def receipt_states(session: Session, branch_id: str, rows: Sequence[ReceiptRow]) -> dict[str, str]:
    """The state of each receipt of a branch, by the hash of its event."""
    missing = _photos_missing(session, branch_id, {row.event_hash for row in rows})
    return {
        row.event_hash: receipt_state(
            row.state,
            photos_missing=missing.get(row.event_hash, 0),
            is_counted=row.counted_by is not None,
            is_posted=row.posted_on is not None,
        )
        for row in rows
    }


def book_marks(session: Session, branch_id: str, books: Collection[ReceiptBook]) -> dict[str, str]:
    """The marks of each book by its id: how every number of it stands."""
    rows = session.scalars(
        select(ReceiptRow).where(
            ReceiptRow.branch_id == branch_id, ReceiptRow.book_id.in_({book.id for book in books})
        )
    ).all()
    states = receipt_states(session, branch_id, rows)
    return {
        book.id: marks_of(
            as_book(book),
            [(row.receipt_no, states[row.event_hash]) for row in rows if row.book_id == book.id],
        )
        for book in books
    }


def _photos_missing(session: Session, branch_id: str, hashes: set[str]) -> dict[str, int]:
    """How many photos of each event are promised, and not here whole."""
    found: dict[str, int] = {}
    for chunk in chunks(hashes):
        rows = session.execute(
            select(Attachment.about, func.count())
            .where(
                Attachment.branch_id == branch_id,
                Attachment.about.in_(chunk),
                Attachment.state != "stored",
            )
            .group_by(Attachment.about)
        )
        found |= {str(about): n for about, n in rows}
    return found
