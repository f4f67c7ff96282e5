"""What has happened is neither changed nor removed, whoever asks the database.

Method: plain SQL on each database, as a careless administrator would write it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.db import db
from sync.specimens import receipt_body
from tests.small_bank import Bank

TABLES = ["event", "verdict", "ledger", "commit_log"]


@pytest.fixture
def connection(bank: Bank) -> Iterator[Connection]:
    """A connection past all services, to a database with a receipt in it."""
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    phone.sync(bank.send)
    with bank.app.app_context():
        with db.engine.execution_options(write=True).connect() as connection:
            yield connection


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET branch_id = 'other'", "DELETE FROM {}", "REPLACE", "TRUNCATE {} CASCADE"],
)
def test_it_refuses_every_change(connection: Connection, table: str, statement: str) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if statement == "REPLACE":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if is_sqlite else ""
    if statement.startswith("TRUNCATE") and is_sqlite:
        statement = ""  # each engine has one way the other has not
    before = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    assert before > 0

    if statement:
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement.format(table)))
        connection.rollback()

    assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == before


def test_it_keeps_the_bytes_that_were_hashed(connection: Connection) -> None:
    import hashlib

    rows = connection.execute(text("SELECT hash, canonical FROM event")).all()

    assert len(rows) > 5
    assert all(hashlib.sha256(row.canonical).hexdigest() == row.hash for row in rows)


@pytest.mark.parametrize(
    ("table", "again"),
    [
        ("receipt", {"event_hash": "'" + "f" * 64 + "'"}),
        ("ledger", {}),
        ("event", {}),
        ("verdict", {}),
    ],
)
def test_it_holds_i29_and_i2_the_database_takes_nothing_twice(
    connection: Connection, table: str, again: dict[str, str]
) -> None:
    """A second applied slip of one number; the same leg, event or verdict once more."""
    columns = list(connection.execute(text(f"SELECT * FROM {table} LIMIT 1")).keys())
    values = ", ".join(again.get(name, name) for name in columns)
    copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        connection.execute(text(copy))
