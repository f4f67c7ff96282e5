"""Voids to approve, reversals through the cashier, transfers and cheques (U10, R20, R25).

Method: phones send what officers did; the office decides at its pages. After each act the books,
the receipt's row and the phone's own sum of cash are compared, and the whole history is checked.
"""

from __future__ import annotations

import pytest

from server.db import snapshot
from server.services.branches import NewStaff, add_staff, set_takes_cash
from server.services.check_history import check_history
from server.services.count_cash import Counted, count_cash
from server.services.import_master import Said, import_master
from server.tables import OutboxMessage, ReceiptRow, Task, Undoing
from sync.client import Phone
from sync.events import Envelope
from sync.specimens import receipt_body, suspect_body, void_body
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, PASSWORD, ZHOU_LAN, Bank

FEN = 500_00
DAY = "2026-03-02"
HEADING = "户号,户名,片区,村委,贷款编号,合同号,本金余额,欠息,借款日,到期日"


@pytest.fixture
def phone(each_bank: Bank) -> Phone:
    phone = each_bank.phone(LI_WEI)
    each_bank.publish(LI_WEI, ["W1", "W2"])
    return phone


def visitor(bank: Bank, username: str) -> Visitor:
    who = Visitor(bank.http)
    who.sign_in(username)
    return who


def row(bank: Bank, event: Envelope) -> ReceiptRow:
    found: list[ReceiptRow] = bank.rows(ReceiptRow)
    return next(each for each in found if each.event_hash == event.hash)


def topics(bank: Bank) -> list[str]:
    return sorted(each.topic for each in bank.rows(OutboxMessage))


def holds(bank: Bank) -> None:
    """Nothing contradicts the history, and all accounts sum to zero."""
    with bank.app.app_context(), snapshot() as session:
        assert check_history(session) == []
    assert sum(bank.balances().values()) == 0


def void(bank: Bank, phone: Phone, slip: Envelope) -> Envelope:
    event = phone.record("cash.void", {**void_body(slip), "second_person": "陈杰二"})
    phone.sync(bank.send)
    return event


def counted(bank: Bank, fen: int = FEN) -> None:
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: fen // 100_00}), by=ZHOU_LAN)


def decide(who: Visitor, undoing: str, decision: str, note: str = "") -> int:
    form = {"decision": decision, "note": note}
    return who.post(f"/money/undoings/{undoing}", form).status_code


def test_it_approves_a_void_that_has_posted(each_bank: Bank, phone: Phone) -> None:
    bank = each_bank
    (slip,) = take_cash(bank, phone, FEN)
    event = void(bank, phone, slip)
    chen_jie = visitor(bank, "chenjie")

    page = words(chen_jie.get("/money"))
    assert str(slip.body["receipt_no"]) in page and "数错了" in page and "李薇申请" in page
    assert bank.balance(f"hand:{LI_WEI}") == 0
    assert decide(chen_jie, event.hash, "approved") == 302

    assert [each.decision for each in bank.rows(Undoing)] == ["approved"]
    assert (row(bank, slip).state, bank.balance("loan:L-W1:principal")) == ("voided", 5000_00)
    assert decide(chen_jie, event.hash, "refused", "再看") == 409
    holds(bank)


def test_it_lets_a_receipt_stand_again_whose_void_is_refused(each_bank: Bank, phone: Phone) -> None:
    bank = each_bank
    (slip,) = take_cash(bank, phone, FEN)
    event = void(bank, phone, slip)
    chen_jie = visitor(bank, "chenjie")
    assert decide(chen_jie, event.hash, "refused") == 422

    assert decide(chen_jie, event.hash, "refused", "付款人说已交钱") == 302

    assert row(bank, slip).state == "applied"
    assert bank.balance(f"hand:{LI_WEI}") == FEN
    assert "现金应由李薇交出" in words(chen_jie.get("/money"))
    assert topics(bank) == ["sms.receipt", "sms.void", "sms.void_refused"]
    phone.sync(bank.send)
    assert phone.hand_fen() == FEN
    holds(bank)
    counted(bank)
    assert "现金应由李薇交出" not in words(chen_jie.get("/money"))
    holds(bank)


