"""A database account that may make no scratch database is told so, and keeps no backup.

Method: an account of PostgreSQL that may read every table and create nothing runs a backup.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from server import create_app
from server.db import db
from server.services.backup import backups, make_backup
from server.services.installation import initialise
from server.settings import Settings
from sync.problems import Problem


def weak_account(url: str) -> str:
    """The address of the same database for an account that may only read and write."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (
            "CREATE ROLE weak LOGIN PASSWORD 'weak'",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO weak",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO weak",
        ):
            connection.execute(text(statement))
    engine.dispose()
    changed = make_url(url).set(username="weak", password="weak")
    return changed.render_as_string(hide_password=False)


def test_it_says_which_right_the_account_lacks(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=postgres_url)
    with create_app(settings).app_context():
        initialise()
        db.engine.dispose()
    weak = dataclasses.replace(settings, database_url=weak_account(postgres_url))
    app = create_app(weak)

    with app.app_context():
        with pytest.raises(Problem) as refused:
            make_backup(weak, app.extensions["journal"])
        db.engine.dispose()

    assert refused.value.code == "backup_role" and "CREATEDB" in refused.value.next_en
    assert backups(weak.backup_folder) == []
