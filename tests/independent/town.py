"""A real server process with a small bank, and the HTTP by which the second client reaches it."""

from __future__ import annotations

import http.client
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server import create_app
from server.clock import today
from server.db import db, snapshot
from server.services import ledger
from server.services.enrolment import issue_code
from server.services.epochs import renew_epoch
from server.services.issue_book import issue_book
from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.settings import Settings
from sync.receipts import Book
from tests.independent.client import Phone
from tests.independent.line import Answer, Broken, Send
from tests.sim.server_process import ServerProcess
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN

SECONDS_MAX = 20


def over(port: int) -> Send:
    """Requests over real HTTP to a port: of the server, or of a proxy before it."""

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
        try:
            line.request(method, path, body or None, dict(headers))
            answer = line.getresponse()
            return _read(answer, method)
        except http.client.HTTPException as broken:
            raise Broken from broken
        finally:
            line.close()

    return send


def _read(answer: http.client.HTTPResponse, method: str) -> Answer:
    """What came of it, also when the rest never came."""
    headers = {name.lower(): value for name, value in answer.getheaders()}
    body, broke = b"", False
    try:
        while part := answer.read1(65_536):
            body += part
    except (OSError, http.client.HTTPException):
        broke = True
    if answer.status == 204 or method == "HEAD":
        return Answer(answer.status, headers, body)
    is_whole = not broke and answer.length in (0, None)
    if not body and (not is_whole or headers.get("content-length") != "0"):
        raise Broken("not even the head has come")
    return Answer(answer.status, headers, body, is_whole)


class Town:
    """The bank, its server process, and a look into its database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app = create_app(Settings(data_dir=folder, database_url=url))
        self.folder = folder
        self.server = ServerProcess(url, folder)
        self.server.start()
        self.books = 100

    def close(self) -> None:
        """End the server, let go of the database."""
        self.server.close()
        with self.app.app_context():
            db.engine.dispose()

    def phone(self, send: Send | None = None, officer: str = LI_WEI) -> Phone:
        """A phone of an officer, enrolled, with a published week and a book of 50 numbers."""
        phone = Phone(send or over(self.server.port), lambda: int(time.time() * 1000))
        with self.app.app_context():
            phone.enrol(issue_code(BRANCH, officer, issued_by=CHEN_JIE, minutes=10))
            if self.books == 100:
                self._publish(officer)
            book = Book("SJ", self.books + 1, self.books + 50, 6)
            issue_book(BRANCH, book, officer_id=officer, by=ZHOU_LAN)
        self.books += 50
        return phone

    def _publish(self, officer: str) -> None:
        first = date.fromisoformat(today())
        week = Week(
            officer_id=officer, second_officer_id=None, starts_on=first.isoformat(),
            ends_on=(first + timedelta(days=4)).isoformat(),
        )  # fmt: skip
        sweep = draft_sweep(BRANCH, week, by=CHEN_JIE)
        stops = [(f"W{n}", first.isoformat()) for n in range(1, 5)]
        plan_stops(BRANCH, sweep, stops, by=CHEN_JIE)
        publish_sweep(BRANCH, sweep, by=CHEN_JIE)

    def save(self, folder: Path) -> None:
        """Copy the database (SQLite) aside, as it is now."""
        with self.app.app_context():
            file = db.engine.url.database or ""
        with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(folder)) as copy:
            here.backup(copy)

    def restore(self, saved: Path) -> None:
        """The disk with all that came later is gone: an older database, a new epoch."""
        self.server.kill()
        with self.app.app_context():
            db.engine.dispose()
            file = Path(str(db.engine.url.database))
            for old in file.parent.glob(file.name + "*"):
                old.unlink()
            file.write_bytes(saved.read_bytes())
            shutil.rmtree(self.folder / "journal", ignore_errors=True)
            renew_epoch("restored by a test")
        self.server.start()

    def run(self, statement: str, **given: Any) -> None:
        """Change something behind the server's back."""
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(text(statement), given)

    def rows(self, statement: str, **given: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.app.app_context(), db.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), given)]

    def hand_fen(self, officer: str = LI_WEI) -> int:
        """What the books put into the officer's hand."""
        with self.app.app_context(), snapshot() as session:
            return ledger.balance(session, BRANCH, f"hand:{officer}")


class Watch:
    """Requests on their way, noted; a test may change an answer before it is read."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.seen: list[tuple[str, str, int]] = []
        self.change: Callable[[Answer], Answer] = lambda answer: answer
        self.on_break: Callable[[Mapping[str, str]], None] = lambda headers: None

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            answer = self.change(self._send(method, path, headers, body))
        except OSError:
            self.seen.append((method, path, 0))
            self.on_break(headers)
            raise
        self.seen.append((method, path, answer.status))
        return answer
