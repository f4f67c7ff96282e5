"""The floor under a storm: the rows that it left, put in by the plain driver, one officer a time.

Nothing is checked, judged or answered: what remains is what the database itself costs at the same
durability (SQLite: WAL with synchronous=FULL; PostgreSQL: synchronous_commit=on).
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.procs import cpu_seconds, family_of
from tests.postgres import Cluster

# table -> the column that holds the hash of the event which its rows come from
TABLES = {
    "event": "hash",
    "verdict": "event_hash",
    "ledger": "event_hash",
    "receipt": "event_hash",
    "visit": "event_hash",
    "notice": "made_hash",
}

Portion = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Floor:
    """Processor and wall seconds for all officers together, and how many rows there were."""

    cpu: float
    wall: float
    rows: int
    officers: int

    @property
    def cpu_ms_an_officer(self) -> float:
        """Processor milliseconds for one officer's rows."""
        return 1000 * self.cpu / self.officers


def floor_of(url: str, before: Path | None, cluster: Cluster | None) -> Floor:
    """Read the storm's rows from this database, and put them into a copy or a scratch table."""
    if before is not None:
        return _sqlite_floor(Path(url.removeprefix("sqlite:///")), before)
    assert cluster is not None
    return _postgres_floor(url.replace("+psycopg", ""), cluster)


def _portions(rows_of: Any) -> list[Portion]:
    """The rows by the push that made them: one portion is one officer's transaction.

    rows_of  table -> (column of the hash, list of (tick, row))
    """
    portions: dict[int, Portion] = defaultdict(dict)
    for table, rows in rows_of.items():
        for tick, row in rows:
            portions[tick].setdefault(table, []).append(row)
    return list(portions.values())


QUERY = (
    "SELECT v.tick, t.* FROM {table} t JOIN verdict v"
    " ON v.branch_id = t.branch_id AND v.event_hash = t.{column} AND v.n = 1"
    " JOIN commit_log c ON c.branch_id = v.branch_id AND c.tick = v.tick"
    " WHERE c.cause = 'push' AND v.tick > {since} ORDER BY v.tick"
)


def _sqlite_floor(after: Path, before: Path) -> Floor:
    with closing(sqlite3.connect(before)) as old:
        since = old.execute("SELECT max(tick) FROM commit_log").fetchone()[0]
    with closing(sqlite3.connect(after)) as new:
        rows = {
            table: [
                (row[0], row[1:])
                for row in new.execute(QUERY.format(table=table, column=column, since=since))
            ]
            for table, column in TABLES.items()
        }
    portions = _portions(rows)
    with closing(sqlite3.connect(before, isolation_level=None)) as database:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            database.execute(f"PRAGMA {pragma}")
        cpu, wall = time.process_time(), time.perf_counter()
        for portion in portions:
            database.execute("BEGIN IMMEDIATE")
            for table, some in portion.items():
                marks = ",".join("?" * len(some[0]))
                database.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
            database.execute("COMMIT")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Floor(cpu, wall, _count(portions), len(portions))


def _postgres_floor(url: str, cluster: Cluster) -> Floor:
    """Into empty tables of the same form (keys and indexes too), in a schema of their own."""
    with psycopg.connect(url, autocommit=True) as database:
        since = _last_tick_before(database)
        rows = {
            table: [
                (row[0], row[1:])
                for row in database.execute(QUERY.format(table=table, column=column, since=since))
            ]
            for table, column in TABLES.items()
        }
        portions = _portions(rows)
        database.execute("CREATE SCHEMA floor")
        for table in TABLES:
            made = f"CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL)"
            database.execute(made)
        start = cpu_seconds(family_of(cluster.process.pid)) + time.process_time()
        wall = time.perf_counter()
        for portion in portions:
            _put(database, portion)
        wall = time.perf_counter() - wall
        cpu = cpu_seconds(family_of(cluster.process.pid)) + time.process_time() - start
        database.execute("DROP SCHEMA floor CASCADE")
    return Floor(cpu, wall, _count(portions), len(portions))


def _last_tick_before(database: psycopg.Connection[Any]) -> int:
    """The storm is the run of pushes at the end; before it came the morning's exchanges."""
    row = database.execute(
        "SELECT coalesce(max(tick), 0) FROM commit_log WHERE cause = 'issue_book'"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _put(database: psycopg.Connection[Any], portion: Portion) -> None:
    with database.transaction(), database.cursor() as cursor:
        for table, some in portion.items():
            marks = ",".join(["%s"] * len(some[0]))
            cursor.executemany(
                f"INSERT INTO floor.{table} VALUES ({marks})",
                some,
            )


def _count(portions: list[Portion]) -> int:
    return sum(len(rows) for portion in portions for rows in portion.values())
