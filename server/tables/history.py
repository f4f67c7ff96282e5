"""What happened and in which order: events, verdicts, ticks, and what each phone must hear.

`event`, `verdict`, `ledger` and `commit_log` only ever grow: a trigger refuses UPDATE and DELETE
on both engines (see the first migration).
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Hash, HashKey, Id, IdKey, Instant, Seq, Tick


class EpochRow(Base):
    """The name of one history of this database. It changes when history may have rewound."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[Code]
    created_at_ms: Mapped[Instant]
    system_id: Mapped[Code | None]  # of the PostgreSQL cluster that this history lives in
    timeline: Mapped[Code | None]  # changes when that cluster was recovered from an archive


class Clock(Base):
    """The tick of a branch: the only contended row.

    horizon_tick  Evictions at or below it have been forgotten; an older cursor starts anew.
    """

    __tablename__ = "clock"

    branch_id: Mapped[IdKey]
    tick: Mapped[Tick]
    horizon_tick: Mapped[Tick] = mapped_column(server_default="0")


class CommitLog(Base):
    """One row for every tick, without holes: max(tick) = count(*)."""

    __tablename__ = "commit_log"

    branch_id: Mapped[IdKey]
    tick: Mapped[Tick] = mapped_column(primary_key=True)
    at_ms: Mapped[Instant]
    actor: Mapped[Id]
    cause: Mapped[Code]


class EventRow(Base):
    """One fact, kept for ever with the bytes that were hashed. Identity is the hash.

    (lane_id, seq) is not unique on purpose: a phone whose memory went back records two
    different facts under one number, and both have happened.
    """

    __tablename__ = "event"
    __table_args__ = (Index("event_by_lane", "branch_id", "lane_id", "seq"),)

    branch_id: Mapped[IdKey]
    hash: Mapped[HashKey]
    lane_id: Mapped[Id]
    seq: Mapped[Seq]
    prev: Mapped[Hash]
    kind: Mapped[Code]
    sv: Mapped[int]
    actor: Mapped[Id]
    occurred_at_ms: Mapped[Instant]  # the phone's claim
    effective_at_ms: Mapped[Instant]  # the claim, clamped to what the server can vouch for
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    sig: Mapped[str | None] = mapped_column(Text)  # only the last event of a batch carries one
    signature_ok: Mapped[bool]
    received_via: Mapped[Code]
    sender_device: Mapped[Id | None]
    recorded_at_ms: Mapped[Instant]


class VerdictRow(Base):
    """What became of an event. Append-only; the highest n counts."""

    __tablename__ = "verdict"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "event_hash"], ["event.branch_id", "event.hash"]),
        Index("verdict_by_tick", "branch_id", "tick"),
        Index(
            "verdict_needs",
            "branch_id",
            "needs",
            sqlite_where=text("needs IS NOT NULL"),
            postgresql_where=text("needs IS NOT NULL"),
        ),
        Index(
            "verdict_flagged",
            "branch_id",
            "tick",
            sqlite_where=text("risk IS NOT NULL"),
            postgresql_where=text("risk IS NOT NULL"),
        ),
    )

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    n: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[Code]
    reason: Mapped[Code | None]
    needs: Mapped[Id | None]
    risk: Mapped[Code | None]
    tick: Mapped[Tick]
    by_id: Mapped[Id | None]


class Feed(Base):
    """For each officer: at which tick a row last changed, and whether he still sees it."""

    __tablename__ = "feed"
    __table_args__ = (Index("feed_by_tick", "branch_id", "officer_id", "tick"),)

    branch_id: Mapped[IdKey]
    officer_id: Mapped[IdKey]
    etype: Mapped[Code] = mapped_column(primary_key=True)
    eid: Mapped[IdKey]
    tick: Mapped[Tick]
    op: Mapped[Code]  # upsert, evict


class RawInbox(Base):
    """Bytes that could not be understood, kept because they may hold somebody's cash."""

    __tablename__ = "raw_inbox"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    device_id: Mapped[Id | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    error: Mapped[Code]
    at_ms: Mapped[Instant]
