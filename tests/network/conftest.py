"""A branch of 300 households, a phone, and between them a proxy that breaks connections."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from server import create_app
from server.db import db
from server.office.master_data import AreaData, HouseholdData, LoanData, MasterData
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.installation import initialise
from server.services.issue_book import issue_book
from server.services.load_master import load_master
from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.settings import Settings
from sync.receipts import Book
from tests.browser.conftest import Phone, Server, playwright
from tests.browser.hand import Hand
from tests.browser.test_the_week import rows, shanghai_today
from tests.network.proxy import FaultProxy

__all__ = ["playwright"]

BRANCH, OFFICER, BOSS = "main", "officer-1", "supervisor-1"
STAFF = tuple(
    NewStaff(id=staff_id, name=name, username=staff_id, password="a long password", roles=(role,))
    for staff_id, name, role in (
        (OFFICER, "李薇", "collector"),
        ("officer-2", "张敏", "collector"),
        (BOSS, "陈杰", "supervisor"),
    )
)
HOUSEHOLDS = 300
VILLAGES = ("马头冲", "黄家冲", "涡水", "大坪", "石径", "上洞")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙"
GIVEN = ("大山", "小河", "春生", "桂花", "水根", "石头", "金凤", "土生", "木林", "火旺")


def loans() -> MasterData:
    """300 invented households in six villages, a loan each."""
    area = AreaData(
        id="WOSHUI", name="涡水镇", level="TOWN", population=7800, committees=VILLAGES,
        economy=None, counts_household_total=True,
    )  # fmt: skip
    numbers = range(1, HOUSEHOLDS + 1)
    households = tuple(
        HouseholdData(id=household(n), name=name(n), area="WOSHUI", village=village(n))
        for n in numbers
    )
    owed = tuple(
        LoanData(
            id=f"L{n:03d}", household=household(n), principal_fen=5000_00, interest_fen=n * 3_00,
            due_on=f"202{n % 4 + 1}-{n % 12 + 1:02d}-{n % 28 + 1:02d}", loan_on="2020-11-30",
        )
        for n in numbers
    )  # fmt: skip
    return MasterData(areas=(area,), households=households, loans=owed)


def household(n: int) -> str:
    """The id of the n-th household."""
    return f"H{n:03d}"


def name(n: int) -> str:
    """An invented name; some come twice, as they do in villages."""
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n // 7 % len(GIVEN)]


def village(n: int) -> str:
    """The village of the n-th household."""
    return VILLAGES[n % len(VILLAGES)]


def week(today: date) -> Week:
    """Li Wei's five days from today, with Zhang Min."""
    return Week(
        officer_id=OFFICER,
        second_officer_id="officer-2",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=4)).isoformat(),
    )


@pytest.fixture(scope="session")
def founded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a branch whose week is planned; every test works on a copy."""
    folder = tmp_path_factory.mktemp("network") / "data"
    folder.mkdir()
    app = create_app(Settings(data_dir=folder))
    with app.app_context():
        initialise()
        create_branch(BRANCH, code="1", name="涡水分社", institution="演示", contact_phone="0")
        for person in STAFF:
            add_staff(BRANCH, person)
        today = shanghai_today()
        load_master(BRANCH, loans(), as_of=today.isoformat(), by=BOSS)
        sweep = draft_sweep(BRANCH, week(today), by=BOSS)
        stops = [(household(n), today.isoformat()) for n in range(1, HOUSEHOLDS + 1)]
        plan_stops(BRANCH, sweep, stops, by=BOSS)
        publish_sweep(BRANCH, sweep, by=BOSS)
        db.engine.dispose()
    return folder


@pytest.fixture
def server(founded_folder: Path, tmp_path: Path) -> Iterator[Server]:
    """A server on a copy of the branch."""
    shutil.copytree(founded_folder, tmp_path / "data")
    it = Server(tmp_path / "data")
    it.start()
    yield it
    it.kill()


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    """The only way from the phone to the server."""
    with FaultProxy(server.port) as it:
        yield it


@pytest.fixture
def far_phone(playwright: Playwright, tmp_path: Path, proxy: FaultProxy) -> Iterator[Phone]:
    """Li Wei's phone, which reaches the server through the proxy only."""
    it = Phone(playwright, tmp_path / "profile", f"http://localhost:{proxy.port}")
    yield it
    it.kill()


