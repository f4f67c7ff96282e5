"""Office: what the office decides.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _assist_request()
    _plan_item()
    _report()
    _review()
    _service_request()
    _task()


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    op.drop_table("task")
    op.drop_table("service_request")
    op.drop_table("review")
    op.drop_table("report")
    op.drop_table("plan_item")
    op.drop_table("assist_request")


def _assist_request() -> None:
    op.create_table(
        "assist_request",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("asked_of", sa.Text(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("noted_on", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _plan_item() -> None:
    op.create_table(
        "plan_item",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("week_starts_on", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("area", sa.String(200), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("report_no", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("starts_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("issued_on", sa.String(10), nullable=False),
        sa.Column("issued_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(64), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("corrects", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "report_no"),
    )


def _review() -> None:
    op.create_table(
        "review",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("target_hash", sa.String(64), nullable=False),
        sa.Column("event_hash", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "target_hash"),
    )


def _service_request() -> None:
    op.create_table(
        "service_request",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("requester", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("forwarded_to", sa.String(200), nullable=True),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("noted_on", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("opened_on", sa.String(10), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
    )
