"""The custody register: what is kept under lock, and by which two people.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "kept_item",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("custodian_id", sa.String(64), nullable=False),
        sa.Column("countersigner_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("moved_on", sa.String(10), nullable=False),
        sa.Column("moved_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("kept_item")
