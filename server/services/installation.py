"""The installation: its database up to date, and the name of its history."""

from __future__ import annotations

import alembic.command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import db, migration_config
from server.keys import random_bytes
from server.tables import EpochRow


def initialise() -> None:
    """Make or update the database, and give a new one the name of its history."""
    migrate()
    ensure_epoch()


def migrate() -> None:
    """Bring the database to the newest revision. Doing it again changes nothing."""
    alembic.command.upgrade(migration_config(), "head")


def is_initialised() -> bool:
    """Are the tables there, and those of this version?"""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def ensure_epoch() -> str:
    """The epoch of this database, made if there is none yet. Two starts at once agree."""
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        session.execute(
            text(
                "INSERT INTO epoch (id, epoch, created_at_ms) VALUES (1, :epoch, :now)"
                " ON CONFLICT (id) DO NOTHING"
            ),
            {"epoch": random_bytes(8).hex(), "now": now_ms()},
        )
        session.commit()
        return epoch(session)


def epoch(session: Session) -> str:
    """The name of the history that this database holds."""
    return session.scalars(select(EpochRow.epoch).where(EpochRow.id == 1)).one()
