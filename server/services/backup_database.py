"""The database of a backup: copied while the server works, and loaded into a scratch database.

SQLite: its online copy, page by page in one read transaction; writers do not wait. PostgreSQL:
pg_dump in its custom format, which one account can make of one database and load into any cluster
of that version or a newer one (decision 0013).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, Engine, create_engine, make_url

from server.journal import read_mark
from server.journal_file import Mark
from server.keys import random_bytes
from server.services.backup_files import copy_file
from server.settings import Settings
from sync.problems import Problem

SQLITE_FILE, POSTGRESQL_FILE = "database.sqlite", "database.dump"
SCRATCH = "_scratch_"
PROGRAM_FOLDERS = Path("/usr/lib/postgresql")  # Debian keeps one folder per version, outside PATH
_SAID_MAX = 300


def kind_of(settings: Settings) -> str:
    """sqlite or postgresql."""
    return "sqlite" if settings.sqlalchemy_url.startswith("sqlite") else "postgresql"


def file_of(settings: Settings) -> str:
    """The name of the file with the database in a backup."""
    return SQLITE_FILE if kind_of(settings) == "sqlite" else POSTGRESQL_FILE


def dump_database(settings: Settings, target: Path) -> Mark | None:
    """Copy the database as it is at one instant. With SQLite: how much of the journal is in it."""
    if settings.sqlite_path is None:
        url = make_url(settings.sqlalchemy_url)
        run(url, "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}")
        target.chmod(0o600)
        return None
    if not settings.sqlite_path.exists():
        raise Problem("backup_nothing")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(settings.sqlite_path)) as source:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            return read_mark(copy)


@contextmanager
def scratch_database(settings: Settings, dumped: Path, folder: Path) -> Iterator[Engine]:
    """The copy really restored, in a place of its own that is gone afterwards."""
    if settings.sqlite_path is not None:
        path = folder / "scratch.db"
        copy_file(dumped, path)
        yield from _opened(f"sqlite:///{path.resolve()}")
        return
    url = make_url(settings.sqlalchemy_url)
    name = f"{url.database}{SCRATCH}{random_bytes(4).hex()}"
    _administer(url, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        scratch = url.set(database=name)
        load_dump(scratch, dumped)
        yield from _opened(scratch)
    finally:
        _drop(url, name)


def load_dump(url: URL, dumped: Path) -> None:
    """Load a dump into an empty database, whole or not at all."""
    options = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")
    run(url, "pg_restore", *options, f"--dbname={url.database}", str(dumped))


def drop_scratch(settings: Settings) -> None:
    """Remove what a backup that was killed left in the cluster."""
    if settings.sqlite_path is not None:
        return
    url = make_url(settings.sqlalchemy_url)
    start = f"{url.database}{SCRATCH}"
    with _maintenance(url) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (start,)
        ).fetchall()
    for (name,) in rows:
        _drop(url, str(name))


def run(url: URL, program: str, *options: str) -> None:
    """Run a program of PostgreSQL against a database; the password is not on its command line."""
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environ = {**os.environ, **{name: value for name, value in given.items() if value}}
    done = subprocess.run(
        [_program(program), "--no-password", *options],
        env={**environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())
        if "No space left on device" in said:
            raise Problem("backup_disk_full", folder=options[-1].rpartition("=")[2])
        raise Problem("backup_program_failed", program=program, said=said[:_SAID_MAX].rstrip("."))


def _program(name: str) -> str:
    """The program of the newest version on this machine."""
    folders = sorted(PROGRAM_FOLDERS.glob("*/bin"), key=_version, reverse=True)
    newest = next((folder / name for folder in folders if (folder / name).exists()), None)
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        raise Problem("backup_program_missing", program=name)
    return found


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdecimal() else 0.0


def _opened(url: str | URL) -> Iterator[Engine]:
    engine = create_engine(url, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _drop(url: URL, name: str) -> None:
    _administer(
        url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _administer(url: URL, statement: sql.Composed) -> None:
    with _maintenance(url) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            raise Problem("backup_role") from None


@contextmanager
def _maintenance(url: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection outside transactions: databases are made and dropped in none."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection
