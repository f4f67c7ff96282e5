"""Cash handed over in person: what both sides said of it.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "cash_handover",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("handed_hash", sa.String(64), nullable=False),
        sa.Column("lane_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("giver_id", sa.String(64), nullable=False),
        sa.Column("receiver_id", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("expected_fen", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(200), nullable=True),
        sa.Column("handed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("taken_hash", sa.String(64), nullable=True),
        sa.Column("taken_lane", sa.String(64), nullable=True),
        sa.Column("taken_seq", sa.BigInteger(), nullable=True),
        sa.Column("into", sa.String(64), nullable=True),
        sa.Column("counted_fen", sa.BigInteger(), nullable=True),
        sa.Column("taken_cause", sa.String(200), nullable=True),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "handed_hash"),
    )
    op.create_index("cash_handover_by_lane", "cash_handover", ["branch_id", "lane_id"])
    op.create_index("cash_handover_by_state", "cash_handover", ["branch_id", "state"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("cash_handover")
