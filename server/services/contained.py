"""Which receipts a balance of the core system has in it, and what an import leaves on top of it.

What our officers took is in the core system's balance once it has booked it there, and not before:
see `sync.books.is_contained`. What it kept of an over-collection is owed to the borrower although
its own balance says nothing of it any more.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.stores.events import chunks
from server.tables import CashCount, EventRow, ImportBatch, ReceiptRow, Undoing
from sync.books import excess_fen, is_contained
from sync.parts import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A receipt with what decides whether a balance has it.

    counted_on   When its cash came to the cashier, or its transfer was cleared.
    reversed_on  When the cashier's reversal of it was decided; None if it stands.
    """

    hash: str
    loan: str
    parts: tuple[int, ...]
    posted_on: str | None
    counted_on: str | None
    reversed_on: str | None

    @property
    def booked_on(self) -> str | None:
        """The day on which the core system has it, as far as we know."""
        return self.posted_on or self.counted_on


@dataclass(frozen=True, slots=True)
class OnTop:
    """What a balance of one loan has not in it: receipts to subtract, reversals to add back."""

    receipts: tuple[Slip, ...] = ()
    reversals: tuple[Slip, ...] = ()

    def fen(self, part: str) -> list[int]:
        """What to take off a part for each, in fen; below zero for a reversal."""
        place = PARTS.index(part)
        taken = [slip.parts[place] for slip in self.receipts]
        return taken + [-slip.parts[place] for slip in self.reversals]


def slips_of(session: Session, branch_id: str, loans: Collection[str]) -> dict[str, list[Slip]]:
    """The receipts of these loans that stand, and those that a cashier's reversal undid."""
    found: defaultdict[str, list[Slip]] = defaultdict(list)
    for chunk in chunks(loans):
        rows = session.execute(
            select(ReceiptRow, CashCount.day, Undoing.decided_on)
            .outerjoin(
                CashCount,
                (CashCount.branch_id == ReceiptRow.branch_id)
                & (CashCount.event_hash == ReceiptRow.counted_by),
            )
            .outerjoin(
                Undoing,
                (Undoing.branch_id == ReceiptRow.branch_id)
                & (Undoing.receipt_hash == ReceiptRow.event_hash)
                & (Undoing.kind == "reversal")
                & (Undoing.decision == "approved"),
            )
            .where(
                ReceiptRow.branch_id == branch_id,
                ReceiptRow.loan_id.in_(chunk),
                ReceiptRow.state.in_(("applied", "voided")),
            )
            .order_by(ReceiptRow.event_hash)
        )
        for row, counted_on, reversed_on in rows:
            if row.state == "applied" or reversed_on is not None:
                found[row.loan_id].append(_slip(row, counted_on, reversed_on))
    return found


def _slip(row: ReceiptRow, counted_on: str | None, reversed_on: str | None) -> Slip:
    return Slip(
        hash=row.event_hash,
        loan=row.loan_id,
        parts=tuple(getattr(row, f"{part}_fen") for part in PARTS),
        posted_on=row.posted_on,
        counted_on=row.cleared_on or counted_on,
        reversed_on=reversed_on,
    )


def on_top(slips: Iterable[Slip], as_of: str, matched_since: str | None) -> OnTop:
    """What the balance of a day has not in it, of the receipts of one loan."""
    receipts, reversals = [], []
    for slip in slips:
        has = is_contained(as_of, slip.posted_on, slip.counted_on, matched_since)
        if slip.reversed_on is None and not has:
            receipts.append(slip)
        if slip.reversed_on is not None and has and slip.reversed_on >= as_of:
            reversals.append(slip)
    return OnTop(tuple(receipts), tuple(reversals))


def matched_since(session: Session, branch_id: str) -> str | None:
    """The day on which the branch first matched a posting file of the core system, if it did."""
    first = session.scalar(
        select(func.min(EventRow.recorded_at_ms)).where(
            EventRow.branch_id == branch_id, EventRow.kind == "core.matched"
        )
    )
    return None if first is None else day_of(first)


@dataclass(slots=True)
class CoreDues:
    """What the core system said of loans, read from the events of its imports when asked."""

    session: Session
    branch_id: str
    _said: list[tuple[str, dict[str, list[int | None]]]] | None = None

    def due_before(self, loan: str, day: str) -> tuple[str, int] | None:
        """The last import of a loan of an earlier day, and its sum in fen; None if none."""
        if self._said is None:
            self._said = list(self._read())
        for as_of, balances in self._said:
            if as_of < day and loan in balances:
                return as_of, sum(fen or 0 for fen in balances[loan])
        return None

    def _read(self) -> Iterable[tuple[str, dict[str, list[int | None]]]]:
        rows = self.session.execute(
            select(ImportBatch.as_of, EventRow.canonical)
            .join(
                EventRow,
                (EventRow.branch_id == ImportBatch.branch_id) & (EventRow.hash == ImportBatch.id),
            )
            .where(ImportBatch.branch_id == self.branch_id)
            .order_by(ImportBatch.as_of.desc(), ImportBatch.at_ms.desc())
        )
        for row in rows:
            yield row.as_of, json.loads(row.canonical)["body"].get("balances", {})


def kept_fen(dues: CoreDues, slips: Iterable[Slip], as_of: str, since: str | None) -> int:
    """The excess that the core system has booked and that is still the borrower's, in fen.

    The receipts that it booked upon one of its balances, against that balance. Of a receipt from
    before the first balance nothing is known, and nothing is kept.
    """
    booked: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for slip in slips:
        has = is_contained(as_of, slip.posted_on, slip.counted_on, since)
        if slip.reversed_on is None and has and slip.booked_on is not None:
            due = dues.due_before(slip.loan, slip.booked_on)
            if due is not None:
                booked[due].append(sum(slip.parts))
    return sum(excess_fen(due_fen, fen) for (_, due_fen), fen in booked.items())
