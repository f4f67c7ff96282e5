"""Counting an officer's cash: U34, NV9, and the cashier's own mistakes.

Method: Li Wei's phone has sent Thursday's two receipts, 1,170.00; Zhou Lan counts at the page.
"""

from __future__ import annotations

import json
from typing import Any

from server.tables import CashCount, EventRow, ReceiptRow, Task
from sync.specimens import receipt_body, void_body
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import LI_WEI, ZHOU_LAN, Bank

COUNT = f"/cash/{LI_WEI}"
GOLDEN = {"n10000": "11", "n5000": "1", "n2000": "1"}
SHORT = {"n10000": "11", "n5000": "1", "n1000": "1"}


def counted(bank: Bank) -> dict[str, Any]:
    """The body of the latest count."""
    rows = [row for row in bank.rows(EventRow) if row.kind == "cash.counted"]
    body: dict[str, Any] = json.loads(max(rows, key=lambda row: row.seq).canonical)["body"]
    return body


def listed(page: str) -> list[str]:
    """The hashes of the receipts that a sheet lists."""
    return [part.split('"')[0] for part in page.split('name="receipt" value="')[1:]]


def form(visitor: Visitor, pieces: dict[str, str], **more: str) -> dict[str, Any]:
    """The form of the sheet as a browser would send it."""
    return {"receipt": listed(visitor.get(COUNT).text), **pieces, **more}


def test_it_takes_over_thursdays_cash(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(COUNT, form(zhou_lan, GOLDEN))

    assert answer.status_code == 302
    assert sum(bank.balances().values()) == 0
    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance("vault")) == (0, 1170_00)
    body = counted(bank)
    assert (body["expected_fen"], body["variance_fen"], body["cause"]) == (1170_00, 0, None)
    assert body["denominations"] == {"10000": 11, "5000": 1, "2000": 1}
    assert all(row.counted_by for row in bank.rows(ReceiptRow))
    slip = words(zhou_lan.http.get(answer.headers["Location"]))
    assert "1,170.00" in slip and "相符" in slip and "SJ000101" in slip


