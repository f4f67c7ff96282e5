"""By when cash is handed in: the rule of a branch, and leave given for once.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deposit_rule",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("from_on", sa.String(10), nullable=False),
        sa.Column("deadline", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "from_on"),
    )
    op.create_table(
        "deposit_leave",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("deposit_leave")
    op.drop_table("deposit_rule")
