"""A phone that is older than it was: its profile is put back to an image of the morning.

Method: a real server and a real Chromium. Cash is taken and synced after the image was made; then
the phone goes back to it, works on and syncs. Nothing may be lost or counted twice, recording goes
on in another lane with the numbers that are left, and the officer is told in plain words.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Phone, Server
from tests.browser.desk import open_branch
from tests.browser.hand import Hand
from tests.browser.test_the_week import rows, set_out

OF_PHONE = "FROM event JOIN lane ON lane.id = event.lane_id WHERE lane.device_id IS NOT NULL"


def test_it_goes_on_in_another_lane_after_an_image_was_put_back(
    server: Server, phone: Phone, office: BrowserContext, tmp_path: Path
) -> None:
    hand = set_out(server, phone, office, open_branch(server))
    village = hand.village_ids()
    image = make_image(phone, tmp_path)
    hand = Hand(phone.open(), "rolled-")
    hand.visit(village["马头冲"], "W14")
    assert hand.take_cash("700").startswith("SJ000101-")
    hand.end_visit()
    hand.sync()
    before = rows(server, f"SELECT hash {OF_PHONE}")

    put_back(phone, image)
    hand = Hand(phone.open(), "rolled-")
    hand.visit(village["黄家冲"], "W15")
    hand.end_visit("nobody", "not_home")
    hand.sync()

    assert hand.unsent() == (0, 0)
    hand.shot("sync")
    hand.home()
    expect(hand.page.get_by_test_id("news-forked")).to_be_visible()
    hand.shot("home")
    hand.tap("news-seen")
    expect(hand.page.get_by_test_id("news-forked")).to_have_count(0)
    hand.visit(village["黄家冲"], "W15")
    assert hand.take_cash("400").startswith("SJ000102-"), "the first number was used already"
    hand.end_visit()
    hand.sync()

    assert hand.unsent() == (0, 0)
    assert set(before) < set(rows(server, f"SELECT hash {OF_PHONE}"))
    assert rows(server, "SELECT count(*) FROM lane WHERE device_id IS NOT NULL") == [(2,)]
    held = "SELECT sum(amount_fen) FROM ledger WHERE account LIKE 'hand:%'"
    assert rows(server, held) == [(700_00 + 400_00,)]
    assert rows(server, "SELECT kind FROM incident") == [("forked",)]
    assert hand.errors == []


def make_image(phone: Phone, folder: Path) -> Path:
    """A copy of the whole profile, as a backup program of the phone makes it."""
    phone.close()
    return Path(shutil.copytree(phone.profile, folder / "image", symlinks=True))


def put_back(phone: Phone, image: Path) -> None:
    """The profile as it was when the image was made."""
    phone.close()
    shutil.rmtree(phone.profile)
    shutil.copytree(image, phone.profile, symlinks=True)
