"""Field: what happens in the villages.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _assignment()
    _attachment()
    _intention()
    _notice()
    _sweep()
    _unsigned_reason()
    _visit()
    _stop()


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    op.drop_table("stop")
    op.drop_table("visit")
    op.drop_table("unsigned_reason")
    op.drop_table("sweep")
    op.drop_table("notice")
    op.drop_table("intention")
    op.drop_table("attachment")
    op.drop_table("assignment")


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("from_tick", sa.BigInteger(), nullable=False),
        sa.Column("to_tick", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "household_id", "officer_id", "from_tick"),
    )


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "sha256"),
    )


def _intention() -> None:
    op.create_table(
        "intention",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("loan_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("on_day", sa.String(10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.String(10), nullable=True),
        sa.Column("superseded_by", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )
    op.create_index("intention_by_household", "intention", ["branch_id", "household_id"])


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("notice_no", sa.String(64), nullable=False),
        sa.Column("made_hash", sa.String(64), nullable=False),
        sa.Column("loan_id", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("addressee_role", sa.String(64), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("served_hash", sa.String(64), nullable=True),
        sa.Column("signer_role", sa.String(64), nullable=True),
        sa.Column("signer_name", sa.String(200), nullable=True),
        sa.Column("lives_here", sa.Boolean(), nullable=True),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("relation", sa.String(200), nullable=True),
        sa.Column("signed_on", sa.String(10), nullable=True),
        sa.Column("agrees_to_perform", sa.Boolean(), nullable=True),
        sa.Column("photo_sha256", sa.String(64), nullable=True),
        sa.Column("review", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "notice_no"),
    )
    op.create_index("notice_by_loan", "notice", ["branch_id", "loan_id"])


def _sweep() -> None:
    op.create_table(
        "sweep",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("second_officer_id", sa.String(64), nullable=True),
        sa.Column("starts_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("published_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _unsigned_reason() -> None:
    op.create_table(
        "unsigned_reason",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("on_day", sa.String(10), nullable=False),
        sa.Column("effective_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("away_place", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )
    op.create_index("unsigned_by_household", "unsigned_reason", ["branch_id", "household_id"])


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("second_person", sa.String(64), nullable=True),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.String(10), nullable=False),
        sa.Column("met", sa.String(64), nullable=True),
        sa.Column("outcome", sa.String(64), nullable=True),
        sa.Column("outcome_seq", sa.BigInteger(), nullable=True),
        sa.Column("away_place", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )
    op.create_index("visit_by_household", "visit", ["branch_id", "household_id"])


def _stop() -> None:
    op.create_table(
        "stop",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sweep_id", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.ForeignKeyConstraint(["branch_id", "sweep_id"], ["sweep.branch_id", "sweep.id"]),
    )
    op.create_index("stop_by_household", "stop", ["branch_id", "household_id"])
