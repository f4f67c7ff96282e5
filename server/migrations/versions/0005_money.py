"""Money: cash and its books.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.migrations.triggers import make_append_only, make_changeable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger",)


def upgrade() -> None:
    """Make the tables."""
    _cash_count()
    _day_close()
    _receipt()
    _receipt_book()
    _ledger()
    make_append_only(*APPEND_ONLY)


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    make_changeable(*APPEND_ONLY)
    op.drop_table("ledger")
    op.drop_table("receipt_book")
    op.drop_table("receipt")
    op.drop_table("day_close")
    op.drop_table("cash_count")


def _cash_count() -> None:
    op.create_table(
        "cash_count",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("cashier_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("expected_fen", sa.BigInteger(), nullable=False),
        sa.Column("counted_fen", sa.BigInteger(), nullable=False),
        sa.Column("variance_fen", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(200), nullable=True),
        sa.Column("denominations", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )


def _day_close() -> None:
    op.create_table(
        "day_close",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("cashier_id", sa.String(64), nullable=False),
        sa.Column("receipts_fen", sa.BigInteger(), nullable=False),
        sa.Column("counted_fen", sa.BigInteger(), nullable=False),
        sa.Column("variance_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposited_fen", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "day"),
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("receipt_no", sa.String(64), nullable=False),
        sa.Column("book_id", sa.String(64), nullable=True),
        sa.Column("household_id", sa.String(64), nullable=False),
        sa.Column("loan_id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("principal_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("penalty_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("payer_name", sa.String(200), nullable=False),
        sa.Column("payer_role", sa.String(64), nullable=False),
        sa.Column("method", sa.String(64), nullable=False),
        sa.Column("effective_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.String(10), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("counted_by", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "event_hash"),
    )
    op.create_index("receipt_by_day", "receipt", ["branch_id", "effective_on"])
    op.create_index("receipt_by_officer", "receipt", ["branch_id", "officer_id"])
    op.create_index(
        "receipt_no_once",
        "receipt",
        ["branch_id", "receipt_no"],
        unique=True,
        sqlite_where=sa.text("state = 'applied'"),
        postgresql_where=sa.text("state = 'applied'"),
    )


def _receipt_book() -> None:
    op.create_table(
        "receipt_book",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(64), nullable=False),
        sa.Column("from_no", sa.Integer(), nullable=False),
        sa.Column("to_no", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.String(64), nullable=True),
        sa.Column("holder_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("issued_by", sa.String(64), nullable=False),
        sa.Column("issued_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("value_on", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "event_hash", "leg"),
        sa.ForeignKeyConstraint(["branch_id", "event_hash"], ["event.branch_id", "event.hash"]),
    )
    op.create_index("ledger_by_account", "ledger", ["branch_id", "account"])
