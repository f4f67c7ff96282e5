"""Peers 24: a phone has one officer. A second one's code changes nothing on it.

Method: a real server and a real Chromium. Li Wei has recorded cash without a signal; somebody
opens the link of another enrolment in her browser, and starts the app again.
"""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Phone, Server
from tests.browser.desk import BRANCH, open_branch
from tests.browser.hand import Hand
from tests.browser.test_the_week import rows, set_out


def test_it_takes_no_second_officer_peers_24(
    server: Server, phone: Phone, office: BrowserContext
) -> None:
    hand = set_out(server, phone, office, open_branch(server))
    village = hand.village_ids()
    name = ["--name", "李四", "--username", "second", "--role", "collector"]
    server.run("add-staff", BRANCH, "officer-9", *name)
    shown = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", server.run("enrol-code", "officer-9"))
    assert shown
    server.kill()
    hand.visit(village["马头冲"], "W14")
    assert hand.take_cash("700").startswith("SJ000101-")
    hand.end_visit()
    unsent = hand.unsent()
    server.start()

    phone.close()
    hand = Hand(phone.open(f"/#enrol={shown[0]}"), "second-officer-")

    expect(hand.page.get_by_test_id("unsent-bar")).to_be_visible()
    expect(hand.page.get_by_test_id("enrol-code")).to_have_count(0)
    assert rows(server, "SELECT count(*) FROM device") == [(1,)]
    assert unsent[1] == 700_00
    hand.sync()
    assert hand.unsent() == (0, 0)
    held = "SELECT account, sum(amount_fen) FROM ledger WHERE account LIKE 'hand:%' GROUP BY 1"
    assert rows(server, held) == [("hand:officer-1", 700_00)]
    assert hand.errors == []
