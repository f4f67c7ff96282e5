"""A private PostgreSQL cluster for the tests: own folder, own port, gone when they end.

It never touches a cluster of the machine. The server process is told by the kernel to stop
when the test process dies, so that a killed test run leaves nothing behind.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

START_SECONDS_MAX = 60
ROLE = "doorstep"
PROGRAM_FOLDERS = "/usr/lib/postgresql"  # Debian keeps one folder per version, outside PATH


class PostgresMissing(Exception):
    """PostgreSQL is not installed; the sentence says what to do."""


@dataclass(slots=True)
class Cluster:
    """A running cluster. `new_database` makes an empty one, or a copy of another."""

    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes]
    _made: int = field(default=0)

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database and give its SQLAlchemy address. `template`: address or name."""
        self._made += 1
        name = f"test_{self._made}"
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LOCALE 'C'").format(
                sql.Identifier(name), sql.Identifier(template.rsplit("/", 1)[-1])
            )
        )
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        name = sql.Identifier(url.rsplit("/", 1)[-1])
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def kill(self) -> None:
        """End it as a power cut would: nothing is flushed, nothing is said."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def base_backup(self) -> None:
        """Copy the running cluster's files; the WAL to go with them comes from the archive."""
        password = f"PGPASSWORD={self.password}"
        copy = [f"{binaries()}/pg_basebackup", "-X", "none", "-c", "fast", "-D", self._base]
        copy += ["-h", "127.0.0.1", "-p", str(self.port), "-U", ROLE]
        _run(["env", password, *copy], self.folder)

    def archive_now(self) -> None:
        """Finish the present file of the WAL, so that it is archived."""
        self._administer(sql.SQL("SELECT pg_switch_wal()"))

    def recover(self) -> None:
        """Start from the base backup and the archive, to the end of the archive, and wait."""
        data = Path(self._base)
        for path in (data / "recovery.signal", data / "postgresql.auto.conf"):
            with path.open("a") as file:
                if path.suffix == ".conf":
                    file.write(f"restore_command = 'cp {self.folder}/archive/%f %p'\n")
            if os.geteuid() == 0:
                os.chown(path, *_owner())
        self.process = _serve(self.folder, data, self.port, _options(True, self.folder))
        _wait(self)
        deadline = time.monotonic() + START_SECONDS_MAX
        while self._is_recovering():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    @property
    def _base(self) -> str:
        return str(self.folder / "base")

    def _is_recovering(self) -> bool:
        try:
            self._administer(sql.SQL("CREATE TEMPORARY TABLE writable ()"))
        except psycopg.errors.ReadOnlySqlTransaction:
            return True
        return False

    def is_up(self) -> bool:
        """Does the cluster take connections yet?"""
        try:
            self._administer(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def _administer(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ROLE,
            password=self.password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            connection.execute(statement)


def binaries() -> Path:
    """The folder with initdb and postgres; of several versions the newest."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path(PROGRAM_FOLDERS).glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing(
        "PostgreSQL is not installed; install the Debian package postgresql"
        " (make test does it when run as root)."
    )


@contextmanager
def private_cluster(*, fsync: bool = True, archives: bool = False) -> Iterator[Cluster]:
    """Start a cluster on a free port, and remove every trace of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-postgres-"))
    try:
        cluster = _start(folder, _options(fsync, folder if archives else None))
        try:
            _wait(cluster)
            yield cluster
        finally:
            _stop(cluster.process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, options: dict[str, str]) -> Cluster:
    """Make the cluster's files and start it; PostgreSQL refuses to run as root."""
    password, port = secrets.token_hex(16), _free_port()
    (folder / "password").write_text(password)
    (folder / "archive").mkdir()
    if os.geteuid() == 0:
        for path in (folder, folder / "password", folder / "archive"):
            os.chown(path, *_owner())
    data = folder / "data"
    create = [f"{binaries()}/initdb", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", str(data)]
    create += [f"--username={ROLE}", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    _run(create, folder)
    return Cluster(folder, port, password, _serve(folder, data, port, options))


def _run(command: list[str], folder: Path) -> None:
    with (folder / "log").open("ab") as log:
        assert _spawn(command, log.fileno(), folder).wait() == 0, (folder / "log").read_text()


def _serve(folder: Path, data: Path, port: int, options: dict[str, str]) -> subprocess.Popen[bytes]:
    serve = [f"{binaries()}/postgres", "-D", str(data), "-p", str(port), "-k", str(folder)]
    for name, value in options.items():
        serve += ["-c", f"{name}={value}"]
    with (folder / "log").open("ab") as log:
        return _spawn(serve, log.fileno(), folder)


def _owner() -> tuple[int, int]:
    owner = pwd.getpwnam("postgres")
    return owner.pw_uid, owner.pw_gid


def _options(fsync: bool, archived_in: Path | None) -> dict[str, str]:
    """What differs from PostgreSQL's own defaults."""
    options = {
        "listen_addresses": "127.0.0.1",
        "fsync": "on" if fsync else "off",
        "max_connections": "60",
        "timezone": "UTC",
        "lc_messages": "C",
    }
    if archived_in is None:
        return options
    to = archived_in / "archive"
    copy = f"test ! -f {to}/%f && cp %p {to}/.%f && sync {to}/.%f && mv {to}/.%f {to}/%f"
    return {**options, "archive_mode": "on", "archive_command": copy}


def _spawn(command: list[str], log: int, folder: Path) -> subprocess.Popen[bytes]:
    if shutil.which("setpriv"):  # SIGINT is PostgreSQL's word for a fast, clean stop
        command = ["setpriv", "--pdeathsig", "INT", "--", *command]
    as_root = os.geteuid() == 0
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
        user="postgres" if as_root else None,
        group="postgres" if as_root else None,
        extra_groups=[] if as_root else None,
        start_new_session=True,
    )


def _wait(cluster: Cluster) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not cluster.is_up():
        log = cluster.folder / "log"
        assert cluster.process.poll() is None, f"PostgreSQL ended: {log.read_text()}"
        assert time.monotonic() < deadline, f"PostgreSQL is not up: {log.read_text()}"
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(2)  # SIGINT: fast shutdown
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
