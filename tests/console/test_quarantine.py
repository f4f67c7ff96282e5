"""What is kept and not applied, with reasons and the cash it means.

Method: Li Wei's phone sends a receipt with a number of nobody's book, and one for no loan.
"""

from __future__ import annotations

from sync.specimens import receipt_body
from tests.console.visitors import Visitor, words
from tests.small_bank import LI_WEI, Bank


def test_it_lists_reasons_and_cash(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)

    text = words(zhou_lan.get("/quarantine"))

    assert "其中现金 50.00 元" in text
    assert "现金收据" in text and "SJ000999" in text and "号码不在领用的本内" in text


def test_it_says_so_when_there_is_nothing(zhou_lan: Visitor) -> None:
    assert "没有待核实的记录" in words(zhou_lan.get("/quarantine"))


def test_it_counts_requests_that_nobody_understood(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    body = b"no json at all"
    bank.http.post("/v1/sync", data=body, headers=phone.headers(body))

    assert "1 个请求无法读懂" in words(zhou_lan.get("/quarantine"))
