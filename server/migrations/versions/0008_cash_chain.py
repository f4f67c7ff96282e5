"""The chain of the cash: who holds a receipt's cash, and when the core system booked it.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; receipts of before are with their officers, and unposted."""
    op.add_column("receipt", sa.Column("handed_to", sa.String(64), nullable=True))
    op.add_column("receipt", sa.Column("posted_on", sa.String(10), nullable=True))
    op.add_column("receipt", sa.Column("posted_by", sa.String(64), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for name in ("posted_by", "posted_on", "handed_to"):
        op.drop_column("receipt", name)
