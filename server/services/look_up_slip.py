"""Is this paper the slip we know? Its number and the four characters printed behind it.

The characters are the beginning of the hash of the slip's event: who invents a slip, or changes
one, cannot know them; of two papers under one number they say which is which (sync-design 4.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.staff_names import names
from server.stores.books import as_book
from server.tables import EventRow, Lane, ReceiptBook, ReceiptRow
from sync.crockford import check_characters, read_characters

# SJ000123-7K2Q, however it was typed; the number alone is enough for looking.
_TYPED = re.compile(r"([A-Z][A-Z0-9]*[0-9])(?:[\s\-]+([A-Z0-9]{4}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One slip under a number, as the event says it. check: the characters printed behind it."""

    hash: str
    number: str
    check: str
    payer: str
    amount_fen: int
    effective_on: str
    recorded_at_ms: int
    officer: str
    lane: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What is known of a typed number.

    answer  same      One of the papers bears these characters.
            other     The number is known, and the characters are those of no paper of it.
            unchecked The number is known; no characters were typed.
            blank     The number is of a book, and no slip of it has come.
            nobody    The number is in no book, and no slip bears it.
            unread    What was typed is no number of a slip.
    same    The hash of the paper that is the same.
    """

    answer: str
    number: str
    papers: tuple[Paper, ...] = ()
    same: str | None = None


def look_up_slip(branch_id: str, typed: str) -> LookedUp:
    """Compare a number and its check characters, typed from paper, with what has come."""
    found = _TYPED.fullmatch(typed.strip().upper())
    if found is None:
        return LookedUp(answer="unread", number=typed.strip()[:40])
    number, check = found[1], found[2]
    with snapshot() as session:
        papers = papers_of(session, branch_id, number)
        if not papers:
            answer = "blank" if _is_in_a_book(session, branch_id, number) else "nobody"
            return LookedUp(answer=answer, number=number)
    if check is None:
        return LookedUp(answer="unchecked", number=number, papers=papers)
    same = next((each.hash for each in papers if each.check == read_characters(check)), None)
    return LookedUp(answer="same" if same else "other", number=number, papers=papers, same=same)


def papers_of(session: Session, branch_id: str, number: str) -> tuple[Paper, ...]:
    """Every slip that bears a number, numbered anew or not, the first that came at the top."""
    rows = session.execute(
        select(ReceiptRow, EventRow.lane_id, Lane.code)
        .join(
            EventRow,
            (EventRow.branch_id == ReceiptRow.branch_id) & (EventRow.hash == ReceiptRow.event_hash),
        )
        .outerjoin(Lane, (Lane.branch_id == EventRow.branch_id) & (Lane.id == EventRow.lane_id))
        .where(
            ReceiptRow.branch_id == branch_id,
            # A slip that was numbered anew keeps its number in front of its characters.
            or_(ReceiptRow.receipt_no == number, ReceiptRow.receipt_no.like(f"{number}-____")),
        )
        .order_by(ReceiptRow.recorded_at_ms, EventRow.lane_id, EventRow.seq)
    ).all()
    who = names(session, branch_id)
    return tuple(
        Paper(
            hash=row.event_hash,
            number=number,
            check=check_characters(row.event_hash),
            payer=row.payer_name,
            amount_fen=row.amount_fen,
            effective_on=row.effective_on,
            recorded_at_ms=row.recorded_at_ms,
            officer=who.get(row.officer_id, row.officer_id),
            lane=code or "—",
            state=row.state,
        )
        for row, _, code in rows
    )


def _is_in_a_book(session: Session, branch_id: str, number: str) -> bool:
    books = session.scalars(select(ReceiptBook).where(ReceiptBook.branch_id == branch_id))
    return any(as_book(row).contains(number) for row in books)
