"""What is kept and not applied, with reasons and the cash it means.

Method: Li Wei's phone sends a receipt with a number of nobody's book, and one for no loan.
"""

from __future__ import annotations

import json

import pytest

from server.services.settle_quarantine import settle_quarantine
from server.tables import EventRow, VerdictRow
from sync.problems import Problem
from sync.specimens import receipt_body, visit_body
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank


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


def kept_receipt(bank: Bank) -> str:
    """The hash of a receipt with a number of nobody's book."""
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    slip = phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)
    return slip.hash


def test_it_releases_an_event_with_a_note(bank: Bank, chen_jie: Visitor) -> None:
    slip = kept_receipt(bank)
    assert "放行" in words(chen_jie.get("/quarantine"))

    answer = chen_jie.post(f"/quarantine/{slip}", {"action": "release", "note": "已核对存根"})

    assert answer.status_code == 302
    text = words(chen_jie.get("/quarantine"))
    assert "没有待核实的记录" in text and "主管放行" in text
    assert bank.balance("suspense") == 0 and bank.balance(f"hand:{LI_WEI}") == 50_00
    ruling = next(row for row in bank.rows(EventRow) if row.kind == "quarantine.resolved")
    body = json.loads(ruling.canonical)["body"]
    assert (body["target"], body["action"], body["was"]) == (slip, "release", "number_not_in_book")
    assert (ruling.actor, body["note"], body["verdict"]) == (CHEN_JIE, "已核对存根", "applied")
    given_by = [row.by_id for row in bank.rows(VerdictRow) if row.event_hash == slip]
    assert given_by == [None, CHEN_JIE]


def test_it_voids_an_event_and_the_phone_hears_of_it(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    slip = phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)

    chen_jie.post(f"/quarantine/{slip.hash}", {"action": "void", "note": "误开，未收款"})
    phone.sync(bank.send)

    assert bank.balances().get(f"hand:{LI_WEI}", 0) == 0
    assert phone.verdicts[slip.hash]["verdict"] == "voided"
    assert "没有待核实的记录" in words(chen_jie.get("/quarantine"))


def test_it_keeps_an_event_aside_in_somebodys_name(bank: Bank, chen_jie: Visitor) -> None:
    slip = kept_receipt(bank)

    chen_jie.post(f"/quarantine/{slip}", {"action": "keep", "note": "等客户回话"})

    assert "陈杰 已核实，留置" in words(chen_jie.get("/quarantine"))
    assert "0 条记录待核实" in words(chen_jie.get("/"))


def test_it_refuses_a_ruling_without_a_note_or_without_sense(bank: Bank, chen_jie: Visitor) -> None:
    slip = kept_receipt(bank)

    for form, said in (
        ({"action": "release", "note": " "}, "没有写处理说明"),
        ({"action": "reassign_number", "note": "x"}, "不能这样处理"),
        ({"action": "burn", "note": "x"}, "须选一项"),
    ):
        answer = chen_jie.post(f"/quarantine/{slip}", form)
        assert answer.status_code in (409, 422) and said in words(answer)
    assert bank.balance("suspense") == -50_00
    assert not any(row.kind == "quarantine.resolved" for row in bank.rows(EventRow))


def test_it_lets_nobody_settle_his_own_record(bank: Bank) -> None:
    slip = kept_receipt(bank)

    with bank.app.app_context(), pytest.raises(Problem) as refusal:
        settle_quarantine(BRANCH, slip, "release", "x", by=LI_WEI)

    assert refusal.value.code == "own_record"


def test_it_lists_two_officers_at_one_household_on_one_day(bank: Bank, zhou_lan: Visitor) -> None:
    first, second = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    bank.publish(LI_WEI, ["W1"])
    for phone in (first, second):
        phone.record("visit.started", visit_body())
        phone.sync(bank.send)

    text = words(zhou_lan.get("/quarantine"))

    assert "同日两人上门" in text and "王刚" in text and "李薇、张敏" in text
    assert "不是他的农户" in text
