"""The journal of SQLite: every transaction is on a second file before it is committed (0013).

A connection notes each statement that changes something. At the commit, still under SQLite's
write lock, the notes are appended to the journal as one record and flushed; only then does SQLite
commit. So whatever a reader can see, and whatever was ever acknowledged, is in the journal. The
transaction also writes the number of its record into the database (table journal_mark): the two
cannot disagree about what both hold, and `server/catch_up.py` sees when one of them is older.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, NoReturn

from server.clock import system_clock
from server.journal_file import (
    Change,
    Mark,
    Segment,
    encode,
    new_segment,
    segments,
    write_all,
)

# A new segment is begun after so many bytes: the newest is read whole at each start (0.1 s).
SEGMENT_BYTES_MAX = 64 * 1024 * 1024

READ_MARK = "SELECT n, chain FROM journal_mark WHERE id = 1"
WRITE_MARK = "UPDATE journal_mark SET n = ?, chain = ? WHERE id = 1"

log = logging.getLogger(__name__)


class JournalFailed(sqlite3.OperationalError):
    """The journal cannot be written; the transaction was not committed and must be repeated."""


class Journal:
    """The writing end. One for each application; several processes take turns by SQLite's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = RLock()
        self._fd = -1
        self._at: Mark | None = None
        self._start = 0  # bytes before the first record of the segment
        self._size = 0  # bytes up to the end of the record that was committed last
        self._last: tuple[Mark, int, bytes] | None = None
        self._is_turning = False

    def append(self, mark: Mark, changes: Sequence[Change]) -> Mark:
        """Append and flush the record that follows `mark`. Raises JournalFailed, and keeps none."""
        after, data = encode(mark, changes, system_clock())
        try:
            if self._at != mark or os.fstat(self._fd).st_size != self._size:
                self._find(mark)
            if self._size > SEGMENT_BYTES_MAX or self._is_turning:
                self._turn(mark)
            self._last = (mark, self._size, data)
            write_all(self._fd, data)
            os.fdatasync(self._fd)
        except OSError as error:
            self.close()
            raise JournalFailed(f"the journal cannot be written: {error.strerror}") from error
        self._at, self._size = after, self._size + len(data)
        return after

    def undo(self) -> None:
        """Take back the last record: its transaction was not committed."""
        assert self._last is not None, "undo follows append"
        (mark, size, data), self._last = self._last, None
        same_size = os.fstat(self._fd).st_size == size + len(data)
        if same_size and os.pread(self._fd, len(data), size) == data:
            os.ftruncate(self._fd, size)
            os.fsync(self._fd)
            self._at, self._size = mark, size

    def turn(self) -> None:
        """The next record begins a new segment, so that older ones can be removed as files."""
        self._is_turning = True

    def close(self) -> None:
        """Let go of the file. The next append looks where it ends, and cuts off what failed."""
        with self.lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd, self._at, self._size = -1, None, 0

    def _find(self, mark: Mark) -> None:
        """Go to the place behind `mark` in the newest segment, or begin one there."""
        self.close()
        found = segments(self.folder)
        end = _end_at(found[-1], mark) if found else None
        if end is None:
            if mark.n:
                log.error("the journal begins anew at record %s: run doorstep backup", mark.n)
            self._open(new_segment(self.folder, mark), mark)
            return
        self._open(found[-1], mark)
        os.ftruncate(self._fd, end)
        self._size = end

    def _turn(self, mark: Mark) -> None:
        self._is_turning = False
        if self._size > self._start:
            self.close()
            self._open(new_segment(self.folder, mark), mark)

    def _open(self, segment: Segment, mark: Mark) -> None:
        self._fd = os.open(segment.path, os.O_RDWR | os.O_APPEND)
        self._at, self._start, self._size = mark, segment.start, segment.start


def _end_at(segment: Segment, mark: Mark) -> int | None:
    """Where the record `mark` ends in the newest segment; None if the journal ends before it.

    One record behind it was never committed: its process died, and nobody was told. More than one
    means that the database was exchanged for an older one under a running server.
    """
    end = segment.start if segment.base == mark else None
    last, beyond = segment.base, 0
    for record in segment.records():
        last = record.mark
        if record.mark == mark:
            end = record.end
        elif end is not None:
            beyond += 1
    if beyond > 1 or (end is None and last.n >= mark.n):
        raise JournalFailed("the database is older than its journal; start the server again")
    return end


