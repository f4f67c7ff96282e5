"""The bundles that were carried here: what could not be opened is on a list for people.

Method: a kiosk brings a good bundle and a spoilt one, a colleague's phone another spoilt one.
"""

from __future__ import annotations

from sync.specimens import receipt_body
from tests.console.visitors import Visitor, words
from tests.couriers import bundle_of
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank


def test_it_lists_what_could_not_be_opened_first(bank: Bank, zhou_lan: Visitor) -> None:
    bank.publish(LI_WEI, ["W1"])
    phone, carrier = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100_00))
    data = bundle_of(phone)
    spoilt = data[:-9]
    bank.http.post("/v1/courier", data=spoilt, headers=carrier.headers(spoilt))
    bank.clock.pass_minutes(1)
    bank.http.post("/v1/courier", data=data[:-30])
    bank.http.post("/v1/courier", data=data)

    text = words(zhou_lan.get("/bundles"))

    assert text.index("打不开 记录包不完整，已原样留存。") < text.index("已收下")
    assert "张敏 D2" in text and text.count("网点扫码台") == 2
    assert "李薇" not in text.split("带来的手机")[1], "whose it is, only the seal knows"


def test_it_says_so_when_nothing_was_carried(zhou_lan: Visitor) -> None:
    assert "还没有同事代送过记录" in words(zhou_lan.get("/bundles"))
