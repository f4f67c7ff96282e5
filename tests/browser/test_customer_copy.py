"""The customer's copy of a receipt, and his own look at it (peers 32, 33; U9).

Method: a real Chromium and a real server. The officer takes cash without a signal and gives the
copy in four ways; the customer opens the link in a browser without JavaScript, before and after
the officer's sync.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, TimeoutError, expect

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, SHOTS, Phone, Server
from tests.browser.desk import open_branch
from tests.browser.hand import SCROLL_MS, Hand
from tests.browser.test_the_week import set_out


def take_signed_cash(hand: Hand) -> str:
    """Take 600.00 with the payer's signature; the printed number."""
    hand.tap("met-debtor")
    hand.tap("take-cash")
    for digit in "600":
        hand.tap(f"key-{digit}")
    hand.tap("cash-next")
    hand.page.get_by_test_id("payer-sign").scroll_into_view_if_needed()
    hand.page.wait_for_timeout(SCROLL_MS)
    hand.stroke("payer-sign")
    hand.shot("count-again-signed")
    slip = hand.page.get_by_test_id("receipt-no")
    for _ in range(3):  # a page that still scrolls swallows a tap: a finger taps again
        hand.tap("cash-confirm")
        try:
            slip.wait_for(timeout=8_000)
            break
        except TimeoutError:
            continue
    expect(slip).to_be_visible()
    return slip.inner_text().strip()


def look(browser: Browser, address: str, name: str) -> Page:
    """A customer's old phone: no script, a small screen."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(address)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"customer-{name}.png", full_page=True)
    return page


def give_copies(hand: Hand, number: str, link: str, picture: Path) -> None:
    """By SMS, as an image, in print, as a code: without a signal."""
    sms = unquote(str(hand.page.get_by_test_id("copy-sms").get_attribute("href")))
    assert sms.startswith("sms:?&body=【演示农村信用社】") and link in sms and "¥600.00" in sms
    with hand.page.expect_download() as waiting:
        hand.tap("copy-image")
    waiting.value.save_as(picture)
    (SHOTS / "copy-image.png").write_bytes(picture.read_bytes())
    assert waiting.value.suggested_filename == f"{number}.png"
    hand.page.emulate_media(media="print")
    hand.shot("printed")
    hand.page.emulate_media(media="screen")
    hand.tap("copy-code")
    hand.shot("code")


def check_as_customer(page: Page, number: str) -> None:
    """The page of the link; then the form of it, with a wrong code."""
    assert "¥600.00" in page.inner_text("body") and "证据齐" in page.inner_text("body")
    page.get_by_label("收据号").fill(number.rpartition("-")[0].lower())
    page.get_by_label("校验码").fill("0000")
    page.get_by_role("button").click()
    assert "这里没有查到" in page.inner_text("body")


def test_it_leaves_the_customer_with_a_copy_that_he_checks_himself(
    server: Server, phone: Phone, office: BrowserContext, playwright: Playwright, tmp_path: Path
) -> None:
    hand = set_out(server, phone, office, open_branch(server))
    hand.prefix = "copy-"
    hand.visit(hand.village_ids()["马头冲"], "W01")
    hand.page.context.set_offline(True)
    number = take_signed_cash(hand)
    hand.shot("paper")
    state = hand.page.get_by_test_id("receipt-state")
    expect(state).to_have_attribute("data-state", "phone")
    expect(hand.page.get_by_text("¥600.00").first).to_be_visible()
    expect(hand.page.get_by_text("第五百六十一条")).to_be_visible()

    link = f"{server.url}/r/{number}"
    give_copies(hand, number, link, tmp_path / "slip.png")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
    early = look(browser, link, "not-yet")
    assert "这里没有查到" in early.inner_text("body")
    hand.tap("receipt-done")
    hand.page.context.set_offline(False)
    hand.end_visit()
    hand.tap("unsent-bar")
    hand.tap("sync-now")
    expect(hand.page.get_by_test_id("sync-state")).to_have_attribute("data-state", "done")
    check_as_customer(look(browser, link, "known"), number)
    browser.close()

    hand.home()
    hand.tap("slips-open")
    expect(hand.page.get_by_test_id("standing-evidence")).to_contain_text("1 张 ¥600")
    hand.shot("slips")
    assert hand.errors == []
