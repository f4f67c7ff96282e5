"""Runs migrations on the database of the current application, each in one transaction.

No logging is set up here: a migration must not change how the server logs.
"""

from __future__ import annotations

from alembic import context
from flask import current_app


def run() -> None:
    """Upgrade or downgrade over the application's own engine, as a writer."""
    database = current_app.extensions["migrate"].db
    with database.engine.execution_options(write=True).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
