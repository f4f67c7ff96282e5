"""What is undone and what is paid without cash: voids and reversals to decide, transfers.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the columns; branches of before take cash."""
    op.create_table(
        "undoing",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("receipt_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("money_returned", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("second_person", sa.String(200), nullable=True),
        sa.Column("opened_on", sa.String(10), nullable=False),
        sa.Column("decision", sa.String(64), nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_hash", sa.String(64), nullable=True),
        sa.Column("decided_on", sa.String(10), nullable=True),
        sa.Column("note", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )
    op.create_index("undoing_of_receipt", "undoing", ["branch_id", "receipt_hash"])
    op.add_column("receipt", sa.Column("evidence_no", sa.String(64), nullable=True))
    op.add_column("receipt", sa.Column("corrects", sa.String(64), nullable=True))
    op.add_column("receipt", sa.Column("cleared_on", sa.String(10), nullable=True))
    takes_cash = sa.Column("takes_cash", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("branch", takes_cash)


def downgrade() -> None:
    """Drop them, with all that is in them."""
    op.drop_column("branch", "takes_cash")
    for name in ("cleared_on", "corrects", "evidence_no"):
        op.drop_column("receipt", name)
    op.drop_index("undoing_of_receipt", "undoing")
    op.drop_table("undoing")
