"""Cash changes hands in a village without a signal: two phones, two codes, one movement.

Method: a real server and two real Chromiums; the server is dead while they meet. What one phone
draws is read from its canvas and played to the other as its camera, both ways. Then both sync, the
giver first and, in a second run, the receiver first; hands on phones and server are compared.
Pictures are left in artefacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.conftest import CHROMIUM_ARGS, Phone, Server
from tests.browser.film import Frame, film, watch
from tests.browser.hand import Hand
from tests.browser.test_courier import CASH_FEN, ENOUGH_MS, a_gate, enrolled
from tests.browser.test_the_week import rows

COUNTED_FEN = 600_00


@pytest.fixture
def colleague(playwright: Playwright, tmp_path: Path, server: Server) -> Iterator[Phone]:
    """Zhang Min's phone."""
    it = Phone(playwright, tmp_path / "colleague", server.url)
    yield it
    it.kill()


def custody(hand: Hand) -> int:
    """From any screen to that of the cash in hand; what it says, in fen."""
    hand.home()
    hand.tap("custody-open")
    held = hand.page.get_by_test_id("custody-hand")
    expect(held).to_be_visible()
    return int(held.get_attribute("data-fen") or -1)


def gives(phone: Phone) -> list[Frame]:
    """Li Wei takes 700 and offers it to Zhang Min; what her phone shows then."""
    hand = Hand(phone.open(), "handover-")
    a_gate(hand)
    hand.home()
    expect(hand.page.get_by_test_id("held")).to_have_attribute("data-late", "no")
    hand.shot("day")
    assert custody(hand) == CASH_FEN
    hand.shot("menu")
    hand.tap("custody-give")
    hand.page.get_by_test_id("custody-to").select_option("officer-2")
    hand.page.get_by_test_id("piece-10000").fill("7")
    expect(hand.page.get_by_test_id("custody-variance")).to_contain_text("相符")
    hand.shot("give")
    hand.tap("custody-save")
    shown = watch(hand.page, 8, lost=(1,))
    hand.shot("offer")
    assert custody(hand) == CASH_FEN, "hers until the other side has said so"
    hand.shot("waits")
    assert hand.errors == []
    phone.close()
    return shown


def takes(colleague: Phone, offer: list[Frame], folder: Path) -> list[Frame]:
    """Zhang Min scans it, counts a hundred less, says why; what her phone shows then."""
    colleague.args = [*CHROMIUM_ARGS, *film(folder / "offer.y4m", offer)]
    hand = Hand(colleague.open(), "handover-colleague-")
    assert custody(hand) == 0
    hand.tap("custody-take")
    said = hand.page.get_by_test_id("custody-offer")
    expect(said).to_contain_text("签名已核对", timeout=ENOUGH_MS)
    expect(said).to_contain_text("¥700")
    hand.page.get_by_test_id("piece-10000").fill("6")
    expect(hand.page.get_by_test_id("custody-variance")).to_contain_text("短款 ¥100")
    expect(hand.page.get_by_test_id("custody-save")).to_be_disabled()
    hand.page.get_by_test_id("custody-cause").fill("少一张一百元，双方当面点清")
    hand.shot("count")
    hand.tap("custody-save")
    shown = watch(hand.page, 8, lost=(0,))
    hand.shot("answer")
    assert custody(hand) == COUNTED_FEN
    assert hand.errors == []
    colleague.close()
    return shown


def is_told(phone: Phone, answer: list[Frame], folder: Path) -> None:
    """Li Wei scans the answer: the cash is no longer hers, on this phone and without a signal."""
    phone.args = [*CHROMIUM_ARGS, *film(folder / "answer.y4m", answer)]
    hand = Hand(phone.open(), "handover-proof-")
    custody(hand)
    hand.tap("custody-proof")
    news = hand.page.get_by_test_id("custody-news")
    expect(news).to_contain_text("已交清", timeout=ENOUGH_MS)
    expect(news).to_contain_text("短款 ¥100")
    hand.shot("proved")
    assert custody(hand) == 0
    assert hand.errors == []
    phone.close()


def ledger(server: Server) -> dict[str, int]:
    """Who holds what by the books."""
    found = rows(
        server,
        "SELECT account, sum(amount_fen) FROM ledger WHERE account LIKE 'hand:%'"
        " OR account IN ('over_short', 'vault') GROUP BY account HAVING sum(amount_fen) <> 0",
    )
    return {str(account): int(fen) for account, fen in found}


def syncs(phone: Phone, name: str) -> int:
    """A phone comes to a signal; the cash in hand that it shows then."""
    hand = Hand(phone.open(), f"handover-{name}-")
    hand.sync()
    held = custody(hand)
    assert hand.errors == []
    phone.close()
    return held


@pytest.mark.parametrize("first", ["giver", "receiver"])
def test_it_hands_cash_over_without_a_signal(
    server: Server,
    phone: Phone,
    colleague: Phone,
    office: BrowserContext,
    tmp_path: Path,
    first: str,
) -> None:
    enrolled(server, office, phone, colleague)
    server.kill()
    is_told(phone, takes(colleague, gives(phone), tmp_path), tmp_path)
    server.start()

    if first == "giver":
        assert syncs(phone, "first") == 0
        assert ledger(server) == {"hand:officer-1": CASH_FEN}, "one side alone moves nothing"
        assert syncs(colleague, "second") == COUNTED_FEN
    else:
        assert syncs(colleague, "first") == COUNTED_FEN
        assert ledger(server) == {}, "it is kept, and counted with the other side"
        assert syncs(phone, "second") == 0

    assert ledger(server) == {"hand:officer-2": COUNTED_FEN, "over_short": CASH_FEN - COUNTED_FEN}
    assert (syncs(phone, "again"), syncs(colleague, "again")) == (0, COUNTED_FEN)
    assert rows(server, "SELECT handed_to, counted_by FROM receipt") == [("officer-2", None)]
