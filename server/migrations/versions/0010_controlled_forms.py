"""Receipt books as controlled forms: how far a book that is out of use was used.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no book was given back before."""
    op.add_column("receipt_book", sa.Column("used_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("receipt_book", "used_to")
