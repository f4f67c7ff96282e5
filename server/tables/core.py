"""The core system: its posting files, what did not fit, our own post-files; recovery sheets."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, Fen, Hash, HashKey, Id, IdKey, Instant, Json, Name


class CoreFile(Base):
    """A posting file of the core system that was matched. The same file is taken in once."""

    __tablename__ = "core_file"

    branch_id: Mapped[IdKey]
    sha256: Mapped[HashKey]
    event_hash: Mapped[Hash]
    lines: Mapped[int]
    known: Mapped[int]  # lines that stood in a file before
    total_fen: Mapped[Fen]
    by_id: Mapped[Id]
    at_ms: Mapped[Instant]


class CoreLineRow(Base):
    """One posting of the core system, kept as it was read. `receipt` is the one it was matched to.

    key: posting day, voucher, what it names and amount: the same posting in another file.
    """

    __tablename__ = "core_line"
    __table_args__ = (Index("core_line_by_receipt", "branch_id", "receipt"),)

    branch_id: Mapped[IdKey]
    key: Mapped[Name] = mapped_column(primary_key=True)
    file_sha256: Mapped[Hash]
    line: Mapped[int]
    posted_on: Mapped[Day]
    voucher_no: Mapped[Code]
    loan: Mapped[Code]
    contract_no: Mapped[Code]
    receipt_no: Mapped[Code]
    amount_fen: Mapped[Fen]
    parts: Mapped[Json | None]  # [principal, interest, penalty, cost] in fen
    receipt: Mapped[Hash | None]


class CoreException(Base):
    """What did not fit, until a person has settled it. Nothing disappears unsettled.

    id  'line:' + key, 'split:' + key, or 'receipt:' + hash.    owner_id  Who has to see to it.
    """

    __tablename__ = "core_exception"

    branch_id: Mapped[IdKey]
    id: Mapped[Name] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    line_key: Mapped[Name | None]
    receipt: Mapped[Hash | None]
    owner_id: Mapped[Id]
    opened_on: Mapped[Day]
    state: Mapped[Code]  # open, settled
    decision: Mapped[Code | None]  # taken, dismissed
    reason: Mapped[Name | None]
    settled_by: Mapped[Hash | None]  # the event
    settled_by_id: Mapped[Id | None]
    settled_on: Mapped[Day | None]


class CoreBatch(Base):
    """A post-file of ours: frozen, so that it is the same file whenever it is fetched."""

    __tablename__ = "core_batch"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    event_hash: Mapped[Hash]
    made_on: Mapped[Day]
    receipts: Mapped[int]
    total_fen: Mapped[Fen]
    rows: Mapped[Json]
    by_id: Mapped[Id]
    at_ms: Mapped[Instant]


class CoreBatchReceipt(Base):
    """Which post-file a receipt went out with: one, and once."""

    __tablename__ = "core_batch_receipt"

    branch_id: Mapped[IdKey]
    receipt: Mapped[HashKey]
    batch_id: Mapped[Id]


class RecoverySheet(Base):
    """A monthly recovery sheet (收回信息单) of one collector, frozen when it was prepared.

    state  prepared, audited, returned, released.
    """

    __tablename__ = "recovery_sheet"

    branch_id: Mapped[IdKey]
    number: Mapped[Code] = mapped_column(primary_key=True)
    month: Mapped[Code]
    collector_id: Mapped[Id]
    corrects: Mapped[Code | None]
    document: Mapped[Json]
    sha256: Mapped[Hash]
    facts_sha256: Mapped[Hash]  # of its figures alone: did the records change since?
    state: Mapped[Code]
    remark: Mapped[Name | None]
    prepared_by: Mapped[Id]
    prepared_at_ms: Mapped[Instant]
    audited_by: Mapped[Id | None]
    audited_at_ms: Mapped[Instant | None]
    released_by: Mapped[Id | None]
    released_at_ms: Mapped[Instant | None]
