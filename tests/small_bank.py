"""A small bank to test with: one branch, the cast, four households, and phones over the real API.

The clock stands still until a test moves it. Nothing here is a mock: phones are sync.client.Phone,
and their requests go through the Flask application.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from server import create_app
from server.clock import at_hour
from server.db import db, snapshot
from server.device_key import DeviceKey
from server.office.master_data import AreaData, HouseholdData, LoanData, MasterData
from server.services import ledger
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.enrolment import issue_code
from server.services.issue_book import issue_book
from server.services.load_master import load_master
from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.settings import Settings
from server.tables import ReceiptBook
from sync.client import Phone, World
from sync.receipts import Book
from sync.specimens import MONDAY
from sync.transport import Reply, Request

BRANCH = "tangchong"
LI_WEI, ZHANG_MIN = "officer-1", "officer-2"
CHEN_JIE, ZHOU_LAN, WU_PING = "supervisor-1", "cashier-1", "auditor-1"
PASSWORD = "a long password"

STAFF = (
    NewStaff(id=LI_WEI, name="李薇", username="liwei", password=PASSWORD, roles=("collector",)),
    NewStaff(
        id=ZHANG_MIN, name="张敏", username="zhangmin", password=PASSWORD, roles=("collector",)
    ),
    NewStaff(
        id=CHEN_JIE, name="陈杰", username="chenjie", password=PASSWORD, roles=("supervisor",)
    ),
    NewStaff(id=ZHOU_LAN, name="周兰", username="zhoulan", password=PASSWORD, roles=("cashier",)),
    NewStaff(id=WU_PING, name="吴平", username="wuping", password=PASSWORD, roles=("auditor",)),
)

AREA = AreaData(
    id="WOSHUI",
    name="涡水镇",
    level="TOWN",
    population=7800,
    committees=("马头冲", "黄家冲"),
    economy=None,
    counts_household_total=True,
)
HOUSEHOLDS = tuple(
    HouseholdData(id=f"W{n}", name=name, area="WOSHUI", village=village)
    for n, (name, village) in enumerate(
        [("王刚", "马头冲"), ("黄大山", "马头冲"), ("测三", "黄家冲"), ("测四", "黄家冲")], 1
    )
)
LOANS = tuple(
    LoanData(
        id=f"L-W{n}",
        household=f"W{n}",
        principal_fen=5000_00,
        interest_fen=300_00,
        due_on="2024-11-30",
        loan_on="2023-11-30",
    )
    for n in range(1, 5)
)


@dataclass(slots=True)
class Hands:
    """A clock that a test moves by hand, in ms UTC."""

    now: int = at_hour(MONDAY, 9)

    def __call__(self) -> int:
        return self.now

    def pass_minutes(self, minutes: int) -> None:
        self.now += minutes * 60_000


@dataclass(slots=True)
class Bank:
    """The branch and its application."""

    app: Flask
    url: str
    clock: Hands
    random: random.Random = field(default_factory=lambda: random.Random(20260302))

    @property
    def http(self) -> FlaskClient:
        return self.app.test_client()

    def close(self) -> None:
        """Let go of the database, so that it can be dropped."""
        with self.app.app_context():
            db.engine.dispose()

    def world(self) -> World:
        return World(now_ms=self.clock, random_bytes=self.random.randbytes)

    def code(self, officer_id: str) -> str:
        with self.app.app_context():
            return issue_code(BRANCH, officer_id, issued_by=CHEN_JIE, minutes=10)

    def phone(self, officer_id: str = LI_WEI, *, numbers: int = 50) -> Phone:
        """A phone of an officer, enrolled and synced, with a book of receipt numbers."""
        phone = Phone(DeviceKey(), self.world())
        answer = self.http.post("/v1/enrol", data=phone.enrol_request(self.code(officer_id)))
        assert answer.status_code == 201, answer.json
        phone.absorb_enrolment(answer.data)
        if numbers:
            self.issue(officer_id, numbers)
        phone.sync(self.send)
        return phone

    def issue(self, officer_id: str, numbers: int) -> None:
        """Issue a book behind all others; on the first of each officer."""
        with self.app.app_context():
            with snapshot() as session:
                last = max(session.scalars(select(ReceiptBook.to_no)), default=100)
            book = Book("SJ", last + 1, last + numbers, 6)
            issue_book(BRANCH, book, officer_id=officer_id, by=ZHOU_LAN)

    def publish(self, officer_id: str, household_ids: list[str]) -> None:
        """Publish a sweep of this week for an officer."""
        week = Week(
            officer_id=officer_id,
            second_officer_id=None,
            starts_on=MONDAY,
            ends_on="2026-03-06",
        )
        with self.app.app_context():
            sweep = draft_sweep(BRANCH, week, by=CHEN_JIE)
            stops = [(household_id, MONDAY) for household_id in household_ids]
            plan_stops(BRANCH, sweep, stops, by=CHEN_JIE)
            publish_sweep(BRANCH, sweep, by=CHEN_JIE)

    @overload
    def send(self, given: Request) -> Reply: ...

    @overload
    def send(self, given: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]: ...

    def send(
        self, given: Request | bytes, headers: Mapping[str, str] | None = None
    ) -> Reply | tuple[int, bytes]:
        """The transport of a phone; or one POST of a body to /v1/sync, for its status and body."""
        if isinstance(given, Request):
            return self._carry(given)
        reply = self._carry(Request("POST", "/v1/sync", headers or {}, given))
        return reply.status, reply.body

    def _carry(self, request: Request) -> Reply:
        sent = {"Accept-Encoding": "gzip", **request.headers}
        answer = self.http.open(
            request.path, method=request.method, data=request.body, headers=sent
        )
        is_packed = answer.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(answer.data) if is_packed else answer.data
        return Reply(answer.status_code, body, dict(answer.headers))

    def balance(self, account: str) -> int:
        with self.app.app_context(), snapshot() as session:
            return ledger.balance(session, BRANCH, account)

    def balances(self) -> dict[str, int]:
        """Every account of the branch that is not zero."""
        with self.app.app_context(), snapshot() as session:
            sums = ledger.balances(session, BRANCH, "")
            return {account: fen for account, fen in sums.items() if fen}

    def query(self, statement: Any) -> list[Any]:
        """The rows of a statement, for looking at what is stored."""
        with self.app.app_context(), snapshot() as session:
            return list(session.execute(statement).all())

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table of this branch."""
        with self.app.app_context(), snapshot() as session:
            return list(session.scalars(select(table)))


@dataclass(frozen=True, slots=True)
class Founded:
    """Where a founded bank lies: its database, and the folder with its keys."""

    url: str
    folder: Path


def found_bank(url: str, folder: Path) -> Bank:
    """Found the bank in a migrated database."""
    bank = open_bank(url, folder)
    with bank.app.app_context():
        create_branch(
            BRANCH, code="12", name="塘冲分社", institution="信用社", contact_phone="076300000"
        )
        for person in STAFF:
            add_staff(BRANCH, person)
        master = MasterData(areas=(AREA,), households=HOUSEHOLDS, loans=LOANS)
        load_master(BRANCH, master, as_of="2026-02-28", by=CHEN_JIE)
    return bank


def open_bank(url: str, folder: Path) -> Bank:
    """The application over a database that holds the bank already."""
    clock = Hands()
    app = create_app(Settings(data_dir=folder, database_url=url), clock=clock)
    app.testing = True
    return Bank(app, url, clock)


def copy_bank(original: Founded, url: str, folder: Path) -> Bank:
    """The bank in a copy of its database, with the keys of the original."""
    for name in ("secret.key", "office.pem"):
        (folder / name).write_bytes((original.folder / name).read_bytes())
    return open_bank(url, folder)
