"""Backups and restores of the small bank, in this process."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sqlalchemy import create_engine, text

from server.db import db
from server.services.backup import Made, make_backup
from server.services.finish_restore import Finished, finish_restore
from server.services.installation import epoch
from server.services.restore import PutBack, Wish, put_back
from server.settings import Settings
from tests.small_bank import Bank, open_bank


def settings_of(bank: Bank) -> Settings:
    """The bank's settings, with its backups beside the data folder as if on another disk."""
    settings: Settings = bank.app.extensions["settings"]
    safe = settings.data_dir.with_name(f"{settings.data_dir.name}-safe")
    return dataclasses.replace(settings, backup_dir=str(safe))


def back_up(bank: Bank, **changes: int) -> Made:
    """Make a verified backup."""
    settings = dataclasses.replace(settings_of(bank), **changes)  # type: ignore[arg-type]
    with bank.app.app_context():
        return make_backup(settings, bank.app.extensions["journal"])


def lose_everything(bank: Bank, *, keep: str = "") -> None:
    """The disk of the server is gone; `keep` names a folder in it that lay on another disk."""
    settings = settings_of(bank)
    bank.close()
    if settings.sqlite_path is None:
        engine = create_engine(settings.sqlalchemy_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    for path in sorted(settings.data_dir.rglob("*"), reverse=True):
        if keep and path.relative_to(settings.data_dir).parts[0] == keep:
            continue
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def restore(bank: Bank, backup: Path, *, journal: bool = False, replaces: bool = False) -> PutBack:
    """The first half of a restore, with the journal of the data folder or with none."""
    settings = settings_of(bank)
    bank.close()
    folder = settings.journal_folder if journal else None
    return put_back(settings, Wish(backup=backup, journal=folder, replaces=replaces))


def restored(bank: Bank, backup: Path, *, journal: bool = False) -> tuple[Bank, Finished]:
    """The bank after a whole restore over what is there, and what the restore says."""
    restore(bank, backup, journal=journal, replaces=True)
    return finished(bank)


def finished(bank: Bank) -> tuple[Bank, Finished]:
    """The bank after the second half of a restore."""
    again = open_bank(bank.url, settings_of(bank).data_dir)
    again.clock.now = bank.clock.now
    with again.app.app_context():
        told = finish_restore()
    return again, told


def epoch_of(bank: Bank) -> str:
    """The name of the history that the bank's database holds."""
    from server.db import snapshot

    with bank.app.app_context(), snapshot() as session:
        return epoch(session)


def dispose(bank: Bank) -> None:
    """Let go of every connection."""
    with bank.app.app_context():
        db.engine.dispose()
