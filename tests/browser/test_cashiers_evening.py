"""The cashier's evening with the keyboard alone (U33, U34): not one click of a mouse.

Method: a real server process, a real Chromium in Chinese, and Li Wei's phone as the Python client
over HTTP. Every focus that a key reaches must be seen, every field must have a name, and Tab must
lead out of every page again. Pictures are left in artefacts/browser.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.device_key import DeviceKey
from server.keys import random_bytes
from server.rehearsal.line import Line
from sync.client import Phone, World
from sync.specimens import receipt_body
from sync.transport import Request
from tests.browser.conftest import SHOTS, Server
from tests.browser.desk import core_file, open_branch
from tests.browser.test_the_week import rows, shanghai_today

THURSDAY_FEN = (520_00, 650_00)  # U34: 11 x 100 + 50 + 20
TABS_MAX = 60

# What has the focus: its place, and whether a person sees that it has it.
FOCUS = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  return {
    tag: here.tagName, name: here.name ?? '', text: here.innerText?.trim() ?? '',
    seen: here === document.body || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px'),
  };
}"""

# Fields and buttons of which a screen reader could say nothing.
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, button, a')]
  .filter((e) => !(e.labels?.length || e.ariaLabel || e.textContent.trim()))
  .map((e) => e.outerHTML)"""


class Keys:
    """A person at the counter whose mouse is broken."""

    def __init__(self, office: BrowserContext) -> None:
        self.page: Page = office.new_page()
        self.pictures = 0

    def press(self, *keys: str) -> None:
        """Keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Text into whatever has the focus."""
        self.page.keyboard.type(text)

    def focus(self) -> dict[str, str]:
        """What has the focus; it must be visible that it has."""
        found: dict[str, str] = self.page.evaluate(FOCUS)
        assert found["seen"], found
        return found

    def is_at(self, css: str) -> None:
        """The focus is, or comes to be, here: pages put it where the work begins."""
        expect(self.page.locator(css)).to_be_focused()

    def tab_to(self, name: str) -> None:
        """Press Tab until the field of this name has the focus."""
        for _ in range(TABS_MAX):
            self.press("Tab")
            if self.focus()["name"] == name:
                return
        raise AssertionError(f"Tab never comes to {name}")

    def arrive(self, path: str, shot: str) -> None:
        """Be on this page now; all of it can be named, and Tab leads through it and out."""
        pattern = re.compile(f"http://[^/]+/console{path}(\\?.*)?$")
        self.page.wait_for_url(pattern)
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.pictures += 1
        name = f"cashier-{self.pictures:02d}-{shot}.png"
        self.page.screenshot(path=SHOTS / name, full_page=True)
        assert self.page.evaluate(UNNAMED) == []

    def goes_round(self) -> int:
        """Tab from here until the page is left or begins again; how many stops that were."""
        first = self.page.evaluate("document.activeElement.outerHTML")
        for count in range(1, TABS_MAX):
            self.press("Tab")
            self.focus()
            if self.page.evaluate("document.activeElement.outerHTML") == first:
                return count
        raise AssertionError("Tab is caught on this page")


@pytest.fixture
def keys(office: BrowserContext) -> Iterator[Keys]:
    """Zhou Lan at her desk."""
    yield Keys(office)


def li_weis_phone(server: Server, folder: Path) -> Phone:
    """The branch with its loans, and the phone of Li Wei."""
    content, total = core_file()
    (folder / "loans.csv").write_bytes(content)
    day = shanghai_today().isoformat()
    server.run(
        "import", str(folder / "loans.csv"), "--as-of", day, "--control-total", total
    )  # fmt: skip
    code = server.run("enrol-code", "officer-1").split()[-1]
    phone = Phone(DeviceKey(), World(now_ms=now_ms, random_bytes=random_bytes))
    head = {"Content-Type": "application/json"}
    reply = line(server)(Request("POST", "/v1/enrol", head, phone.enrol_request(code)))
    phone.absorb_enrolment(reply.body)
    phone.sync(line(server))
    return phone


def now_ms() -> int:
    """The clock of the phone is right."""
    return int(time.time() * 1000)


def line(server: Server) -> Line:
    """The phone's way to the server."""
    return Line("localhost", server.port)


