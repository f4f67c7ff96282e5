"""Carried: beacons, incidents, bundles, hand-overs, backups, and what is said outside.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ZERO_HASH = "0" * 64
TABLES = (
    *("outbox", "journal_mark", "incident", "hand_over"),
    *("courier_bundle", "beacon", "backup_record"),
)


def upgrade() -> None:
    """Make the tables and the columns."""
    _backup_record()
    _beacon()
    _courier_bundle()
    _hand_over()
    _incident()
    _journal_mark()
    _outbox()
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
    _verdict_indexes()


def downgrade() -> None:
    """Drop the tables and the columns, with all that is in them."""
    op.drop_index("verdict_flagged", "verdict")
    op.drop_index("verdict_needs", "verdict")
    _index_where("verdict_parked", "needs", "verdict = 'parked'")
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name)
    for table in TABLES:
        op.drop_table(table)


def _backup_record() -> None:
    op.create_table(
        "backup_record",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("verified_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ticks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _beacon() -> None:
    op.create_table(
        "beacon",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("lane_id", sa.String(64), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("hand_fen", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "lane_id"),
    )


def _courier_bundle() -> None:
    op.create_table(
        "courier_bundle",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("carried_by", sa.String(64), nullable=True),
        sa.Column("lane_id", sa.String(64), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _hand_over() -> None:
    op.create_table(
        "hand_over",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("at_tick", sa.BigInteger(), nullable=False),
        sa.Column("from_officer_id", sa.String(64), nullable=False),
        sa.Column("to_officer_id", sa.String(64), nullable=False),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("evict_after_ms", sa.BigInteger(), nullable=True),
        sa.Column("evict_tick", sa.BigInteger(), nullable=True),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id", "household_id"], ["household.branch_id", "household.id"]
        ),
        sa.PrimaryKeyConstraint("branch_id", "household_id", "at_tick"),
    )
    op.create_index(
        "hand_over_by_officer", "hand_over", ["branch_id", "from_officer_id", "settled_at_ms"]
    )


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )
    op.create_index("incident_by_device", "incident", ["branch_id", "device_id"])


def _journal_mark() -> None:
    mark = op.create_table(
        "journal_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(mark, [{"id": 1, "n": 0, "chain": ZERO_HASH}])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash", "topic"),
    )
    op.create_index("outbox_waiting", "outbox", ["branch_id", "done_at_ms"])


def _verdict_indexes() -> None:
    """What waits is found by its need, parked or set aside; what is flagged by its tick."""
    op.drop_index("verdict_parked", "verdict")
    _index_where("verdict_needs", "needs", "needs IS NOT NULL")
    _index_where("verdict_flagged", "tick", "risk IS NOT NULL")


def _index_where(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "verdict",
        ["branch_id", column],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _new_columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "attachment": (
            sa.Column("promised_at_ms", sa.BigInteger(), nullable=False, server_default="0"),
            sa.Column("stored_at_ms", sa.BigInteger(), nullable=True),
            sa.Column("taken_at_ms", sa.BigInteger(), nullable=True),
            sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "clock": (sa.Column("horizon_tick", sa.BigInteger(), nullable=False, server_default="0"),),
        "device": (sa.Column("seen_tick", sa.BigInteger(), nullable=False, server_default="0"),),
        "device_key": (sa.Column("lane_id", sa.String(64), nullable=True),),
        "epoch": (
            sa.Column("system_id", sa.String(64), nullable=True),
            sa.Column("timeline", sa.String(64), nullable=True),
        ),
        "lane": (
            sa.Column("settled_seq", sa.BigInteger(), nullable=False, server_default="0"),
            sa.Column("settled_hash", sa.String(64), nullable=False, server_default=ZERO_HASH),
            sa.Column("replaces", sa.String(64), nullable=True),
            sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        ),
    }
