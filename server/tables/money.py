"""Cash: books of receipt numbers, receipts, the ledger, counts and day closes."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, Fen, Hash, HashKey, Id, IdKey, Instant, Json, Name, Seq


class ReceiptBook(Base):
    """A numbered block of receipts issued to a lane (重要空白凭证): prefix + from_no to to_no."""

    __tablename__ = "receipt_book"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    prefix: Mapped[Code]
    from_no: Mapped[int]
    to_no: Mapped[int]
    width: Mapped[int]  # digits of a printed number
    lane_id: Mapped[Id | None]
    holder_id: Mapped[Id]
    state: Mapped[Code]  # issued, suspended, returned, written_off
    used_to: Mapped[int | None]  # once it is out of use: the last number that was given out
    issued_by: Mapped[Id]
    issued_at_ms: Mapped[Instant]


class ReceiptRow(Base):
    """A receipt as applied or kept for a human. A number is unique among the applied ones."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index(
            "receipt_no_once",
            "branch_id",
            "receipt_no",
            unique=True,
            sqlite_where=text("state = 'applied'"),
            postgresql_where=text("state = 'applied'"),
        ),
        Index("receipt_by_day", "branch_id", "effective_on"),
        Index("receipt_by_officer", "branch_id", "officer_id"),
        # A stranger's number and code are one place in it, whether the number exists or not.
        Index("receipt_by_number", "branch_id", "receipt_no", "event_hash"),
        Index("receipt_by_book", "branch_id", "book_id"),
    )

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    receipt_no: Mapped[Code]
    book_id: Mapped[Id | None]
    household_id: Mapped[Id]
    loan_id: Mapped[Id]
    officer_id: Mapped[Id]
    amount_fen: Mapped[Fen]
    principal_fen: Mapped[Fen]
    interest_fen: Mapped[Fen]
    penalty_fen: Mapped[Fen]
    cost_fen: Mapped[Fen]
    payer_name: Mapped[Name]
    payer_role: Mapped[Code]
    method: Mapped[Code]
    effective_at_ms: Mapped[Instant]
    effective_on: Mapped[Day]
    recorded_at_ms: Mapped[Instant]
    state: Mapped[Code]  # applied, voided, quarantined
    counted_by: Mapped[Hash | None]  # the cash count that took the cash over
    handed_to: Mapped[Id | None]  # whom the officer gave the cash to in person; null: still hers
    posted_on: Mapped[Day | None]  # the day on which the core system booked it
    posted_by: Mapped[Hash | None]  # the match with the core system's file that says so
    evidence_no: Mapped[Code | None]  # of the transfer or cheque that paid it
    corrects: Mapped[Hash | None]  # the void receipt in whose place it stands
    cleared_on: Mapped[Day | None]  # the day on which the bank had the transfer's money


class Undoing(Base):
    """A receipt that somebody wants undone: a void from the field, or the cashier's reversal.

    A void has posted at once and waits for approval; a reversal posts when it is approved. Whoever
    decides has neither asked for it nor taken the cash nor stood beside it (R20, R25).
    """

    __tablename__ = "undoing"
    __table_args__ = (Index("undoing_of_receipt", "branch_id", "receipt_hash"),)

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]  # cash.void, or reversal.asked
    receipt_hash: Mapped[Hash]
    kind: Mapped[Code]  # void, reversal
    reason: Mapped[Name]
    money_returned: Mapped[bool]
    asked_by: Mapped[Id]
    second_person: Mapped[Name | None]
    opened_on: Mapped[Day]
    decision: Mapped[Code | None]  # approved, refused
    decided_by: Mapped[Id | None]
    decided_hash: Mapped[Hash | None]
    decided_on: Mapped[Day | None]
    note: Mapped[Name | None]  # why it was refused


class LedgerLeg(Base):
    """One signed side of a movement. The legs of an event sum to zero; nothing is edited."""

    __tablename__ = "ledger"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "event_hash"], ["event.branch_id", "event.hash"]),
        Index("ledger_by_account", "branch_id", "account"),
    )

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    leg: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[Name]
    amount_fen: Mapped[Fen]
    value_on: Mapped[Day]


class CashCount(Base):
    """The cashier counted an officer's cash against the receipts; custody moved with it."""

    __tablename__ = "cash_count"

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    officer_id: Mapped[Id]
    cashier_id: Mapped[Id]
    day: Mapped[Day]
    expected_fen: Mapped[Fen]
    counted_fen: Mapped[Fen]
    variance_fen: Mapped[Fen]  # counted less expected: negative is short (短款)
    cause: Mapped[Name | None]
    denominations: Mapped[Json]  # {"10000": 7} fen of a piece -> pieces
    at_ms: Mapped[Instant]


class CashHandover(Base):
    """All the cash of a hand offered to somebody in person; whole once the other side confirmed.

    lane_id, seq  Where the giver offered it; taken_lane, taken_seq where it was confirmed.
    """

    __tablename__ = "cash_handover"
    __table_args__ = (
        Index("cash_handover_by_lane", "branch_id", "lane_id"),
        Index("cash_handover_by_state", "branch_id", "state"),
    )

    branch_id: Mapped[IdKey]
    handed_hash: Mapped[HashKey]
    lane_id: Mapped[Id]
    seq: Mapped[Seq]
    giver_id: Mapped[Id]
    receiver_id: Mapped[Id]
    amount_fen: Mapped[Fen]  # as the giver counted it
    expected_fen: Mapped[Fen]
    cause: Mapped[Name | None]  # the giver's, if they differ
    handed_at_ms: Mapped[Instant]
    recorded_at_ms: Mapped[Instant]
    state: Mapped[Code]  # open, taken, kept, voided
    taken_hash: Mapped[Hash | None]
    taken_lane: Mapped[Id | None]
    taken_seq: Mapped[Seq | None]
    into: Mapped[Code | None]  # hand, vault
    counted_fen: Mapped[Fen | None]  # as the receiver counted it
    taken_cause: Mapped[Name | None]
    taken_at_ms: Mapped[Instant | None]


class DayClose(Base):
    """A day of the branch's cash that is shut (日清日结)."""

    __tablename__ = "day_close"

    branch_id: Mapped[IdKey]
    day: Mapped[Day] = mapped_column(primary_key=True)
    event_hash: Mapped[Hash]
    cashier_id: Mapped[Id]
    receipts_fen: Mapped[Fen]
    counted_fen: Mapped[Fen]
    variance_fen: Mapped[Fen]
    deposited_fen: Mapped[Fen]
    at_ms: Mapped[Instant]