def test_it_lets_nobody_decide_on_his_own_void(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    with bank.app.app_context():
        for who, roles in (("sv-2", ("supervisor",)), ("sv-3", ("supervisor", "collector"))):
            person = NewStaff(id=who, name="陈杰二", username=who, password=PASSWORD, roles=roles)
            add_staff(BRANCH, person)
    (slip,) = take_cash(bank, phone, FEN)
    event = void(bank, phone, slip)

    assert decide(visitor(bank, "sv-2"), event.hash, "approved") == 403  # the second person
    assert decide(visitor(bank, "zhoulan"), event.hash, "approved") == 403
    assert decide(visitor(bank, "liwei"), event.hash, "approved") == 403
    assert [each.decision for each in bank.rows(Undoing)] == [None]


def test_it_reverses_a_counted_receipt_and_gives_the_money_back(
    each_bank: Bank, phone: Phone
) -> None:
    bank = each_bank
    (slip,) = take_cash(bank, phone, FEN)
    number = str(slip.body["receipt_no"])
    zhou_lan, chen_jie = visitor(bank, "zhoulan"), visitor(bank, "chenjie")
    form = {"receipt_no": number, "reason": "借款人填错", "money_returned": "yes"}
    assert zhou_lan.post("/money/reversals", form).status_code == 422  # not counted yet
    counted(bank)
    assert zhou_lan.post("/money/reversals", {**form, "reason": " "}).status_code == 422
    assert zhou_lan.post("/money/reversals", {**form, "receipt_no": "SJ9"}).status_code == 404
    assert zhou_lan.post("/money/reversals", form).status_code == 302
    assert zhou_lan.post("/money/reversals", form).status_code == 409
    assert bank.balance("vault") == FEN
    asked = bank.rows(Undoing)[0].event_hash

    assert decide(chen_jie, asked, "approved") == 302

    assert (bank.balance("vault"), bank.balance(f"hand:{LI_WEI}")) == (0, 0)
    assert bank.balance("loan:L-W1:principal") + bank.balance("loan:L-W1:interest") == 5300_00
    assert row(bank, slip).state == "voided"
    assert topics(bank) == ["sms.receipt", "sms.reversal"]
    assert zhou_lan.post(f"/day/{DAY}/close").status_code == 302
    holds(bank)


def test_it_owes_the_payer_what_a_reversal_keeps(each_bank: Bank, phone: Phone) -> None:
    bank = each_bank
    (slip,) = take_cash(bank, phone, FEN)
    counted(bank)
    zhou_lan, chen_jie = visitor(bank, "zhoulan"), visitor(bank, "chenjie")
    form = {"receipt_no": slip.body["receipt_no"], "reason": "贷款记错", "money_returned": "no"}
    zhou_lan.post("/money/reversals", form)

    assert decide(chen_jie, bank.rows(Undoing)[0].event_hash, "approved") == 302

    assert (bank.balance("vault"), bank.balance("credit:L-W1")) == (FEN, -FEN)
    assert [task.kind for task in bank.rows(Task)] == ["refund_due"]
    refund = {
        "amount": "500",
        "payee": "王刚",
        "second_username": "chenjie",
        "second_password": PASSWORD,
    }
    assert zhou_lan.post("/money/refunds/L-W1", refund).status_code == 302
    assert (bank.balance("vault"), bank.balance("credit:L-W1")) == (0, 0)
    holds(bank)


def test_it_leaves_a_receipt_alone_whose_reversal_is_refused(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    (slip,) = take_cash(bank, phone, FEN)
    counted(bank)
    zhou_lan, chen_jie = visitor(bank, "zhoulan"), visitor(bank, "chenjie")
    form = {"receipt_no": slip.body["receipt_no"], "reason": "x", "money_returned": "yes"}
    zhou_lan.post("/money/reversals", form)

    assert decide(chen_jie, bank.rows(Undoing)[0].event_hash, "refused", "无凭据") == 302

    assert (row(bank, slip).state, bank.balance("vault")) == ("applied", FEN)
    holds(bank)


def test_it_keeps_a_reversal_on_top_of_an_older_balance(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    (slip,) = take_cash(bank, phone, FEN)
    counted(bank)
    bank.clock.pass_minutes(2 * 24 * 60)
    zhou_lan, chen_jie = visitor(bank, "zhoulan"), visitor(bank, "chenjie")
    form = {"receipt_no": slip.body["receipt_no"], "reason": "x", "money_returned": "yes"}
    zhou_lan.post("/money/reversals", form)
    decide(chen_jie, bank.rows(Undoing)[0].event_hash, "approved")
    line = "W1,王刚,涡水镇,马头冲村委,L-W1,L-W1,4500,300,2023-11-30,2024-11-30"
    with bank.app.app_context():
        # Of Tuesday: the core system has the receipt, and knows nothing of its reversal.
        said = Said(as_of="2026-03-03", control_total_fen=4500_00)
        import_master(BRANCH, f"{HEADING}\n{line}\n".encode(), said, by=CHEN_JIE)

    assert bank.balance("loan:L-W1:principal") + bank.balance("loan:L-W1:interest") == 5300_00
    holds(bank)


def by_transfer(bank: Bank, phone: Phone, fen: int = FEN) -> Envelope:
    body = receipt_body(phone.next_receipt(), fen)
    event = phone.record("cash.receipt", {**body, "method": "transfer", "evidence_no": "T-7"})
    phone.sync(bank.send)
    return event


def test_it_clears_a_transfer_by_the_list_of_the_bank(each_bank: Bank, phone: Phone) -> None:
    bank = each_bank
    slip = by_transfer(bank, phone)
    zhou_lan = visitor(bank, "zhoulan")
    assert (bank.balance("clearing"), bank.balance(f"hand:{LI_WEI}")) == (FEN, 0)
    assert phone.hand_fen() == 0
    assert "T-7" in words(zhou_lan.get("/money"))
    assert str(slip.body["receipt_no"]) not in words(zhou_lan.get(f"/cash/{LI_WEI}"))
    path = f"/money/transfers/{slip.hash}"
    assert zhou_lan.post(path, {"bank": "cleared", "said": ""}).status_code == 422

    assert zhou_lan.post(path, {"bank": "cleared", "said": "B-001"}).status_code == 302

    assert (bank.balance("clearing"), bank.balance("bank")) == (0, FEN)
    assert zhou_lan.post(path, {"bank": "bounced", "said": "退票"}).status_code == 409
    holds(bank)


def test_it_owes_again_what_the_bank_did_not_pay(each_bank: Bank, phone: Phone) -> None:
    bank = each_bank
    slip = by_transfer(bank, phone)
    zhou_lan, chen_jie = visitor(bank, "zhoulan"), visitor(bank, "chenjie")
    path = f"/money/transfers/{slip.hash}"

    assert zhou_lan.post(path, {"bank": "bounced", "said": "账户余额不足"}).status_code == 302

    assert bank.balance("loan:L-W1:principal") + bank.balance("loan:L-W1:interest") == 5300_00
    assert (bank.balance("clearing"), row(bank, slip).state) == (0, "voided")
    assert topics(bank) == ["sms.bounced", "sms.receipt"]
    assert "已退票" in words(chen_jie.get("/money"))
    assert chen_jie.post(f"/money/bounced/{slip.hash}").status_code == 302
    assert "已退票" not in words(chen_jie.get("/money"))
    holds(bank)


def test_it_links_a_corrected_receipt(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    (slip,) = take_cash(bank, phone, FEN)
    void(bank, phone, slip)
    body = {**receipt_body(phone.next_receipt(), 450_00), "corrects": slip.hash}
    again = phone.record("cash.receipt", body)
    phone.sync(bank.send)

    assert row(bank, again).corrects == slip.hash
    assert f"更正为 {again.body['receipt_no']}" in words(visitor(bank, "chenjie").get("/money"))


def test_it_lists_a_suspect_note_and_counts_no_cash(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.record("cash.suspect_noted", suspect_body())
    phone.sync(bank.send)

    page = words(visitor(bank, "zhoulan").get("/money"))
    assert "AB12345678" in page and "不是现金" in page
    assert bank.balance(f"hand:{LI_WEI}") == 0


def test_it_tells_the_phone_that_the_branch_takes_no_cash(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    with bank.app.app_context():
        set_takes_cash(BRANCH, False)
    phone.sync(bank.send)

    assert phone.rows["me", LI_WEI]["row"]["settings"]["takes_cash"] is False
    take_cash(bank, phone, FEN)
    assert "本网点不收现金" in words(visitor(bank, "chenjie").get("/quarantine"))
    assert bank.balance(f"hand:{LI_WEI}") == FEN
