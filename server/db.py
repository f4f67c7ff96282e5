"""The database object and the one transaction helper.

Every change of what a phone can see is one transaction with one tick of its branch
(sync-design 2.5). Business rows come first; the branch's clock row, the commit log, the
verdicts and the feed come last, so that the contended row is locked for a few statements only
and nothing else is locked after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

from alembic.config import Config
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, bindparam, event, text
from sqlalchemy.orm import DeclarativeBase, Session

from server.clock import now_ms
from server.journal import Journal, RecordingConnection
from server.rows import Rows, write_many
from sync.store import Busy


class Base(DeclarativeBase):
    """The parent of every table."""


db = SQLAlchemy(model_class=Base)

# PostgreSQL: wait this long for a lock before answering 503, in milliseconds.
LOCK_TIMEOUT_MS = 5_000
# SQLite: the same, for its one writer at a time. A field day of one phone takes some 100 ms.
BUSY_TIMEOUT_MS = 10_000
HASHES_A_QUERY = 500

_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()  # database -> who may write

TAKE_TICK = text("UPDATE clock SET tick = tick + 1 WHERE branch_id = :branch RETURNING tick")
LOG_COMMIT = text(
    "INSERT INTO commit_log (branch_id, tick, at_ms, actor, cause)"
    " VALUES (:branch, :tick, :at, :actor, :cause)"
)
HAD_VERDICTS = text(
    "SELECT event_hash, MAX(n) AS n FROM verdict"
    " WHERE branch_id = :branch AND event_hash IN :hashes GROUP BY event_hash"
).bindparams(bindparam("hashes", expanding=True))
NEWEST_OF_FEED = (
    " ON CONFLICT (branch_id, officer_id, etype, eid)"
    " DO UPDATE SET tick = excluded.tick, op = excluded.op"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictNote:
    """A verdict reached in this transaction; it gets the tick when the transaction ends."""

    event_hash: str
    verdict: str
    reason: str | None = None
    needs: str | None = None
    risk: str | None = None
    by_id: str | None = None


@dataclass(slots=True)
class Tx:
    """One write transaction of one branch.

    touch    names a row that changed, for the officers whose phones hold it.
    evict    names a row that an officer no longer sees.
    verdict  notes what became of an event.
    rows     The new rows that handlers of events write.
    tick     0 until the end; then the tick of the branch, if anything visible changed.
    """

    session: Session
    branch_id: str
    actor: str
    cause: str
    now_ms: int
    tick: int = 0
    rows: Rows = field(init=False)
    _feed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _verdicts: list[VerdictNote] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = Rows(self.session)

    def touch(self, etype: str, eid: str, *officer_ids: str) -> None:
        """The row (etype, eid) changed, or came into the scope of these officers."""
        for officer_id in officer_ids:
            self._feed[(officer_id, etype, eid)] = "upsert"

    def evict(self, etype: str, eid: str, *officer_ids: str) -> None:
        """These officers see the row (etype, eid) no longer."""
        for officer_id in officer_ids:
            self._feed[(officer_id, etype, eid)] = "evict"

    def verdict(self, note: VerdictNote) -> None:
        """Note a verdict; the latest of an event counts."""
        self._verdicts.append(note)

    def finish(self) -> None:
        """Take the tick and write what depends on it. Called once, by `transaction`."""
        self.session.flush()
        if not self._feed and not self._verdicts:
            return
        self.tick = take_tick(self.session, self.branch_id)
        self._log_commit()
        self._write_verdicts()
        self._write_feed()

    def _log_commit(self) -> None:
        self.session.execute(
            LOG_COMMIT,
            {
                "branch": self.branch_id,
                "tick": self.tick,
                "at": self.now_ms,
                "actor": self.actor,
                "cause": self.cause,
            },
        )

    def _write_verdicts(self) -> None:
        """Behind those that the events have; the clock's row keeps other writers away."""
        hashes = sorted({note.event_hash for note in self._verdicts})
        had: dict[str, int] = {}
        for start in range(0, len(hashes), HASHES_A_QUERY):
            chunk = hashes[start : start + HASHES_A_QUERY]
            rows = self.session.execute(HAD_VERDICTS, {"branch": self.branch_id, "hashes": chunk})
            had |= {row.event_hash: row.n for row in rows}
        values = []
        for note in self._verdicts:
            had[note.event_hash] = n = had.get(note.event_hash, 0) + 1
            values.append(
                {
                    "branch_id": self.branch_id,
                    "tick": self.tick,
                    "event_hash": note.event_hash,
                    "n": n,
                    "verdict": note.verdict,
                    "reason": note.reason,
                    "needs": note.needs,
                    "risk": note.risk,
                    "by_id": note.by_id,
                }
            )
        if values:
            write_many(self.session, "verdict", values)

    def _write_feed(self) -> None:
        values = [
            {
                "branch_id": self.branch_id,
                "tick": self.tick,
                "officer_id": officer_id,
                "etype": etype,
                "eid": eid,
                "op": op,
            }
            for (officer_id, etype, eid), op in sorted(self._feed.items())
        ]
        if values:
            write_many(self.session, "feed", values, NEWEST_OF_FEED)


def take_tick(session: Session, branch_id: str) -> int:
    """The next tick of a branch. Holds its clock row until the transaction ends."""
    row = session.execute(
        TAKE_TICK,
        {"branch": branch_id},
    ).one()
    return int(row.tick)


@contextmanager
def transaction(branch_id: str, *, actor: str, cause: str) -> Iterator[Tx]:
    """Open the one write transaction of a service: leaving commits, raising rolls back."""
    with _turn(db.engine), Session(db.engine, expire_on_commit=False) as session:
        session.connection(execution_options={"write": True})
        tx = Tx(session, branch_id, actor, cause, now_ms())
        try:
            yield tx
            tx.finish()
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """SQLite has one writer: the threads of this process queue for it.

    Without a queue each would try again every 100 ms, whoever came first; 32 phones in one evening
    waited for more than ten seconds so. Other processes still meet SQLite's own lock.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    lock = _TURNS.setdefault(engine, Lock())
    if not lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
        raise Busy
    try:
        yield
    finally:
        lock.release()


@contextmanager
def snapshot() -> Iterator[Session]:
    """A read-only session that sees one state of the database throughout."""
    with Session(db.engine, expire_on_commit=False) as session:
        session.connection(execution_options={"snapshot": True})
        yield session
        session.expunge_all()  # what was read stays readable; a rollback would expire it
        session.rollback()


def migration_config() -> Config:
    """What Alembic must know to bring the database of the running application up to date."""
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


def prepare_engine(engine: Engine, journal: Journal) -> None:
    """Set the pragmas and the BEGIN of SQLite, or the isolation and timeouts of PostgreSQL."""
    if engine.dialect.name == "sqlite":

        def connect(connection: RecordingConnection, _record: object) -> None:
            connection.journal = journal
            _sqlite_connect(connection)

        event.listen(engine, "connect", connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def _sqlite_connect(connection: RecordingConnection) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is not a snapshot (2.5)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose an acknowledged receipt in a power cut
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # or INSERT OR REPLACE would delete behind the triggers
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("snapshot", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
