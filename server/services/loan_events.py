"""What may have interrupted the limitation of loans: reviewed notices, payments, prior records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.stores.events import chunks
from server.tables import Loan, NoticeRow, PriorInterruption, ReceiptRow
from sync.limitation import Interruption, Limitation, limitation
from sync.rest_days import is_rest_day

Found = dict[str, list[Interruption]]

# How a supervisor's decision is called in the law's arithmetic.
_REVIEW = {"accepted": "ACCEPTED", "refused": "REFUSED", "pending": "PENDING"}


def interruptions_of(session: Session, branch_id: str, loan_ids: Collection[str]) -> Found:
    """For each loan: everything that may have restarted its period, reviewed or not.

    A notice addressed to a guarantor is left out: it says nothing to the debtor.
    """
    found: Found = defaultdict(list)
    for chunk in chunks(loan_ids):
        for loan_id, event in _prior(session, branch_id, chunk):
            found[loan_id].append(event)
        for loan_id, event in _notices(session, branch_id, chunk):
            found[loan_id].append(event)
        for loan_id, event in _payments(session, branch_id, chunk):
            found[loan_id].append(event)
    return found


def limitation_of(
    session: Session, branch_id: str, loan_ids: Collection[str], today: str
) -> dict[str, Limitation]:
    """The limitation of each of these loans on a day, by what has been accepted so far."""
    return limitations(session, branch_id, {loan_id: today for loan_id in loan_ids})


def limitations(session: Session, branch_id: str, on_days: dict[str, str]) -> dict[str, Limitation]:
    """The limitation of loans, each on a day of its own (loan -> day)."""
    events = interruptions_of(session, branch_id, on_days)
    found: dict[str, Limitation] = {}
    for chunk in chunks(on_days):
        rows = session.execute(
            select(Loan.id, Loan.due_on, Loan.loan_on).where(
                Loan.branch_id == branch_id, Loan.id.in_(chunk)
            )
        )
        for row in rows:
            found[row.id] = limitation(
                row.due_on,
                loan_on=row.loan_on,
                events=events.get(row.id, []),
                today=on_days[row.id],
                is_rest_day=is_rest_day,
            )
    return found


def _prior(
    session: Session, branch_id: str, loan_ids: list[str]
) -> Iterable[tuple[str, Interruption]]:
    rows = session.scalars(
        select(PriorInterruption).where(
            PriorInterruption.branch_id == branch_id, PriorInterruption.loan_id.in_(loan_ids)
        )
    )
    for row in rows:
        yield row.loan_id, Interruption(on=row.on_day, kind=row.kind, review="ACCEPTED")


def _notices(
    session: Session, branch_id: str, loan_ids: list[str]
) -> Iterable[tuple[str, Interruption]]:
    rows = session.scalars(
        select(NoticeRow).where(
            NoticeRow.branch_id == branch_id,
            NoticeRow.loan_id.in_(loan_ids),
            NoticeRow.served_hash.is_not(None),
            NoticeRow.addressee_role != "guarantor",
        )
    )
    for row in rows:
        yield (
            row.loan_id,
            Interruption(
                on=row.signed_on or "",
                kind="SIGNED_NOTICE",
                review=_REVIEW[row.review or "pending"],
                signer_role=row.signer_role or "",
                lives_here=bool(row.lives_here),
                adult=bool(row.adult),
                relation=row.relation,
                ref=row.served_hash or "",
            ),
        )


def _payments(
    session: Session, branch_id: str, loan_ids: list[str]
) -> Iterable[tuple[str, Interruption]]:
    rows = session.execute(
        select(ReceiptRow.loan_id, ReceiptRow.effective_on, ReceiptRow.event_hash).where(
            ReceiptRow.branch_id == branch_id,
            ReceiptRow.loan_id.in_(loan_ids),
            ReceiptRow.state == "applied",
        )
    )
    for row in rows:
        yield (
            row.loan_id,
            Interruption(
                on=row.effective_on, kind="PARTIAL_PAYMENT", review="ACCEPTED", ref=row.event_hash
            ),
        )