COUNT_ROWS = """() => new Promise((done, failed) => {
  const open = indexedDB.open('doorstep');
  open.onerror = () => failed(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction('rows').objectStore('rows').getAll();
    all.onsuccess = () => {
      const counts = {};
      for (const { etype } of all.result) counts[etype] = (counts[etype] ?? 0) + 1;
      open.result.close();
      done(counts);
    };
  };
})"""


class Field:
    """The branch, the phone and the weather between them."""

    def __init__(self, server: Server, phone: Phone, proxy: FaultProxy) -> None:
        self.server, self.phone, self.proxy = server, phone, proxy
        self.hand: Hand
        self.gates = 0
        self.code = ""

    def set_out(self) -> None:
        """Load the program in calm weather; the route is not on the phone yet."""
        self.code = self.server.run("enrol-code", OFFICER).strip()
        self.hand = Hand(self.phone.open(), "network-")
        self.hand.page.get_by_test_id("enrol-code").wait_for()
        self.hand.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def enrol(self) -> None:
        """The first exchange follows at once, in whatever weather there is; then comes a book."""
        self.hand.enrol(self.code)
        with create_app(Settings(data_dir=self.server.data)).app_context():
            issue_book(BRANCH, Book("SJ", 101, 150, 6), officer_id=OFFICER, by=BOSS)
            db.engine.dispose()

    def sync(self, within_s: int = 120) -> None:
        """Ask for an exchange and wait until the phone says that everything is done."""
        page = self.hand.page
        self.hand.home()
        self.hand.tap("unsent-bar")
        expect(page.get_by_test_id("sync-now")).to_be_enabled(timeout=within_s * 1000)
        self.hand.tap("sync-now")
        state = page.get_by_test_id("sync-state")
        expect(state).to_have_attribute("data-state", "done", timeout=within_s * 1000)
        self.hand.home()

    def fail_to_sync(self) -> str:
        """Ask for an exchange that cannot succeed; the code that the phone shows."""
        page = self.hand.page
        self.hand.home()
        self.hand.tap("unsent-bar")
        self.hand.tap("sync-now")
        state = page.get_by_test_id("sync-state")
        expect(state).to_have_attribute("data-state", "error", timeout=90_000)
        code = state.get_attribute("data-code")
        self.hand.home()
        return code or ""

    def work(self, visits: int = 3) -> int:
        """Some gates of a day with cash at each; the cash in fen."""
        villages = self.hand.village_ids()
        for n in range(1, visits + 1):
            gate = self.gates + n
            self.hand.visit(villages[village(gate)], household(gate))
            self.hand.take_cash("100")
            self.hand.end_visit()
        self.gates += visits
        return visits * 100_00

    def held_rows(self) -> dict[str, int]:
        """How many rows of each kind lie in the phone's database."""
        return dict(self.hand.page.evaluate(COUNT_ROWS))

    def on_the_server(self) -> list[tuple[Any, ...]]:
        """(kind, how many, how many different) of the phone's events in the server's database."""
        return rows(
            self.server,
            "SELECT kind, count(*), count(DISTINCT hash) FROM event"
            " JOIN lane ON lane.id = event.lane_id WHERE device_id IS NOT NULL"
            " GROUP BY kind ORDER BY kind",
        )

    def cash_on_the_server(self) -> int:
        """What the books put into Li Wei's hand, in fen."""
        query = "SELECT coalesce(sum(amount_fen), 0) FROM ledger WHERE account = 'hand:officer-1'"
        return int(rows(self.server, query)[0][0])

    def start_again(self) -> None:
        """A cold start of the browser on the same profile."""
        self.phone.kill()
        self.hand = Hand(self.phone.open(), "network-")


@pytest.fixture
def field(server: Server, far_phone: Phone, proxy: FaultProxy) -> Field:
    """Everything is ready for the enrolment and the first sync of 300 households."""
    it = Field(server, far_phone, proxy)
    it.set_out()
    return it
