"""How a receipt stands: found by its number and by its book, and the photos that prove it.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ATTACHMENT = sa.table(
    "attachment",
    *(sa.column(name) for name in ("branch_id", "sha256", "event_hash", "about")),
)
_EVENT = sa.table("event", *(sa.column(name) for name in ("branch_id", "hash", "canonical")))


def upgrade() -> None:
    """Make the indexes and the column, and read from the events what each photo is about."""
    op.add_column("attachment", sa.Column("about", sa.String(64), nullable=True))
    _tell_what_photos_are_about()
    op.create_index("attachment_by_about", "attachment", ["branch_id", "about"])
    op.create_index("receipt_by_number", "receipt", ["branch_id", "receipt_no", "event_hash"])
    op.create_index("receipt_by_book", "receipt", ["branch_id", "book_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("receipt_by_book", "receipt")
    op.drop_index("receipt_by_number", "receipt")
    op.drop_index("attachment_by_about", "attachment")
    op.drop_column("attachment", "about")


def _tell_what_photos_are_about() -> None:
    connection = op.get_bind()
    promised = sa.select(
        _ATTACHMENT.c.branch_id, _ATTACHMENT.c.sha256, _EVENT.c.canonical
    ).join_from(
        _ATTACHMENT,
        _EVENT,
        (_EVENT.c.branch_id == _ATTACHMENT.c.branch_id)
        & (_EVENT.c.hash == _ATTACHMENT.c.event_hash),
    )
    for row in connection.execute(promised).all():
        about = json.loads(row.canonical)["body"].get("about")
        if about is not None:
            connection.execute(
                sa.update(_ATTACHMENT)
                .where(_ATTACHMENT.c.branch_id == row.branch_id, _ATTACHMENT.c.sha256 == row.sha256)
                .values(about=about)
            )