def test_it_needs_no_mouse_for_the_cashiers_evening(
    server: Server, keys: Keys, tmp_path: Path
) -> None:
    username, password = open_branch(server)["cashier-1"]
    phone = li_weis_phone(server, tmp_path)

    sign_in(keys, username, password)
    issue_a_book(keys)
    take_cash(server, phone)
    count_with_a_shortage(server, keys)
    deposit_and_close(server, keys)

    accounts = dict(rows(server, "SELECT account, sum(amount_fen) FROM ledger GROUP BY account"))
    assert (accounts["bank"], accounts["over_short"], accounts["vault"]) == (1160_00, 10_00, 0)
    assert accounts["hand:officer-1"] == 0


def sign_in(keys: Keys, username: str, password: str) -> None:
    keys.page.goto("/console/")
    keys.is_at("[name=username]")
    keys.write(username)
    keys.press("Tab")
    keys.write(password)
    keys.press("Enter")
    keys.arrive("/", "home")


def issue_a_book(keys: Keys) -> None:
    """U33: SJ000101 to SJ000150 to Li Wei; the same again is refused, and Esc leads back."""
    keys.press("Alt+3")
    keys.arrive("/books", "books-empty")
    for _ in range(2):
        keys.tab_to("from_no")
        keys.write("101")
        keys.press("Tab")
        keys.write("150")
        keys.press("Enter")
        keys.page.wait_for_selector("td >> text=SJ000150")
    expect(keys.page.get_by_role("alert")).to_contain_text("SJ000101")
    keys.arrive("/books", "books")
    assert keys.goes_round() > 10
    keys.press("Escape")
    keys.arrive("/", "home-again")


def take_cash(server: Server, phone: Phone) -> None:
    phone.sync(line(server))
    for fen in THURSDAY_FEN:
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, "W14"))
    phone.sync(line(server))


def count_with_a_shortage(server: Server, keys: Keys) -> None:
    """1,160.00 on the table for 1,170.00: first refused, then taken over with its cause."""
    keys.press("Alt+1")
    keys.arrive("/cash", "hands")
    expect(keys.page.locator("tbody")).to_contain_text("1,170.00")
    keys.is_at("a[href$=officer-1]")
    keys.press("Enter")
    keys.arrive("/cash/officer-1", "count")
    keys.is_at("[name=n10000]")
    keys.write("11")
    keys.press("Enter")
    keys.write("1")
    keys.press("Enter", "ArrowDown", "ArrowUp", "ArrowDown")
    assert keys.focus()["name"] == "n1000"
    keys.write("1")
    expect(keys.page.locator("#sum")).to_contain_text("短款 10.00")
    assert keys.goes_round() > 10
    keys.press("Escape")
    assert keys.focus()["tag"] == "A", "what was typed is not lost by one key"

    keys.press("Alt+s")
    expect(keys.page.get_by_role("alert")).to_contain_text("长短款 -10 元，须写明原因")
    keys.arrive("/cash/officer-1", "count-refused")
    assert rows(server, "SELECT count(*) FROM cash_count") == [(0,)]
    keys.is_at("[name=cause]")

    keys.write("少一张十元，外勤认可")
    keys.press("Enter")
    keys.is_at("[name=signed_by]")
    keys.write("李薇")
    keys.press("Enter", "Enter")
    keys.arrive("/counts/[0-9a-f]+", "slip")
    expect(keys.page.locator("main")).to_contain_text("少一张十元，外勤认可")
    for hand in ("李薇", "周兰"):
        expect(keys.page.locator(".signatures")).to_contain_text(hand)
    keys.press("Escape")
    keys.arrive("/cash", "hands-empty")


def deposit_and_close(server: Server, keys: Keys) -> None:
    """The money goes to the bank and the day is shut; nothing can be added to it."""
    today = shanghai_today().isoformat()
    keys.press("Alt+2")
    keys.arrive(f"/day/{today}", "day")
    keys.is_at("[name=slip_no]")
    keys.write("HD-2026-17")
    keys.press("Enter", "Enter")
    keys.page.wait_for_selector("td >> text=HD-2026-17")
    keys.arrive(f"/day/{today}", "day-deposited")
    keys.is_at("form[action$=close] button")
    keys.press("Enter")
    keys.page.wait_for_selector("h1 .tag.good")
    keys.arrive(f"/day/{today}", "day-closed")
    assert rows(server, "SELECT counted_fen, variance_fen, deposited_fen FROM day_close") == [
        (1160_00, -10_00, 1160_00)
    ]
    keys.press("Escape")
    keys.arrive("/", "home-closed")
    expect(keys.page.locator("main")).to_contain_text("今天已日结")