def test_it_saves_no_short_cash_without_a_cause(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(COUNT, form(zhou_lan, SHORT))

    assert answer.status_code == 422
    text = words(answer)
    assert "短款 10.00" in text and "须写明原因" in text
    assert 'name="n10000"' in answer.text and 'value="11"' in answer.text
    assert bank.rows(CashCount) == []
    assert bank.balance(f"hand:{LI_WEI}") == 1170_00


def test_it_records_short_cash_with_its_cause(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    for name in ("", "周兰", ZHOU_LAN):
        refused = zhou_lan.post(COUNT, form(zhou_lan, SHORT, cause="少一张十元", signed_by=name))
        assert refused.status_code == 422 and "具名确认" in words(refused)
    assert bank.rows(CashCount) == []
    answer = zhou_lan.post(COUNT, form(zhou_lan, SHORT, cause="少一张十元", signed_by="李薇"))

    assert answer.status_code == 302
    slip = words(zhou_lan.http.get(answer.headers["Location"]))
    assert "应交 1,170.00 元，实点 1,160.00 元，李薇确认" in slip
    assert counted(bank)["signed_by"] == "李薇"
    assert (bank.balance("vault"), bank.balance("over_short")) == (1160_00, 10_00)
    assert bank.balance(f"hand:{LI_WEI}") == 0
    assert (counted(bank)["variance_fen"], counted(bank)["cause"]) == (-10_00, "少一张十元")
    assert sum(bank.balances().values()) == 0


def test_it_names_over_cash(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(COUNT, form(zhou_lan, {**GOLDEN, "n100": "5"}))

    assert answer.status_code == 422
    assert "长款 5.00" in words(answer)


def test_it_asks_again_when_a_receipt_came_meanwhile(bank: Bank, zhou_lan: Visitor) -> None:
    phone = li_wei_with_cash(bank)
    typed = form(zhou_lan, GOLDEN)
    take_cash(bank, phone, 100_00)

    answer = zhou_lan.post(COUNT, typed)

    assert answer.status_code == 409
    assert "SJ000103" in words(answer)
    assert bank.rows(CashCount) == []


def test_it_waits_until_a_hole_is_explained(bank: Bank, zhou_lan: Visitor) -> None:
    phone = li_wei_with_cash(bank)
    book = phone.next_receipt()[0]
    phone.record("cash.receipt", receipt_body((book, "SJ000105"), 10_00))
    phone.sync(bank.send)
    pieces = {**GOLDEN, "n1000": "1"}

    without = zhou_lan.post(COUNT, form(zhou_lan, pieces))
    some = zhou_lan.post(COUNT, form(zhou_lan, pieces, **{"hole:SJ000103": "写坏了"}))
    both = zhou_lan.post(
        COUNT,
        form(zhou_lan, pieces, **{"hole:SJ000103": "写坏了", "hole:SJ000104": "写坏了"}),
    )

    assert (without.status_code, some.status_code, both.status_code) == (422, 422, 302)
    assert "SJ000104" in words(some)
    assert counted(bank)["holes"] == {"SJ000103": "写坏了", "SJ000104": "写坏了"}
    assert {task.about for task in bank.rows(Task)} == {"SJ000103", "SJ000104"}
    assert {task.state for task in bank.rows(Task)} == {"done"}
    explained = [row for row in bank.rows(EventRow) if row.kind == "book.hole_explained"]
    assert len(explained) == 2, "the count explains by the same event as the page of books"
    assert "已说明" in words(zhou_lan.get("/books"))


def test_it_counts_cash_whose_paper_is_in_question(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)

    page = words(zhou_lan.get(COUNT))
    answer = zhou_lan.post(COUNT, form(zhou_lan, {"n5000": "1"}))

    assert "待核实: 号码不在领用的本内" in page
    assert answer.status_code == 302
    assert (bank.balance("vault"), bank.balance("suspense")) == (50_00, -50_00)


def test_it_leaves_out_what_was_voided(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    [receipt] = take_cash(bank, phone, 520_00)
    take_cash(bank, phone, 650_00)
    phone.record("cash.void", void_body(receipt))
    phone.sync(bank.send)

    page = words(zhou_lan.get(COUNT))

    assert "SJ000101" not in page and "应交 650.00" in page


def test_it_has_nothing_to_count_twice(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    zhou_lan.post(COUNT, form(zhou_lan, GOLDEN))

    answer = zhou_lan.post(COUNT, form(zhou_lan, {}))

    assert answer.status_code == 409
    assert len(bank.rows(CashCount)) == 1


def test_it_marks_a_late_receipt_and_keeps_its_date(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100_00))
    bank.clock.pass_minutes(24 * 60)
    phone.sync(bank.send)

    assert "2026-03-02 迟到" in words(zhou_lan.get(COUNT))
    zhou_lan.post(COUNT, form(zhou_lan, {"n10000": "1"}))

    assert bank.rows(ReceiptRow)[0].effective_on == "2026-03-02"
    assert counted(bank)["day"] == "2026-03-03"


def test_it_refuses_pieces_that_are_no_number(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    for wrong in ("-1", "1.5", "十", "9999999"):
        answer = zhou_lan.post(COUNT, form(zhou_lan, {"n10000": wrong}))

        assert answer.status_code == 422, wrong
    assert bank.rows(CashCount) == []


def test_it_sums_while_somebody_types(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(f"{COUNT}/sum", SHORT)

    assert "实点 1,160.00" in words(answer) and "短款 10.00" in words(answer)
    assert "<html" not in answer.text
    assert bank.rows(CashCount) == []


def test_it_tells_the_phone_what_was_taken_over(bank: Bank, zhou_lan: Visitor) -> None:
    phone = li_wei_with_cash(bank)
    zhou_lan.post(COUNT, form(zhou_lan, GOLDEN))

    phone.sync(bank.send)

    assert phone.hand_fen() == 0
    assert phone.rows["me", LI_WEI]["row"]["counted_total_fen"] == 1170_00


def test_it_shows_the_supervisor_the_sheet_and_no_form(
    bank: Bank, chen_jie: Visitor, zhou_lan: Visitor
) -> None:
    li_wei_with_cash(bank)

    page = chen_jie.get(COUNT)

    assert "1,170.00" in words(page) and 'name="n10000"' not in page.text
    assert 'name="n10000"' in zhou_lan.get(COUNT).text
