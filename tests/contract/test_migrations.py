"""The migrations make exactly the tables that the code has, on both databases, and undo them.

Method: an empty database is brought up, compared with the metadata by Alembic, and down again.
"""

from __future__ import annotations

from pathlib import Path

import alembic.command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from server import create_app
from server.db import Base, db, migration_config
from server.services.installation import ensure_epoch, initialise
from server.settings import Settings


def test_it_makes_the_tables_of_the_code_and_undoes_them(database_url: str, tmp_path: Path) -> None:
    with create_app(Settings(data_dir=tmp_path, database_url=database_url)).app_context():
        initialise()
        first = ensure_epoch()
        initialise()
        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        assert differences == []
        assert ensure_epoch() == first

        alembic.command.downgrade(migration_config(), "base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        db.engine.dispose()
