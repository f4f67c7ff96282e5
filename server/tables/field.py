"""The field: sweeps and stops, visits, notices, intentions, attachments."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, Fen, Hash, HashKey, Id, IdKey, Instant, Name, Seq, Tick


class Sweep(Base):
    """A team's days in the villages (下乡催收): one officer's route here, day by day."""

    __tablename__ = "sweep"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    officer_id: Mapped[Id]
    second_officer_id: Mapped[Id | None]
    starts_on: Mapped[Day]
    ends_on: Mapped[Day]
    state: Mapped[Code]  # draft, published
    created_by: Mapped[Id]
    published_at_ms: Mapped[Instant | None]


class Stop(Base):
    """One household on one day of a route: the plan. The visit is what happened."""

    __tablename__ = "stop"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "sweep_id"], ["sweep.branch_id", "sweep.id"]),
        Index("stop_by_household", "branch_id", "household_id"),
    )

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    sweep_id: Mapped[Id]
    household_id: Mapped[Id]
    day: Mapped[Day]
    position: Mapped[int]


class Assignment(Base):
    """Which officer had a household from which tick to which: proves what a phone could know."""

    __tablename__ = "assignment"

    branch_id: Mapped[IdKey]
    household_id: Mapped[IdKey]
    officer_id: Mapped[IdKey]
    from_tick: Mapped[Tick] = mapped_column(primary_key=True)
    to_tick: Mapped[Tick | None]


class Visit(Base):
    """One attempt to meet one household (上门)."""

    __tablename__ = "visit"
    __table_args__ = (Index("visit_by_household", "branch_id", "household_id"),)

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    event_hash: Mapped[Hash]
    household_id: Mapped[Id]
    officer_id: Mapped[Id]
    second_person: Mapped[Id | None]
    started_at_ms: Mapped[Instant]
    started_on: Mapped[Day]
    met: Mapped[Code | None]
    outcome: Mapped[Code | None]
    outcome_seq: Mapped[Seq | None]  # of two outcomes of one visit the later in the lane counts
    away_place: Mapped[Name | None]


class NoticeRow(Base):
    """A numbered collection notice (催收通知书): made first, then perhaps signed back.

    review: pending, accepted or refused by a supervisor; only accepted moves the limitation.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("notice_by_loan", "branch_id", "loan_id"),)

    branch_id: Mapped[IdKey]
    notice_no: Mapped[Code] = mapped_column(primary_key=True)
    made_hash: Mapped[Hash]
    loan_id: Mapped[Id]
    household_id: Mapped[Id]
    addressee_role: Mapped[Code]
    template: Mapped[Code]
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[Hash]
    made_at_ms: Mapped[Instant]
    officer_id: Mapped[Id]
    served_hash: Mapped[Hash | None]
    signer_role: Mapped[Code | None]
    signer_name: Mapped[Name | None]
    lives_here: Mapped[bool | None]
    adult: Mapped[bool | None]
    relation: Mapped[Name | None]
    signed_on: Mapped[Day | None]
    agrees_to_perform: Mapped[bool | None]
    photo_sha256: Mapped[Hash | None]
    review: Mapped[Code | None]


class UnsignedReason(Base):
    """Why a notice was not signed, in the officer's words."""

    __tablename__ = "unsigned_reason"
    __table_args__ = (Index("unsigned_by_household", "branch_id", "household_id"),)

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    household_id: Mapped[Id]
    officer_id: Mapped[Id]
    on_day: Mapped[Day]
    effective_at_ms: Mapped[Instant]
    reason: Mapped[Code]
    away_place: Mapped[Name | None]


class Intention(Base):
    """An intention to repay, or a promise if it has a date and an amount."""

    __tablename__ = "intention"
    __table_args__ = (Index("intention_by_household", "branch_id", "household_id"),)

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    household_id: Mapped[Id]
    loan_id: Mapped[Id]
    officer_id: Mapped[Id]
    on_day: Mapped[Day]
    amount_fen: Mapped[Fen | None]
    due_on: Mapped[Day | None]
    superseded_by: Mapped[Hash | None]


class Attachment(Base):
    """Bytes that an event has named by hash. The bytes themselves lie in the data folder."""

    __tablename__ = "attachment"
    __table_args__ = (Index("attachment_by_about", "branch_id", "about"),)

    branch_id: Mapped[IdKey]
    sha256: Mapped[HashKey]
    event_hash: Mapped[Hash]
    about: Mapped[Hash | None]  # the event that it proves: a notice, a receipt
    role: Mapped[Code]
    media_type: Mapped[Code]
    size: Mapped[int]
    state: Mapped[Code]  # promised, stored, quarantined
    reason: Mapped[Code | None]
    promised_at_ms: Mapped[Instant] = mapped_column(server_default="0")
    stored_at_ms: Mapped[Instant | None]
    taken_at_ms: Mapped[Instant | None]  # as the camera's file said
    archived: Mapped[bool] = mapped_column(server_default=false())
