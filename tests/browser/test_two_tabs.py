"""I19: one writer. A second tab of the app records nothing while the first is open (peers 8).

Method: a real server and a real Chromium. The app is opened in a second tab of one profile; it says
why it does nothing, the first goes on recording, and once that is closed the second takes over
with the next place of the lane and the next number of the book.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Phone, Server
from tests.browser.desk import open_branch
from tests.browser.hand import Hand
from tests.browser.test_the_week import rows, set_out

OF_PHONE = "FROM event JOIN lane ON lane.id = event.lane_id WHERE lane.device_id IS NOT NULL"


def test_it_holds_i19_a_second_tab_records_nothing_peers_8(
    server: Server, phone: Phone, office: BrowserContext
) -> None:
    first = set_out(server, phone, office, open_branch(server))
    village = first.village_ids()
    assert phone.context is not None
    tab = phone.context.new_page()
    tab.goto(phone.url)
    expect(tab.get_by_test_id("second-tab")).to_be_visible()

    first.page.bring_to_front()
    first.visit(village["马头冲"], "W14")
    assert first.take_cash("700").startswith("SJ000101-")
    first.end_visit()
    expect(tab.get_by_test_id("second-tab")).to_be_visible()
    first.page.close()

    second = Hand(tab, "second-")
    second.page.bring_to_front()
    expect(tab.get_by_test_id("unsent-bar")).to_be_visible()
    second.home()
    second.visit(village["黄家冲"], "W15")
    assert second.take_cash("400").startswith("SJ000102-"), "the next number, and no other"
    second.end_visit()
    second.sync()

    places = [seq for (seq,) in rows(server, f"SELECT seq {OF_PHONE} ORDER BY seq")]
    assert places == list(range(1, len(places) + 1)), "one chain"
    assert rows(server, "SELECT kind FROM incident") == []
    held = "SELECT sum(amount_fen) FROM ledger WHERE account LIKE 'hand:%'"
    assert rows(server, held) == [(700_00 + 400_00,)]
    assert second.errors == []
