"""Records travel with a colleague's phone, or over the kiosk of the branch, and arrive once.

Method: a real server and two real Chromiums. What one phone draws is read from its canvas, some
frames are thrown away, and the rest is played to the other as its camera, whose own program reads
it. The server is dead whenever a phone must have no signal. Pictures are left in artefacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, Phone, Server
from tests.browser.desk import Desk, open_branch
from tests.browser.film import Frame, film, watch
from tests.browser.hand import Hand
from tests.browser.test_the_week import everything, rows, shanghai_today

CASH_FEN = 700_00
ENOUGH_MS = 60_000


@pytest.fixture
def colleague(playwright: Playwright, tmp_path: Path, server: Server) -> Iterator[Phone]:
    """Zhang Min's phone."""
    it = Phone(playwright, tmp_path / "colleague", server.url)
    yield it
    it.kill()


def enrolled(server: Server, office: BrowserContext, phone: Phone, colleague: Phone) -> None:
    """Both phones with their work, closed; Li Wei's with a receipt book."""
    sign_ins, today = open_branch(server), shanghai_today()
    supervisor = Desk(office, *sign_ins["supervisor-1"])
    supervisor.import_loans(today)
    supervisor.publish_week(today)
    hand = Hand(phone.open(), "courier-")
    hand.enrol(supervisor.enrolment_code())
    supervisor.page.goto("/console/devices")
    supervisor.page.select_option("select[name=officer]", "officer-2")
    supervisor.page.click("main form.card button")
    other = Hand(colleague.open(), "courier-colleague-")
    other.enrol(supervisor.page.inner_text("#code").strip())
    Desk(office, *sign_ins["cashier-1"]).issue_book(101, 150)
    for one in (hand, other):
        one.sync()
    phone.close()
    colleague.close()


def a_gate(hand: Hand) -> int:
    """A visit with a receipt and a signed notice, without a signal; how many records it makes."""
    expect(hand.page.get_by_test_id("unsent-bar")).to_be_visible()
    village = hand.village_ids()["马头冲"]
    hand.visit(village, "W14")
    hand.sign_notice()
    hand.take_cash("700")
    hand.end_visit()
    count, fen = hand.unsent()
    assert fen == CASH_FEN
    return count


def carry(hand: Hand) -> None:
    """From any screen to that of carried records."""
    hand.home()
    hand.tap("unsent-bar")
    hand.tap("carry-open")
    expect(hand.page.get_by_test_id("carry-scan")).to_be_visible()


def scan(hand: Hand, words: str) -> None:
    """Hold the camera over what is played to it, until the phone says so."""
    hand.tap("carry-scan")
    expect(hand.page.get_by_test_id("finder")).to_be_visible()
    expect(hand.page.get_by_test_id("carry-news")).to_contain_text(words, timeout=ENOUGH_MS)


def events_of(server: Server, officer: str) -> list[tuple[str, int]]:
    """The records of an officer's phone on the server: how they came, and how many."""
    found = rows(
        server,
        "SELECT received_via, count(DISTINCT hash) FROM event JOIN lane ON lane.id = event.lane_id"
        f" WHERE lane.officer_id = '{officer}' GROUP BY received_via ORDER BY received_via",
    )
    return [(str(via), int(count)) for via, count in found]


def gives_away(phone: Phone, prefix: str, lost: tuple[int, ...]) -> tuple[int, list[Frame]]:
    """A gate without a signal; then the phone shows its records: how many, and what it showed."""
    hand = Hand(phone.open(), prefix)
    count = a_gate(hand)
    carry(hand)
    hand.shot("menu")
    hand.tap("carry-give")
    shown = watch(hand.page, 12, lost=lost)
    hand.shot("give")
    assert hand.errors == []
    return count, shown


def delivers(server: Server, hand: Hand, count: int) -> list[Frame]:
    """The colleague comes to a signal; then her phone shows the answer."""
    assert events_of(server, "officer-1") == [("https", 1)]
    server.start()
    hand.sync()
    assert events_of(server, "officer-1") == [("courier", count), ("https", 1)]
    carry(hand)
    expect(hand.page.get_by_test_id("bundle-carried")).to_have_attribute("data-ack", "yes")
    hand.shot("delivered")
    hand.tap("bundle-ack")
    answer = watch(hand.page, 4)
    hand.shot("answer")
    assert hand.errors == []
    server.kill()
    return answer


def test_it_arrives_once_with_a_colleague_and_the_answer_comes_back(
    server: Server, phone: Phone, colleague: Phone, office: BrowserContext, tmp_path: Path
) -> None:
    enrolled(server, office, phone, colleague)
    server.kill()
    count, shown = gives_away(phone, "courier-", lost=(1, 3))
    phone.close()

    colleague.args = [*CHROMIUM_ARGS, *film(tmp_path / "give.y4m", shown)]
    other = Hand(colleague.open(), "courier-colleague-")
    carry(other)
    scan(other, f"已收下 {count} 条记录")
    other.shot("taken")
    answer = delivers(server, other, count)

    phone.args = [*CHROMIUM_ARGS, *film(tmp_path / "answer.y4m", answer)]
    hand = Hand(phone.open(), "courier-back-")
    assert hand.unsent() == (count, CASH_FEN)
    carry(hand)
    scan(hand, "回执已核对")
    hand.shot("acknowledged")
    assert hand.unsent()[0] == 0
    server.start()
    once = everything(server)
    hand.sync()
    assert everything(server) == once
    assert hand.errors == []


def saved_file(page: Page, folder: Path) -> Path:
    """The bundle that is shown, as a file of the phone's downloads."""
    with page.expect_download() as download:
        page.get_by_test_id("bundle-file").tap()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_it_is_taken_by_a_kiosk_and_doubles_nothing(
    server: Server, phone: Phone, colleague: Phone, office: BrowserContext, tmp_path: Path
) -> None:
    enrolled(server, office, phone, colleague)
    server.kill()
    count, shown = gives_away(phone, "kiosk-phone-", lost=(0,))
    assert phone.context
    file = saved_file(phone.context.pages[0], tmp_path)
    phone.close()
    server.start()

    args = [*CHROMIUM_ARGS, *film(tmp_path / "kiosk.y4m", shown)]
    browser = phone.playwright.chromium.launch(executable_path=CHROMIUM, args=args)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page.goto(f"{server.url}/kiosk")
    expect(page.get_by_test_id("kiosk-done")).to_contain_text(f"{count} 条", timeout=ENOUGH_MS)
    Hand(page, "kiosk-").shot("done")
    assert events_of(server, "officer-1") == [("https", 1), ("qr", count)]
    once = everything(server)
    page.get_by_test_id("kiosk-next").click()
    page.get_by_test_id("take-file").set_input_files(file)
    expect(page.get_by_test_id("kiosk-done")).to_be_visible(timeout=ENOUGH_MS)
    assert everything(server) == once
    browser.close()

    hand = Hand(phone.open(), "kiosk-phone-")
    hand.sync()
    assert everything(server) == once
    assert hand.unsent() == (0, 0)
