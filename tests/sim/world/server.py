"""The server's side: the real application on SQLite, killed and set back at will.

One application serves every seed of a process; a seed begins with a copy of a filled database.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.test import Client, EnvironBuilder

import server.keys
import sync.pull
from server import create_app
from server.catch_up import catch_up
from server.db import db
from server.journal import Journal
from server.services import tend
from server.services.backup import make_backup
from server.services.epochs import settle_epoch
from server.services.finish_restore import finish_restore
from server.services.projection import Projection
from server.services.restore import Wish, put_back
from server.settings import Settings
from sync.store import Recorded
from sync.verdicts import Verdict
from tests.sim.world.setting import MORNING, fill

T = TypeVar("T")
SECRET = "the secret of the simulation"


class ServerKilled(BaseException):
    """The process of the server ended here. No handler of the application may catch it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Seeded:
    """In place of `secrets` in server/keys.py: the same bytes for the same seed."""

    def __init__(self) -> None:
        self.random = Random(0)

    def token_bytes(self, count: int) -> bytes:
        """See secrets."""
        return self.random.randbytes(count)

    def token_hex(self, count: int) -> str:
        """See secrets."""
        return self.random.randbytes(count).hex()


class Server:
    """The application, its database and its clock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.file = folder, folder / "doorstep.db"
        self.template = folder / "template.db"
        self.now = MORNING
        self.chance = Seeded()
        self.replaced: list[tuple[object, str, object]] = []
        self._replace(server.keys, "secrets", self.chance)
        self._replace(server.keys, "_new_pem", _pem)
        self.settings = settings = Settings(
            data_dir=folder,
            database_url=f"sqlite:///{self.file}",
            secret_key=SECRET,
            backups_kept=1000,
        )
        shutil.rmtree(settings.journal_folder, ignore_errors=True)
        settings.journal_folder.mkdir(parents=True)
        self.app = create_app(settings, clock=lambda: self.now)
        self.journal: Journal = self.app.extensions["journal"]
        self.client = Client(self.app)
        self.dies: tuple[int, str] | None = None
        self.poison = 0
        self.kept: list[Path] = []
        self.looking: sqlite3.Connection | None = None
        with self.app.app_context():
            fill()
            self._arm()
        self._close()
        self._copy(self.file, self.template)

    def end(self) -> None:
        """Leave the process as it was: other tests run in it too."""
        self._close()
        for holder, name, value in reversed(self.replaced):
            setattr(holder, name, value)

    def limit_pages(self, limit: int) -> None:
        """Give out about so many bytes at a time, whatever a phone asks for."""
        self._replace(sync.pull, "LIMIT_BYTES_MIN", limit)
        self._replace(sync.pull, "LIMIT_BYTES_MAX", limit)

    def _replace(self, holder: object, name: str, value: object) -> None:
        self.replaced.append((holder, name, getattr(holder, name)))
        setattr(holder, name, value)

    def begin(self, seed: str) -> None:
        """The first morning: the template's database, and the chance of this seed."""
        self._close()
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        self.journal.folder.mkdir()
        self._copy(self.template, self.file)
        tend._last_ms.clear()
        self.chance.random = Random(f"server {seed}")
        # What a process keeps in memory goes by the name of history: no seed may see another's.
        with sqlite3.connect(self.file, isolation_level=None) as database:
            database.execute("UPDATE epoch SET epoch = ?", [self.chance.token_bytes(8).hex()])
        database.close()
        self.now, self.dies = MORNING, None
        self.kept = []

    def call(self, ask: Mapping[str, Any], body: bytes, length: int | None = None) -> Answer:
        """One request; `length` was announced when the body is cut. Raises ServerKilled."""
        builder = EnvironBuilder(path=ask["path"], method=ask["method"], headers=ask["headers"])
        environ = builder.get_environ()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body) if length is None else length)
        environ["HTTP_ACCEPT_ENCODING"] = "gzip, deflate, br"
        try:
            response = self.client.open(environ)
        except ServerKilled:
            self.restart()
            raise
        kept = ("Content-Encoding", "Retry-After", "Doorstep-Length", "Content-Range")
        headers = {name: response.headers[name] for name in kept if name in response.headers}
        return Answer(response.status_code, headers, response.data)

    def office(self, act: Callable[[], T]) -> T:
        """Something done in the office, within the application."""
        with self.app.app_context():
            return act()

    def restart(self) -> None:
        """A new process over the same database and its journal."""
        self.dies = None
        self._close()
        catch_up(self.file, self.journal.folder, self.folder)
        self.office(settle_epoch)

    def backup(self) -> int:
        """Make a backup with the real command's code, which verifies it; its number."""
        made = self.office(lambda: make_backup(self.settings, self.journal))
        self.kept.append(made.folder)
        return len(self.kept) - 1

    def restore(self, number: int, *, has_journal: bool) -> tuple[str, ...]:
        """A backup comes back; its journal survived on another disk, or not. What was found."""
        self._close()
        journal = self.journal.folder if has_journal else None
        put_back(self.settings, Wish(backup=self.kept[number], journal=journal, replaces=True))
        self.restart()
        return self.office(finish_restore).findings

    def sql(self, query: str, *values: object) -> list[Any]:
        """Rows of the database as it is on disk, seen from another connection."""
        if self.looking is None:
            self.looking = sqlite3.connect(self.file, isolation_level=None)
        return self.looking.execute(query, values).fetchall()

    def _arm(self) -> None:
        """Let a commit be the last thing that the process does, or be the first it does not do."""
        dialect = db.engine.dialect
        commit = dialect.do_commit

        append = self.journal.append

        def append_and_die(*given: Any) -> Any:
            after = append(*given)
            if self.dies == (-1, "between"):
                raise ServerKilled
            return after

        vars(self.journal)["append"] = append_and_die

        project = Projection.__call__

        def fail_over_some(self: Projection, recorded: Recorded, verdict: Verdict) -> None:
            project(self, recorded, verdict)
            if mine.poison > 0:
                mine.poison -= 1
                raise RuntimeError("our own mistake")

        mine = self
        self._replace(Projection, "__call__", fail_over_some)

        def commit_or_die(connection: Any) -> None:
            if self.dies is None:
                commit(connection)
                return
            count, when = self.dies
            self.dies = (count - 1, when)
            if count == 0 and when == "before":
                raise ServerKilled
            commit(connection)
            if count == 0 and when == "after":
                raise ServerKilled

        vars(dialect)["do_commit"] = commit_or_die

    def _close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.journal.close()
        if self.looking is not None:
            self.looking.close()
            self.looking = None

    def _copy(self, source: Path, target: Path) -> None:
        for ending in ("-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _pem() -> str:
    """A key of the office, the same in every process."""
    key = ec.derive_private_key(20260302, ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
