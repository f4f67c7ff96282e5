"""What the exchange needs beside history: beacons, bundles, hand-overs, backups, messages."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import (
    Code,
    Fen,
    Hash,
    HashKey,
    Id,
    IdKey,
    Instant,
    Json,
    Name,
    Seq,
    Tick,
)


class Beacon(Base):
    """The newest word of a lane about itself: how far it is, and the cash in hand (U19).

    It comes in every exchange, or alone from a phone whose events cannot travel yet.
    """

    __tablename__ = "beacon"

    branch_id: Mapped[IdKey]
    lane_id: Mapped[IdKey]
    head_seq: Mapped[Seq]
    head_hash: Mapped[Hash]
    hand_fen: Mapped[Fen]
    at_ms: Mapped[Instant]  # the phone's claim
    received_at_ms: Mapped[Instant]


class Incident(Base):
    """Something about a phone that a person should know: wiped, forked, rows that differed."""

    __tablename__ = "incident"
    __table_args__ = (Index("incident_by_device", "branch_id", "device_id"),)

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    device_id: Mapped[Id]
    kind: Mapped[Code]
    details: Mapped[Json]
    at_ms: Mapped[Instant]
    settled_by: Mapped[Id | None]


class CourierBundle(Base):
    """A sealed bundle that was carried here, and what became of it.

    The bytes of one that could not be opened lie in the data folder. Its branch is that of the
    carrier, or "" when a kiosk brought it: nobody can say whose it is.
    """

    __tablename__ = "courier_bundle"

    branch_id: Mapped[IdKey]
    id: Mapped[HashKey]  # SHA-256 of the bundle
    carried_by: Mapped[Id | None]  # the device that brought it; null from a kiosk
    lane_id: Mapped[Id | None]
    events: Mapped[int]
    size: Mapped[int]
    state: Mapped[Code]  # opened, kept
    reason: Mapped[Code | None]
    received_at_ms: Mapped[Instant]


class HandOver(Base):
    """A household changes hands; until the old phone was in touch again much is uncertain."""

    __tablename__ = "hand_over"
    __table_args__ = (
        ForeignKeyConstraint(
            ["branch_id", "household_id"], ["household.branch_id", "household.id"]
        ),
        Index("hand_over_by_officer", "branch_id", "from_officer_id", "settled_at_ms"),
    )

    branch_id: Mapped[IdKey]
    household_id: Mapped[IdKey]
    at_tick: Mapped[Tick] = mapped_column(primary_key=True)
    from_officer_id: Mapped[Id]
    to_officer_id: Mapped[Id]
    last_seen_at_ms: Mapped[Instant | None]  # when a phone of the old officer was last in touch
    at_ms: Mapped[Instant]
    evict_after_ms: Mapped[Instant | None]  # the old phone may keep it until then (grace)
    evict_tick: Mapped[Tick | None]  # at which it left the old phone; null while it may stay
    settled_at_ms: Mapped[Instant | None]  # when all phones of the old officer had synced past it


class BackupRecord(Base):
    """A backup that was restored into a scratch database and checked. Of the whole installation."""

    __tablename__ = "backup_record"

    id: Mapped[IdKey]
    made_at_ms: Mapped[Instant]
    verified_at_ms: Mapped[Instant]
    sha256: Mapped[Hash]
    size: Mapped[int] = mapped_column(BigInteger)
    ticks: Mapped[Json]  # {branch: tick} that lie inside it


class JournalMark(Base):
    """The newest record of the journal that lies in this database (SQLite only; else it stays 0).

    Written by every transaction, with the record itself: database and journal cannot disagree
    about what both hold. chain is the hash over all records up to n.
    """

    __tablename__ = "journal_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[Seq]
    chain: Mapped[Hash]


class OutboxMessage(Base):
    """Something to be said outside (an SMS), written with what it says and sent once.

    Its key is the event: restoring or replaying finds it there and sends nothing again.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_waiting", "branch_id", "done_at_ms"),)

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    topic: Mapped[Code] = mapped_column(primary_key=True)
    payload: Mapped[Json]
    made_at_ms: Mapped[Instant]
    done_at_ms: Mapped[Instant | None]
    receipt: Mapped[Name | None]  # what the carrier answered
