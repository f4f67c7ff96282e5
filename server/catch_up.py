"""What the database and its journal say about each other when the program starts (SQLite).

A database that is older than its journal is brought forward from it: both name the record up to
which they agree, and what follows was flushed before anybody was told of it. If the two are no
longer of one history, or more was missing than a crash leaves, a mark file asks for a new epoch
(`server/services/epochs.py`): the phones then prove or push again all that they hold.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from server.clock import system_clock
from server.journal import WRITE_MARK, read_mark
from server.journal_file import Mark, Record, Segment, flush_folder, segments, write_all

EPOCH_WANTED = "epoch.wanted"
# Between the flush of a record and the commit a crash leaves one record, never two.
CRASH_LEAVES_MAX = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How a database was brought forward.

    redone     Records that were carried out again.
    is_joined  The journal has the record up to which the database goes.
    is_behind  Or it ends before it: the journal lost its end, the database did not.
    is_cut     Behind the last record that was carried out there are bytes that are none.
    """

    redone: int
    is_joined: bool
    is_behind: bool
    mark: Mark
    is_cut: bool = False


def catch_up(database: Path, folder: Path, data_dir: Path) -> CaughtUp | None:
    """Bring the database forward from the journal, and ask for a new epoch if history moved."""
    if not database.exists() or not folder.is_dir():
        return None
    with closing(connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")  # waits for a transaction that is being committed
        mark = read_mark(connection)
        if mark is None:
            return None
        found = segments(folder)
        told = redo(connection, found, mark)
        if found and (told.redone > CRASH_LEAVES_MAX or not (told.is_joined or told.is_behind)):
            want_epoch(data_dir, "database_older" if told.is_joined else "database_other")
        connection.commit()
    if told.redone:
        log.error("the database was %s records behind its journal; they are in it", told.redone)
    if found and not told.is_joined and not told.is_behind:
        set_aside(found)
    return told


def connect(database: Path) -> sqlite3.Connection:
    """A plain connection, for what is carried out again and must not be noted again."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("busy_timeout=10000", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def redo(connection: sqlite3.Connection, found: list[Segment], mark: Mark) -> CaughtUp:
    """Carry out, in the open transaction, what the journal has behind the mark of the database."""
    redone, is_joined, last = 0, False, Mark(-1, "")
    for record in following(found, mark):
        is_joined, last = True, record.mark if record else mark
        if record is not None:
            carry_out(connection, record)
            redone += 1
    is_behind = not is_joined and bool(found) and _end(found)[0].n < mark.n
    at = last if is_joined else mark
    is_cut = is_joined and _end(found) != (at, found[-1].path.stat().st_size)
    return CaughtUp(redone, is_joined, is_behind, at, is_cut)


def following(found: list[Segment], mark: Mark) -> Iterator[Record | None]:
    """None when the mark was found in the journal, then every record that joins on to it."""
    joined = False
    at = mark
    for place, segment in enumerate(found):
        if not joined and place + 1 < len(found) and found[place + 1].base.n <= mark.n:
            continue  # the mark is further on
        if segment.base == at and not joined:
            joined = True
            yield None
        if joined and segment.base != at:
            return  # records between the two segments are missing
        for record in segment.records():
            if joined:
                at = record.mark
                yield record
            elif record.mark == mark:
                joined = True
                yield None


def carry_out(connection: sqlite3.Connection, record: Record) -> None:
    """The statements of one transaction again, and its mark."""
    for change in record.changes():
        run = connection.executemany if change.many else connection.execute
        run(change.sql, change.parameters)
    connection.execute(WRITE_MARK, record.mark)


def want_epoch(data_dir: Path, why: str) -> None:
    """Leave a flushed file that says: give history a new name before the next phone is answered."""
    path = data_dir / EPOCH_WANTED
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(descriptor, json.dumps({"why": why, "at": system_clock()}).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    flush_folder(data_dir)


def wanted_epoch(data_dir: Path) -> str | None:
    """Why a file asks for a new epoch; None if there is none. A torn file asks too."""
    path = data_dir / EPOCH_WANTED
    if not path.exists():
        return None
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["why"])
    except (ValueError, KeyError):
        return "database_older"


def set_aside(found: list[Segment]) -> None:
    """Keep the segments of another history under names that are not read."""
    for segment in found:
        segment.path.rename(segment.path.with_suffix(f".other-{system_clock()}"))


def _end(found: list[Segment]) -> tuple[Mark, int]:
    """The last good record of the newest segment, and where its bytes end."""
    last, end = found[-1].base, found[-1].start
    for record in found[-1].records():
        last, end = record.mark, record.end
    return last, end
