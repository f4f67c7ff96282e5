"""Master: what is imported.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _area()
    _import_batch()
    _prior_interruption()
    _unit_change()
    _village()
    _household()
    _loan()


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    op.drop_table("loan")
    op.drop_table("household")
    op.drop_table("village")
    op.drop_table("unit_change")
    op.drop_table("prior_interruption")
    op.drop_table("import_batch")
    op.drop_table("area")


def _area() -> None:
    op.create_table(
        "area",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("economy", sa.String(200), nullable=True),
        sa.Column("committees", sa.Text(), nullable=False),
        sa.Column("counts_household_total", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _import_batch() -> None:
    op.create_table(
        "import_batch",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("control_total_fen", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _prior_interruption() -> None:
    op.create_table(
        "prior_interruption",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("loan_id", sa.String(64), nullable=False),
        sa.Column("on_day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "loan_id", "on_day", "kind"),
    )


def _unit_change() -> None:
    op.create_table(
        "unit_change",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("from_unit", sa.String(200), nullable=False),
        sa.Column("into_unit", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("effective_on", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _village() -> None:
    op.create_table(
        "village",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("area_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.UniqueConstraint("branch_id", "area_id", "name"),
    )


def _household() -> None:
    op.create_table(
        "household",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("area_id", sa.String(64), nullable=False),
        sa.Column("village_id", sa.String(64), nullable=True),
        sa.Column("natural_village", sa.String(200), nullable=True),
        sa.Column("successor_unit", sa.String(200), nullable=True),
        sa.Column("phone", sa.String(64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.ForeignKeyConstraint(["branch_id", "village_id"], ["village.branch_id", "village.id"]),
    )


def _loan() -> None:
    op.create_table(
        "loan",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("contract_no", sa.String(64), nullable=False),
        sa.Column("borrower_name", sa.String(200), nullable=False),
        sa.Column("guarantor_name", sa.String(200), nullable=True),
        sa.Column("loan_on", sa.String(10), nullable=True),
        sa.Column("due_on", sa.String(10), nullable=True),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("interest_known", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.ForeignKeyConstraint(
            ["branch_id", "household_id"], ["household.branch_id", "household.id"]
        ),
    )
