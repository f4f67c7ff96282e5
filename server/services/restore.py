"""A backup comes back: its files, its database, then what the journal has behind it.

A restored server has a new epoch, so that phones push again what it lacks. Every step may be
repeated: a restore that was killed is finished by running it again.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from server.catch_up import CaughtUp, connect, redo, want_epoch, wanted_epoch
from server.clock import stamp_of, system_clock
from server.journal import read_mark
from server.journal_file import flush_folder, segments
from server.services.backup_database import kind_of, load_dump
from server.services.backup_files import (
    FILES,
    Manifest,
    check_files,
    copy_file,
    make_private,
    read_manifest,
    sha256_of,
)
from server.settings import Settings
from sync.problems import Problem

DRAFT = ".restoring"
REPLACED = "replaced-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator asks for.

    journal   Folder of the journal to carry out behind the backup; None for none at all.
    replaces  Something may be here already: it is moved aside.
    """

    backup: Path
    journal: Path | None
    replaces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """What was put in place. redone counts records of the journal behind the backup.

    is_cut  The journal has more that cannot be read: half a record of a crash, or damage.
    """

    manifest: Manifest
    redone: int
    moved_aside: Path | None
    is_cut: bool = False


def put_back(settings: Settings, wish: Wish) -> PutBack:
    """Put a backup in place, with what the journal has behind it. `finish_restore` comes next.

    Refuses `backup_unknown`, `backup_damaged`, `backup_other_kind`, `restore_not_empty`,
    `restore_in_use` and `journal_unreadable`; nothing is changed then.
    """
    manifest = read_manifest(wish.backup)
    if manifest.kind != kind_of(settings):
        raise Problem("backup_other_kind", kind=manifest.kind)
    check_files(wish.backup, manifest)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    why = f"restored:{manifest.id}"
    if wanted_epoch(settings.data_dir) == why and not _is_empty(settings):
        return PutBack(manifest=manifest, redone=0, moved_aside=None)  # killed before its end
    if settings.sqlite_path is None:
        return _put_back_postgresql(settings, wish, manifest)
    return _put_back_sqlite(settings, settings.sqlite_path, wish, manifest)


def _put_back_sqlite(settings: Settings, database: Path, wish: Wish, manifest: Manifest) -> PutBack:
    if not _is_empty(settings):
        if not wish.replaces:
            raise Problem("restore_not_empty")
        _close_database(database)
    draft = settings.data_dir / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    fresh = draft / database.name
    copy_file(wish.backup / manifest.database, fresh)
    told = _redo(fresh, wish.journal)
    want_epoch(settings.data_dir, f"restored:{manifest.id}")
    aside = _move_aside(settings, database) if database.exists() else None
    if wish.journal is None:
        _set_journal_aside(settings)
    elif wish.journal.resolve() != settings.journal_folder.resolve():
        _adopt_journal(settings, wish.journal)
    _put_files(settings, wish.backup, manifest, aside)
    fresh.rename(database)
    flush_folder(database.parent)
    draft.rmdir()
    redone, is_cut = (told.redone, told.is_cut) if told else (0, False)
    return PutBack(manifest=manifest, redone=redone, moved_aside=aside, is_cut=is_cut)


def _redo(database: Path, journal: Path | None) -> CaughtUp | None:
    """Carry out on the copy what the journal has behind it, and leave one file, flushed."""
    told: CaughtUp | None = None
    with closing(connect(database)) as connection:
        found = segments(journal) if journal else []
        mark = read_mark(connection)
        if found and mark is not None:
            connection.execute("BEGIN IMMEDIATE")
            told = redo(connection, found, mark)
            if not told.is_joined:
                raise Problem("journal_unreadable", folder=journal)
            connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return told


def _close_database(database: Path) -> None:
    """Fold the write-ahead log into the file. Refuses `restore_in_use` if a server has it open."""
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise Problem("restore_in_use") from None
            return  # a damaged file is moved aside as it is
        except sqlite3.DatabaseError:
            return
    if mode != "delete":
        raise Problem("restore_in_use")


def _move_aside(settings: Settings, database: Path) -> Path:
    aside = settings.data_dir / f"{REPLACED}{stamp_of(system_clock())}"
    aside.mkdir(mode=0o700, exist_ok=True)
    for name in (f"{database.name}-wal", f"{database.name}-shm", database.name):
        with suppress(FileNotFoundError):
            (database.parent / name).rename(aside / name)
    flush_folder(database.parent)
    return aside


def _set_journal_aside(settings: Settings) -> None:
    """The journal goes on where the restored database ends, not where the lost one ended."""
    for segment in segments(settings.journal_folder):
        segment.path.rename(segment.path.with_suffix(f".other-{system_clock()}"))


def _adopt_journal(settings: Settings, folder: Path) -> None:
    """A later restore needs the same records again: keep them with those that follow."""
    _set_journal_aside(settings)
    settings.journal_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for segment in segments(folder):
        copy_file(segment.path, settings.journal_folder / segment.path.name)
    flush_folder(settings.journal_folder)


def _put_files(settings: Settings, backup: Path, manifest: Manifest, aside: Path | None) -> None:
    """Keys, photos and bundles. What differs is moved aside first; what is newer stays."""
    for name in manifest.files:
        if not name.startswith(f"{FILES}/"):
            continue
        target = settings.data_dir / name.removeprefix(f"{FILES}/")
        if target.exists():
            if sha256_of(target) == manifest.files[name]["sha256"]:
                continue
            if aside is not None:
                moved = aside / target.relative_to(settings.data_dir)
                make_private(moved.parent)
                target.rename(moved)
        make_private(target.parent)
        draft = target.with_name(f".{target.name}.restoring")
        copy_file(backup / name, draft)
        draft.replace(target)
        flush_folder(target.parent)


def _put_back_postgresql(settings: Settings, wish: Wish, manifest: Manifest) -> PutBack:
    url = make_url(settings.sqlalchemy_url)
    moved: Path | None = None
    if not _is_empty(settings):
        if not wish.replaces:
            raise Problem("restore_not_empty")
        moved = Path(_rename_schema(settings))
    want_epoch(settings.data_dir, f"restored:{manifest.id}")
    aside = settings.data_dir / f"{REPLACED}{stamp_of(system_clock())}"
    _put_files(settings, wish.backup, manifest, aside)
    load_dump(url, wish.backup / manifest.database)
    return PutBack(manifest=manifest, redone=0, moved_aside=moved)


def _is_empty(settings: Settings) -> bool:
    if settings.sqlite_path is not None:
        return not settings.sqlite_path.exists() or settings.sqlite_path.stat().st_size == 0
    with _connected(settings) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    return row is None or row[0] == 0


def _rename_schema(settings: Settings) -> str:
    """Keep the tables that are replaced under another name. Refuses `restore_in_use`."""
    name = f"replaced_{stamp_of(system_clock()).lower()}"
    with _connected(settings) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        if others and others[0]:
            raise Problem("restore_in_use")
        renamed = sql.Identifier(name)
        connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(renamed))
        connection.execute("CREATE SCHEMA public")
    return name


def _connected(settings: Settings) -> psycopg.Connection[tuple[int]]:
    url = make_url(settings.sqlalchemy_url).set(drivername="postgresql")
    connection: psycopg.Connection[tuple[int]] = psycopg.connect(
        url.render_as_string(hide_password=False)
    )
    return connection