class RecordingConnection(sqlite3.Connection):
    """A connection that can change nothing behind the journal's back."""

    journal: Journal | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.changes: list[Change] = []
        self.is_torn = False  # a statement of many rows failed half-way

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that notes what it changes."""
        return super().cursor(factory or RecordingCursor)

    def commit(self) -> None:
        """Journal first, then commit. Raises JournalFailed with the transaction still open."""
        changes = [change for change in self.changes if change.sql]
        mark = read_mark(self) if changes and self.journal is not None else None
        if self.journal is None or mark is None:  # a database that has no journal yet
            super().commit()
        else:
            assert not self.is_torn, "roll back after a statement that failed half-way"
            with self.journal.lock:
                self._commit(self.journal, mark, changes)
        self._clear()

    def rollback(self) -> None:
        """Undo, and forget what was noted."""
        super().rollback()
        self._clear()

    def executescript(self, sql_script: str, /) -> NoReturn:
        """Refused: it would commit by itself."""
        raise sqlite3.NotSupportedError("a script would pass the journal by")

    def note(self, change: Change) -> None:
        """Remember a statement that was carried out, or begin, end or undo a savepoint."""
        words = change.sql.split(None, 3)
        verb = words[0].upper()
        if verb == "SAVEPOINT":
            self.changes.append(Change("", words[-1], False))
        elif verb in {"RELEASE", "ROLLBACK"}:
            place = self._savepoint(words[-1])
            del self.changes[place : place + 1 if verb == "RELEASE" else None]
            if verb == "ROLLBACK":
                self.changes.append(Change("", words[-1], False))
                self.is_torn = False
        else:
            self.changes.append(change)

    def _savepoint(self, name: str) -> int:
        sought = Change("", name, False)
        return max(place for place, change in enumerate(self.changes) if change == sought)

    def _commit(self, journal: Journal, mark: Mark, changes: Sequence[Change]) -> None:
        after = journal.append(mark, changes)
        try:
            sqlite3.Cursor(self).execute(WRITE_MARK, after)
            super().commit()
        except BaseException:
            journal.undo()
            raise

    def _clear(self) -> None:
        self.changes.clear()
        self.is_torn = False


class RecordingCursor(sqlite3.Cursor):
    """Notes each statement that changed something, with its parameters."""

    def execute(self, sql: str, parameters: Any = (), /) -> RecordingCursor:
        """Carry out a statement."""
        noted = _is_noted(sql)
        if noted:
            self._check()
        super().execute(sql, parameters)
        if noted:
            self._recording.note(Change(sql, parameters, False))
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> RecordingCursor:
        """Carry out a statement once for each row."""
        kept = list(rows)
        self._check()
        try:
            super().executemany(sql, kept)
        except BaseException:
            self._recording.is_torn = True
            raise
        self._recording.note(Change(sql, kept, True))
        return self

    @property
    def _recording(self) -> RecordingConnection:
        connection = self.connection
        assert isinstance(connection, RecordingConnection), "made by RecordingConnection.cursor"
        return connection

    def _check(self) -> None:
        if not self._recording.in_transaction:
            raise sqlite3.NotSupportedError("a change outside a transaction passes the journal by")


@lru_cache(maxsize=4096)
def _is_noted(sql: str) -> bool:
    verb = sql.split(None, 1)[0].upper().rstrip(";")
    if verb in {"COMMIT", "END"}:
        raise sqlite3.NotSupportedError("commit with the connection: it writes the journal")
    return verb not in {"SELECT", "PRAGMA", "EXPLAIN", "BEGIN"}


def read_mark(connection: sqlite3.Connection) -> Mark | None:
    """How far a database goes; None if it is older than the journal."""
    try:
        row = sqlite3.Cursor(connection).execute(READ_MARK).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return Mark(row[0], row[1]) if row else None
