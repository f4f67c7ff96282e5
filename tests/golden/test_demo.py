"""The demonstration branch: complete at once, kept at a second run, ready for a phone.

Method: the branch is made in a folder of its own; a phone of pure Python enrols and fetches its
work through the application's own client.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from server import create_app
from server.clock import at_hour
from server.commands.demo import command
from server.db import db, snapshot
from server.demo.portfolio import golden_portfolio, large_portfolio
from server.demo.set_up import OFFICER, OtherData, set_up, this_monday
from server.demo.sign_ins import BRANCH
from server.device_key import DeviceKey
from server.keys import random_bytes
from server.services import branches
from server.services.enrolment import issue_code
from server.services.installation import initialise
from server.services.loan_events import limitation_of
from server.services.passwords import password_fits
from server.settings import Settings
from server.tables import EventRow, Loan, Staff
from sync.client import Phone, World
from sync.transport import Reply, Request
from tests.golden.weeks import golden, record

WEDNESDAY, SATURDAY = "2026-11-25", "2026-11-28"


class Day:
    """A clock that stands at nine on a day."""

    def __init__(self, day: str) -> None:
        self.day = day

    def __call__(self) -> int:
        return at_hour(self.day, 9)


@pytest.fixture
def clock() -> Day:
    return Day(WEDNESDAY)


@pytest.fixture
def app(tmp_path: Path, clock: Day) -> Iterator[Flask]:
    made = create_app(Settings(data_dir=tmp_path), clock=clock)
    with made.app_context():
        initialise()
        yield made
        db.engine.dispose()


def enrolled(app: Flask, clock: Day) -> Phone:
    """A phone of the first officer with everything that is hers."""
    code = issue_code(BRANCH, OFFICER, issued_by="supervisor-1", minutes=10)
    phone = Phone(DeviceKey(), World(now_ms=clock, random_bytes=random_bytes))
    enrol = Request("POST", "/v1/enrol", {}, phone.enrol_request(code))
    phone.absorb_enrolment(carry(app, enrol).body)
    phone.sync(lambda request: carry(app, request))
    return phone


def carry(app: Flask, request: Request) -> Reply:
    """One request through the application's client."""
    answer = app.test_client().open(
        request.path, method=request.method, data=request.body, headers=dict(request.headers)
    )
    return Reply(answer.status_code, answer.data, dict(answer.headers))


def count_of(table: type[EventRow] | type[Loan] | type[Staff]) -> int:
    """How many rows a table has."""
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_it_has_a_route_and_a_book_on_the_phone_right_after_enrolment(
    app: Flask, clock: Day, tmp_path: Path
) -> None:
    set_up(tmp_path)

    phone = enrolled(app, clock)

    kinds = [etype for etype, _ in phone.rows]
    assert {etype: kinds.count(etype) for etype in set(kinds)} == {
        "me": 1,
        "village": 5,
        "household": 23,
        "loan": 23,
        "stop": 23,
        "book": 1,
    }
    days = {held["row"]["day"] for (etype, _), held in phone.rows.items() if etype == "stop"}
    assert (min(days), max(days)) == ("2026-11-23", "2026-11-27")
    assert phone.next_receipt()[1] == "SJ000101"


def test_it_gives_the_waiting_book_to_the_first_phone_only(
    app: Flask, clock: Day, tmp_path: Path
) -> None:
    set_up(tmp_path)

    first, second = enrolled(app, clock), enrolled(app, clock)

    # The feed is the officer's: both phones see the book, and whose it is.
    for phone in (first, second):
        [book] = [held["row"] for (etype, _), held in phone.rows.items() if etype == "book"]
        assert book["lane"] == first.lane


def test_it_changes_nothing_at_a_second_run(app: Flask, tmp_path: Path) -> None:
    first = set_up(tmp_path)
    before = [count_of(table) for table in (EventRow, Loan, Staff)]

    assert set_up(tmp_path) == first
    assert (
        [count_of(table) for table in (EventRow, Loan, Staff)]
        == before
        == [
            before[0],
            25,
            6,
        ]
    )


def test_it_goes_on_where_it_was_stopped(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as power_cut:
        power_cut.setattr("server.demo.set_up.load_master", no_power)
        with pytest.raises(OSError):
            set_up(tmp_path)
    kept = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))

    people = set_up(tmp_path)

    assert [one["password"] for one in kept["sign_ins"]] == [one.password for one in people]
    assert (count_of(Loan), count_of(Staff)) == (25, 6)
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def no_power(*_: object, **__: object) -> str:
    raise OSError("the power is gone")


def test_it_makes_passwords_that_fit_and_that_nobody_else_has(app: Flask, tmp_path: Path) -> None:
    people = set_up(tmp_path)

    with snapshot() as session:
        hashes = {row.username: row.password_hash for row in session.scalars(select(Staff))}
    assert len({one.password for one in people}) == 6
    assert all(password_fits(hashes[one.username], one.password) for one in people)


def test_it_plans_the_coming_week_at_a_weekend(app: Flask, clock: Day) -> None:
    assert this_monday() == "2026-11-23"
    clock.day = SATURDAY
    assert this_monday() == "2026-11-30"


def test_it_moves_the_dates_and_keeps_what_the_law_makes_of_them(
    app: Flask, tmp_path: Path
) -> None:
    set_up(tmp_path)
    raw = golden()

    with snapshot() as session:
        ids = list(session.scalars(select(Loan.id)))
        found = limitation_of(session, BRANCH, ids, WEDNESDAY)
    for loan in [*raw["loans"], *(one["loan"] for one in raw["collective_borrowers"])]:
        assert found[loan["id"]].status == loan["limitation_before"]["status"], loan["id"]


def test_it_holds_master_data_and_nothing_of_the_answers() -> None:
    portfolio = golden_portfolio("2026-11-23")
    text = (Path(__file__).parents[2] / "server/demo/woshui.json").read_text(encoding="utf-8")
    raw = golden()

    for word in ("expected", "receipts", "notices", "intentions", "period_outcome", "limitation"):
        assert word not in text
    for household in portfolio.master.households:
        if household.kind == "FARM_HOUSEHOLD":
            assert household.area == record(raw, "households", household.id)["area"]


def test_it_has_a_larger_invented_portfolio(app: Flask, clock: Day, tmp_path: Path) -> None:
    assert large_portfolio("2026-11-23", 300) == large_portfolio("2026-11-23", 300)
    set_up(tmp_path, 300)

    phone = enrolled(app, clock)

    stops = [held["row"] for (etype, _), held in phone.rows.items() if etype == "stop"]
    assert len(stops) == 300
    assert [sum(stop["day"][-2:] == day for stop in stops) for day in ("23", "24", "27")] == [
        60
    ] * 3


def test_it_refuses_a_database_of_real_work(app: Flask, tmp_path: Path) -> None:
    branches.create_branch("b1", code="007", name="分社", institution="社", contact_phone="0")

    with pytest.raises(OtherData):
        set_up(tmp_path)

    assert not (tmp_path / "demo.json").exists()


def test_it_prints_the_sign_ins(tmp_path: Path) -> None:
    folder = {"DOORSTEP_DATA_DIR": str(tmp_path / "data")}

    done = CliRunner().invoke(command, env=folder)

    assert done.exit_code == 0, done.output
    for words in ("李薇", "张敏", "陈杰", "周兰", "吴平", "supervisor"):
        assert words in done.stdout
