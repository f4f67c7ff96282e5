"""The private PostgreSQL of the tests: it is real, it is alone, and it ends with the tests."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time

import psycopg
import pytest

from tests import postgres as subject
from tests.postgres import Cluster, PostgresMissing, binaries

START_AND_SAY_WHERE = """
import time
from tests.postgres import private_cluster
with private_cluster(fsync=False) as cluster:
    print(cluster.port, cluster.folder, flush=True)
    time.sleep(60)
"""


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_it_gives_each_test_an_empty_database(postgres: Cluster) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    with connect(first) as connection:
        connection.execute("CREATE TABLE receipt (fen bigint)")

    with connect(second) as connection:
        found = connection.execute("SELECT to_regclass('receipt')").fetchone()

    assert found == (None,)


def test_it_copies_a_database(postgres: Cluster) -> None:
    template = postgres.new_database()
    with connect(template) as connection:
        connection.execute("CREATE TABLE receipt AS SELECT 60000 AS fen")

    with connect(postgres.new_database(template)) as connection:
        assert connection.execute("SELECT fen FROM receipt").fetchone() == (60000,)


def test_it_waits_for_the_disk_unless_told_otherwise(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_it_drops_a_database_that_somebody_still_uses(postgres: Cluster) -> None:
    url = postgres.new_database()

    with connect(url) as connection:
        postgres.drop_database(url)

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_it_lets_nobody_in_without_the_password(postgres: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(postgres.url("postgres").replace(postgres.password, "wrong"))


def test_it_ends_when_the_tests_are_killed() -> None:
    maker = subprocess.Popen(
        [sys.executable, "-c", START_AND_SAY_WHERE], stdout=subprocess.PIPE, text=True
    )
    assert maker.stdout
    port, folder = maker.stdout.readline().split()

    maker.send_signal(signal.SIGKILL)
    maker.wait()
    maker.stdout.close()

    deadline = time.monotonic() + 20
    while listens(int(port)):
        assert time.monotonic() < deadline, f"PostgreSQL in {folder} outlived its maker"
        time.sleep(0.1)
    shutil.rmtree(folder)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_says_what_to_install_without_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PROGRAM_FOLDERS", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(PostgresMissing, match="install the Debian package postgresql"):
        binaries()
