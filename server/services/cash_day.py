"""What belongs to one day of the branch's cash: counts, deposits, receipts, whether it is shut."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.services import ledger
from server.tables import CashCount, DayClose, EventRow, LedgerLeg
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Cash brought to the bank, with the number on the bank's slip."""

    event_hash: str
    amount_fen: int
    slip_no: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDay:
    """The figures of one day, in fen, each a sum of what was recorded and never typed.

    opening_fen   In the vault when the day began.
    receipts_fen  What the receipts of the cash counted on this day say.
    paid_out_fen  What was paid back to borrowers out of the vault: refunds, reversed receipts.
    closing_fen   In the vault now, or when the day was closed.
    """

    day: str
    closed: DayClose | None
    counts: tuple[CashCount, ...]
    deposits: tuple[Deposit, ...]
    opening_fen: int
    receipts_fen: int
    counted_fen: int
    variance_fen: int
    deposited_fen: int
    paid_out_fen: int
    closing_fen: int

    @property
    def difference_fen(self) -> int:
        """Opening and counted cash less what left, against the vault of the ledger: must be 0."""
        left_fen = self.deposited_fen + self.paid_out_fen
        return self.opening_fen + self.counted_fen - left_fen - self.closing_fen


def cash_day(session: Session, branch_id: str, day: str) -> CashDay:
    """The figures of a day."""
    counts = tuple(
        session.scalars(
            select(CashCount)
            .where(CashCount.branch_id == branch_id, CashCount.day == day)
            .order_by(CashCount.at_ms, CashCount.event_hash)
        )
    )
    deposits = deposits_on(session, branch_id, day)
    return CashDay(
        day=day,
        closed=session.get(DayClose, (branch_id, day)),
        counts=counts,
        deposits=deposits,
        opening_fen=_vault(session, branch_id, LedgerLeg.value_on < day),
        receipts_fen=sum(count.expected_fen for count in counts),
        counted_fen=sum(count.counted_fen for count in counts),
        variance_fen=sum(count.variance_fen for count in counts),
        deposited_fen=sum(deposit.amount_fen for deposit in deposits),
        paid_out_fen=_paid_out(session, branch_id, day),
        closing_fen=_vault(session, branch_id, LedgerLeg.value_on <= day),
    )


def _paid_out(session: Session, branch_id: str, day: str) -> int:
    """What left the vault to borrowers on a day, in fen."""
    total = session.scalar(
        select(func.sum(LedgerLeg.amount_fen))
        .join(
            EventRow,
            (EventRow.branch_id == LedgerLeg.branch_id) & (EventRow.hash == LedgerLeg.event_hash),
        )
        .where(
            LedgerLeg.branch_id == branch_id,
            LedgerLeg.account == "vault",
            LedgerLeg.value_on == day,
            EventRow.kind.in_(("credit.refunded", "reversal.decided")),
        )
    )
    return -int(total or 0)


def deposits_on(session: Session, branch_id: str, day: str) -> tuple[Deposit, ...]:
    """The deposits of a day in the order they were recorded."""
    rows = session.scalars(
        select(EventRow)
        .join(
            LedgerLeg,
            (LedgerLeg.branch_id == EventRow.branch_id) & (LedgerLeg.event_hash == EventRow.hash),
        )
        .where(
            EventRow.branch_id == branch_id,
            EventRow.kind == "cash.deposited",
            LedgerLeg.account == "bank",
            LedgerLeg.value_on == day,
        )
        .order_by(EventRow.recorded_at_ms, EventRow.seq)
    )
    return tuple(_deposit(row) for row in rows)


def _deposit(row: EventRow) -> Deposit:
    body = json.loads(row.canonical)["body"]
    return Deposit(
        event_hash=row.hash,
        amount_fen=body["amount_fen"],
        slip_no=body["slip_no"],
        by=row.actor,
    )


def check_day_open(session: Session, branch_id: str, day: str) -> None:
    """Refuse (`day_already_closed`) to add anything to a day that is shut."""
    if session.get(DayClose, (branch_id, day)) is not None:
        raise Problem("day_already_closed", day=day)


def first_open_day(session: Session, branch_id: str, before: str) -> str | None:
    """The earliest day before this one that has counts or deposits and is not closed yet."""
    days = set(
        session.scalars(
            select(LedgerLeg.value_on)
            .where(
                LedgerLeg.branch_id == branch_id,
                LedgerLeg.account == "vault",
                LedgerLeg.value_on < before,
            )
            .distinct()
        )
    )
    closed = set(session.scalars(select(DayClose.day).where(DayClose.branch_id == branch_id)))
    return min(days - closed, default=None)


def hands(session: Session, branch_id: str) -> dict[str, int]:
    """What each officer has in his hand by the ledger, in fen; those at zero are left out."""
    balances = ledger.balances(session, branch_id, "hand:")
    return {account.removeprefix("hand:"): fen for account, fen in sorted(balances.items()) if fen}


def vault_fen(session: Session, branch_id: str) -> int:
    """What lies in the vault now, in fen."""
    return ledger.balance(session, branch_id, "vault")


def _vault(session: Session, branch_id: str, when: object) -> int:
    total = session.scalar(
        select(func.sum(LedgerLeg.amount_fen)).where(
            LedgerLeg.branch_id == branch_id,
            LedgerLeg.account == "vault",
            when,  # type: ignore[arg-type]
        )
    )
    return int(total or 0)
