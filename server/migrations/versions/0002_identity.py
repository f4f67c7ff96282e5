"""Identity: who there is.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _branch()
    _device_key()
    _lane()
    _staff()
    _device()
    _enrol_code()
    _staff_role()


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    op.drop_table("staff_role")
    op.drop_table("enrol_code")
    op.drop_table("device")
    op.drop_table("staff")
    op.drop_table("lane")
    op.drop_table("device_key")
    op.drop_table("branch")


def _branch() -> None:
    op.create_table(
        "branch",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("institution", sa.String(200), nullable=False),
        sa.Column("contact_phone", sa.String(64), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id"),
        sa.UniqueConstraint("code"),
    )


def _device_key() -> None:
    op.create_table(
        "device_key",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(200), nullable=False),
        sa.Column("alg", sa.String(64), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "device_id", "public_key"),
    )


def _lane() -> None:
    op.create_table(
        "lane",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=True),
        sa.Column("officer_id", sa.String(64), nullable=True),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("archived_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.UniqueConstraint("branch_id", "code"),
    )
    op.create_index("ix_lane_device_id", "lane", ["device_id"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.UniqueConstraint("username"),
    )


def _device() -> None:
    op.create_table(
        "device",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("alg", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(200), nullable=False),
        sa.Column("ack_secret", sa.String(200), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("enrolled_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "id"),
        sa.ForeignKeyConstraint(["branch_id", "officer_id"], ["staff.branch_id", "staff.id"]),
    )
    op.create_index("device_by_id", "device", ["id"])


def _enrol_code() -> None:
    op.create_table(
        "enrol_code",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.String(64), nullable=False),
        sa.Column("issued_by", sa.String(64), nullable=False),
        sa.Column("issued_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_by_device", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("branch_id", "code_hash"),
        sa.ForeignKeyConstraint(["branch_id", "officer_id"], ["staff.branch_id", "staff.id"]),
    )
    op.create_index("enrol_code_by_hash", "enrol_code", ["code_hash"])


def _staff_role() -> None:
    op.create_table(
        "staff_role",
        sa.Column("branch_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "staff_id", "role"),
        sa.ForeignKeyConstraint(["branch_id", "staff_id"], ["staff.branch_id", "staff.id"]),
    )
