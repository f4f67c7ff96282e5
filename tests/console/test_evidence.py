"""Photos that were promised and have not arrived, with their age and their officer.

Method: Li Wei's phone names photos in events that reach the server, and sends some of the bytes.
"""

from __future__ import annotations

from sync.canonical import sha256_hex
from sync.specimens import photo_body
from tests.console.visitors import Visitor, words
from tests.photos import JPEG, patch
from tests.small_bank import LI_WEI, Bank

DAY = 24 * 60


def test_it_says_so_when_nothing_is_missing(chen_jie: Visitor) -> None:
    assert "没有在途的照片" in words(chen_jie.get("/evidence"))
    assert "0 张照片在途" in words(chen_jie.get("/"))


def test_it_lists_what_is_missing_with_officer_and_age(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    phone.record("attachment.added", photo_body(JPEG))
    phone.sync(bank.send)
    patch(bank, phone, sha256_hex(JPEG), (0, JPEG[:4100]))

    text = words(chen_jie.get("/evidence"))
    assert "2026-03-02 09:00" in text and "李薇" in text and "通知书照片" in text
    assert "4 / 11 kB" in text and "已等" not in text
    assert "1 张照片在途" in words(chen_jie.get("/"))

    bank.clock.pass_minutes(3 * DAY)
    page = chen_jie.get("/evidence")
    assert "已等 3 天" in words(page) and "tag warn" in page.text

    bank.clock.pass_minutes(5 * DAY)
    page = chen_jie.get("/evidence")
    assert "已等 8 天" in words(page) and "tag bad" in page.text


def test_it_leaves_the_list_when_the_photo_is_here(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    phone.record("attachment.added", photo_body(JPEG))
    phone.sync(bank.send)

    patch(bank, phone, sha256_hex(JPEG), (0, JPEG))

    assert "没有在途的照片" in words(chen_jie.get("/evidence"))
