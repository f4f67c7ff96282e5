"""The core system: posting files, what does not fit, post-files; recovery sheets.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Table -> its keys beside the branch, and its columns as (name, type). A '?' may be null.
TABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "core_file": (
        ("sha256",),
        "sha256:64 event_hash:64 lines:int known:int total_fen:big by_id:64 at_ms:big",
    ),
    "core_line": (
        ("key",),
        "key:200 file_sha256:64 line:int posted_on:10 voucher_no:64 loan:64 contract_no:64"
        " receipt_no:64 amount_fen:big parts?:text receipt?:64",
    ),
    "core_exception": (
        ("id",),
        "id:200 kind:64 line_key?:200 receipt?:64 owner_id:64 opened_on:10 state:64 decision?:64"
        " reason?:200 settled_by?:64 settled_by_id?:64 settled_on?:10",
    ),
    "core_batch": (
        ("id",),
        "id:64 event_hash:64 made_on:10 receipts:int total_fen:big rows:text by_id:64 at_ms:big",
    ),
    "core_batch_receipt": (("receipt",), "receipt:64 batch_id:64"),
    "recovery_sheet": (
        ("number",),
        "number:64 month:64 collector_id:64 corrects?:64 document:text sha256:64 facts_sha256:64"
        " state:64 remark?:200 prepared_by:64 prepared_at_ms:big audited_by?:64"
        " audited_at_ms?:big released_by?:64 released_at_ms?:big",
    ),
}


def upgrade() -> None:
    """Make the tables."""
    for table, (keys, columns) in TABLES.items():
        op.create_table(
            table,
            sa.Column("branch_id", sa.String(64), nullable=False),
            *(_column(said) for said in columns.split()),
            sa.PrimaryKeyConstraint("branch_id", *keys),
        )
    op.create_index("core_line_by_receipt", "core_line", ["branch_id", "receipt"])


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    op.drop_index("core_line_by_receipt", "core_line")
    for table in reversed(TABLES):
        op.drop_table(table)


def _column(said: str) -> sa.Column[object]:
    name, _, kind = said.partition(":")
    types = {"int": sa.Integer(), "big": sa.BigInteger(), "text": sa.Text()}
    of_kind = types[kind] if kind in types else sa.String(int(kind))
    return sa.Column(name.removesuffix("?"), of_kind, nullable=name.endswith("?"))
