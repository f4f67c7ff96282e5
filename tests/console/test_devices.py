"""Phones at the console: a code for a new one, the list, and revoking.

Method: Chen Jie makes a code at the page and a phone enrols with it over the real API.
"""

from __future__ import annotations

import re

from server.db import transaction
from server.device_key import DeviceKey
from server.tables import Beacon, Device, EventRow, Incident, ReceiptBook
from sync.client import Phone
from sync.specimens import receipt_body
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, Bank


def test_it_shows_a_code_and_its_qr_with_which_a_phone_enrols(
    bank: Bank, chen_jie: Visitor
) -> None:
    page = chen_jie.post("/devices/code", {"officer": LI_WEI})

    found = re.search(r'id="code">([0-9A-Z]{4}-[0-9A-Z]{4})<', page.text)
    assert found, page.text
    assert "<svg" in page.text and f"/#enrol={found[1]}" in page.text
    phone = Phone(DeviceKey(), bank.world())
    answer = bank.http.post("/v1/enrol", data=phone.enrol_request(found[1]))
    assert answer.status_code == 201
    text = words(chen_jie.get("/devices"))
    assert "李薇" in text and "D1" in text and "在用" in text


def test_it_makes_codes_for_those_who_have_cash_in_hand_only(chen_jie: Visitor) -> None:
    assert chen_jie.post("/devices/code", {"officer": "cashier-1"}).status_code == 200
    assert chen_jie.post("/devices/code", {"officer": "supervisor-1"}).status_code == 404
    assert chen_jie.post("/devices/code").status_code == 404


def test_it_shows_when_a_phone_was_last_seen_and_what_its_officer_holds(
    bank: Bank, chen_jie: Visitor
) -> None:
    li_wei_with_cash(bank)

    text = words(chen_jie.get("/devices"))

    assert "2026-03-02 09:00" in text and "1,170.00" in text


def test_it_shows_of_one_phone_what_has_not_come_and_what_went_wrong(
    bank: Bank, chen_jie: Visitor
) -> None:
    phone = li_wei_with_cash(bank)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 30_00))
    assert phone.identity is not None
    device = phone.identity["device"]
    tell(bank, phone, device)

    page = chen_jie.get(f"/devices/{device}")

    text = words(page)
    assert "还有 1 条记录、现金 30.00 元没有送到" in text and "缺 1 条" in text
    assert "SJ000103" in text and "同一序号有两条记录" in text
    assert "缺 1 条" in words(chen_jie.get("/devices"))
    assert "1 项异常" in words(chen_jie.get("/devices"))
    chen_jie.post(f"/devices/{device}/incidents/i1")
    assert "陈杰 已查看" in words(chen_jie.get(f"/devices/{device}"))


def tell(bank: Bank, phone: Phone, device: str) -> None:
    """What the phone said last of itself, and that its memory went backwards."""
    last = phone.log[-1]
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="tell") as tx:
        beacon = Beacon(
            branch_id=BRANCH,
            lane_id=phone.lane,
            head_seq=last.seq,
            head_hash=last.hash[:16],
            hand_fen=phone.hand_fen(),
            at_ms=bank.clock.now,
            received_at_ms=bank.clock.now,
        )
        incident = Incident(
            branch_id=BRANCH, id="i1", device_id=device, kind="forked", details="{}", at_ms=1
        )
        tx.session.merge(beacon)
        tx.session.merge(incident)


def test_it_shows_what_must_happen_before_an_officer_leaves(bank: Bank, chen_jie: Visitor) -> None:
    li_wei_with_cash(bank)

    text = words(chen_jie.get(f"/leaving/{LI_WEI}"))

    assert "李薇 离岗清单" in text and "手中现金 1,170.00 元" in text
    assert "1 部手机在用" in text and "2 户仍由本人负责" in text
    assert "没有未了事项" in words(chen_jie.get("/leaving/officer-2"))


def test_it_revokes_a_phone_and_suspends_its_books(bank: Bank, chen_jie: Visitor) -> None:
    phone = li_wei_with_cash(bank)
    [device] = bank.rows(Device)

    answer = chen_jie.post(f"/devices/{device.id}/revoke", {"reason": "lost"})
    again = chen_jie.post(f"/devices/{device.id}/revoke")
    take_cash(bank, phone, 100_00)

    assert (answer.status_code, again.status_code) == (302, 302)
    assert bank.rows(Device)[0].status == "revoked"
    assert bank.rows(ReceiptBook)[0].state == "suspended"
    assert len([row for row in bank.rows(EventRow) if row.kind == "device.revoked"]) == 1
    # What the phone still sends is kept, and its cash is in custody (U19).
    assert bank.balance(f"hand:{LI_WEI}") == 1270_00
    assert bank.balance("suspense") == -100_00
    assert "手机已停用" in words(chen_jie.get("/quarantine"))


def test_it_knows_no_other_phone(chen_jie: Visitor) -> None:
    assert chen_jie.post("/devices/none/revoke").status_code == 401
