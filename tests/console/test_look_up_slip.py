"""A paper is looked up by its number and its check characters (R23, sync-design 4.4).

Method: Li Wei's phone gives slips, one number twice; Zhou Lan types from paper at the page.
"""

from __future__ import annotations

from sync.crockford import check_characters
from sync.specimens import receipt_body
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import LI_WEI, Bank

BOOK = "SJ000101-000150"


def test_it_tells_a_paper_that_is_ours_from_one_that_is_not(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    [slip] = take_cash(bank, phone, 520_00)
    check = check_characters(slip.hash)
    false = "0000" if check != "0000" else "1111"

    def said(typed: str) -> str:
        return words(zhou_lan.http.get("/console/books", query_string={"number": typed}))

    assert "校验码相符" in said(f"SJ000101-{check}") and "520.00" in said(f"SJ000101-{check}")
    assert "校验码相符" in said(f" sj000101  {check.lower().replace('0', 'o')}")
    assert "校验码不符" in said(f"SJ000101-{false}")
    assert "请再输入后面四位" in said("SJ000101")
    assert "还没有收到这张收据" in said(f"SJ000102-{check}")
    assert "没有哪一本有这个号码" in said(f"SK000101-{check}")
    assert "看不懂这个号码" in said("520.00 元")


def test_it_shows_both_papers_of_one_number_side_by_side(
    bank: Bank, zhou_lan: Visitor, chen_jie: Visitor
) -> None:
    phone = bank.phone(LI_WEI)
    [kept] = take_cash(bank, phone, 520_00)
    again = receipt_body((BOOK, "SJ000101"), 80_00) | {"payer_name": "黄大山"}
    twin = phone.record("cash.receipt", again)
    phone.sync(bank.send)

    checks = [check_characters(each.hash) for each in (kept, twin)]
    page = words(chen_jie.get("/quarantine"))
    assert "同一号码的两张收据" in page
    for check, yuan in zip(checks, ("520.00", "80.00"), strict=True):
        assert check in page and yuan in page
    found = zhou_lan.get(f"/books?number=SJ000101-{checks[1]}").text
    row = next(line for line in found.splitlines() if "80.00" in line and checks[1] in line)
    assert "相符" in row


def test_it_finds_a_paper_whose_number_a_supervisor_made_new(
    bank: Bank, zhou_lan: Visitor, chen_jie: Visitor
) -> None:
    phone = bank.phone(LI_WEI)
    take_cash(bank, phone, 520_00)
    twin = phone.record("cash.receipt", receipt_body((BOOK, "SJ000101"), 80_00))
    phone.sync(bank.send)
    ruling = {"action": "reassign_number", "note": "两张都在手上"}
    assert chen_jie.post(f"/quarantine/{twin.hash}", ruling).status_code == 302

    page = words(zhou_lan.get(f"/books?number=SJ000101-{check_characters(twin.hash)}"))

    assert "校验码相符" in page and "520.00" in page and "80.00" in page
