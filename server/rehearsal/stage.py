"""The stage of a rehearsal: a fresh server on a free local port, a clock that can be set, phones.

Everything between phone and server goes over real HTTP. What people of the office do is done
through the services, as the console does it.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from server import create_app
from server.clock import at_hour
from server.db import db
from server.device_key import DeviceKey
from server.keys import random_bytes
from server.office.master_data import MasterData
from server.rehearsal.line import Line
from server.services import branches, enrolment, installation
from server.services.load_master import load_master
from server.settings import Settings
from sync.client import Phone, World
from sync.transport import Request

BRANCH = "rehearsal"
SUPERVISOR, CASHIER = "rehearsal-supervisor", "rehearsal-cashier"
# Invented names; officers beyond the cast are called by their number.
OFFICERS = {"officer-1": "李薇", "officer-2": "张敏"}
OFFICE = {SUPERVISOR: ("陈杰", "supervisor"), CASHIER: ("周兰", "cashier")}

HOST = "127.0.0.1"
TIMEOUT_S = 60
ENROL_MINUTES = 60


@dataclass(slots=True)
class Hands:
    """A clock with hands that the rehearsal moves: milliseconds since 1970, UTC."""

    now_ms: int = 0

    def __call__(self) -> int:
        """What time it is."""
        return self.now_ms

    def set(self, day: str, hour: int, minute: int = 0) -> None:
        """Set the clock in Shanghai. It never goes back."""
        self.now_ms = max(self.now_ms, at_hour(day, hour, minute))


class _Quiet(WSGIRequestHandler):
    """Requests of a rehearsal are not logged: its output is the report."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """A running server with its branch and its phones. flat: officers whose phone has no power."""

    app: Flask
    hands: Hands
    port: int
    phones: dict[str, Phone] = field(default_factory=dict)
    flat: set[str] = field(default_factory=set)

    def exchange(self, officer: str) -> None:
        """The officer's phone talks to the server until both have everything."""
        if officer not in self.flat:
            self.phones[officer].sync(self._line)

    def exchange_with_a_lost_answer(self, officer: str) -> None:
        """The first answer gets lost on the way; the phone sends the same again."""
        phone = self.phones[officer]
        body = phone.build_sync()
        self._line(Request("POST", "/v1/sync", phone.headers(body), body))
        phone.sync(self._line)

    @property
    def _line(self) -> Line:
        return Line(HOST, self.port, TIMEOUT_S)

    def enrol(self, officer: str) -> Phone:
        """Give an officer a phone: a code from the supervisor, a key made on the phone."""
        with self.app.app_context():
            code = enrolment.issue_code(
                BRANCH, officer, issued_by=SUPERVISOR, minutes=ENROL_MINUTES
            )
        world = World(now_ms=self.hands, random_bytes=random_bytes)
        phone = Phone(DeviceKey(), world)
        json_headers = {"Content-Type": "application/json"}
        reply = self._line(Request("POST", "/v1/enrol", json_headers, phone.enrol_request(code)))
        assert reply.status == 201, f"enrolment answered {reply.status}: {reply.body.decode()}"
        phone.absorb_enrolment(reply.body)
        self.phones[officer] = phone
        return phone


@contextmanager
def open_stage(first_day: str) -> Iterator[Stage]:
    """A server in a temporary folder, with an empty branch, in the early morning of a day."""
    hands = Hands()
    hands.set(first_day, 6)
    with tempfile.TemporaryDirectory(prefix="doorstep-rehearsal-") as folder:
        app = create_app(Settings(data_dir=Path(folder)), clock=hands)
        with app.app_context():
            installation.initialise()
            branches.create_branch(
                BRANCH, code="001", name="演练分社", institution="演练机构", contact_phone="—"
            )
        server = make_server(HOST, 0, app, threaded=True, request_handler=_Quiet)
        try:
            with _running(server):
                yield Stage(app=app, hands=hands, port=server.server_port)
        finally:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def _running(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def add_people(stage: Stage, officers: list[str]) -> None:
    """The office and the officers. Nobody signs in: the passwords are random and forgotten."""
    named = {officer: OFFICERS.get(officer, officer) for officer in [*OFFICERS, *officers]}
    people = [(one, name, "collector") for one, name in named.items()]
    people += [(one, name, role) for one, (name, role) in OFFICE.items()]
    with stage.app.app_context():
        for one, name, role in people:
            branches.add_staff(
                BRANCH,
                branches.NewStaff(
                    id=one, name=name, username=one, password=random_bytes(16).hex(), roles=(role,)
                ),
            )


def load(stage: Stage, master: MasterData, *, as_of: str) -> None:
    """The master data as the core system gave it."""
    with stage.app.app_context():
        load_master(BRANCH, master, as_of=as_of, by=SUPERVISOR)
