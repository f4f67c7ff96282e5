"""History: the log of events and what follows from it.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.migrations.triggers import make_append_only, make_changeable

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("event", "verdict", "commit_log")


def upgrade() -> None:
    """Make the tables."""
    _clock()
    _commit_log()
    _epoch()
    _event()
    _feed()
    _raw_inbox()
    _verdict()
    make_append_only(*APPEND_ONLY)


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    make_changeable(*APPEND_ONLY)
    op.drop_table("verdict")
    op.drop_table("raw_inbox")
    op.drop_table("feed")
    op.drop_table("event")
    op.drop_table("epoch")
    op.drop_table("commit_log")
    op.drop_table("clock")


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id"),
    )


def _commit_log() -> None:
    op.create_table(
        "commit_log",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "tick"),
    )


def _epoch() -> None:
    op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("lane_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("sv", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("occurred_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("effective_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("sig", sa.Text(), nullable=True),
        sa.Column("signature_ok", sa.Boolean(), nullable=False),
        sa.Column("received_via", sa.String(64), nullable=False),
        sa.Column("sender_device", sa.String(64), nullable=True),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "hash"),
    )
    op.create_index("event_by_lane", "event", ["branch_id", "lane_id", "seq"])


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("etype", sa.String(64), nullable=False),
        sa.Column("eid", sa.String(64), nullable=False),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "officer_id", "etype", "eid"),
    )
    op.create_index("feed_by_tick", "feed", ["branch_id", "officer_id", "tick"])


def _raw_inbox() -> None:
    op.create_table(
        "raw_inbox",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("device_id", sa.String(64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("needs", sa.String(64), nullable=True),
        sa.Column("risk", sa.String(64), nullable=True),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash", "n"),
        sa.ForeignKeyConstraint(["branch_id", "event_hash"], ["event.branch_id", "event.hash"]),
    )
    op.create_index("verdict_by_tick", "verdict", ["branch_id", "tick"])
    op.create_index(
        "verdict_parked",
        "verdict",
        ["branch_id", "needs"],
        sqlite_where=sa.text("verdict = 'parked'"),
        postgresql_where=sa.text("verdict = 'parked'"),
    )
