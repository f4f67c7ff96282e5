"""Recovery sheets (S167): prepared, audited by somebody else, released; frozen, then corrected.

Method: Li Wei has taken Thursday's cash in March; in April the office makes her sheet.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server.services.recovery_sheets import audit_sheet, prepare_sheet, release_sheet
from server.tables import EventRow, RecoverySheet
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import receipt_body, void_body
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, WU_PING, ZHANG_MIN, Bank

MINUTES_TO_APRIL = 31 * 24 * 60
NUMBER = "SH202603-01"
NEW = {"month": "2026-03", "collector": LI_WEI}


@pytest.fixture
def phone(each_bank: Bank) -> Phone:
    """Li Wei's phone; it is April."""
    phone = li_wei_with_cash(each_bank)
    each_bank.clock.pass_minutes(MINUTES_TO_APRIL)
    return phone


def signed_in(bank: Bank, username: str) -> Visitor:
    visitor = Visitor(bank.http)
    assert visitor.sign_in(username).status_code == 302
    return visitor


def bodies(bank: Bank) -> list[tuple[str, Any]]:
    rows = [row for row in bank.rows(EventRow) if row.kind.startswith("sheet.")]
    rows.sort(key=lambda row: row.seq)
    return [(row.kind, json.loads(row.canonical)["body"]) for row in rows]


def test_it_goes_from_the_office_to_the_auditor_to_the_collector(
    each_bank: Bank, phone: Phone
) -> None:
    chen_jie, wu_ping = signed_in(each_bank, "chenjie"), signed_in(each_bank, "wuping")
    li_wei = signed_in(each_bank, "liwei")

    made = chen_jie.post("/sheets", NEW)
    assert made.location.endswith(NUMBER)
    assert li_wei.get(f"/sheets/{NUMBER}").status_code == 404
    assert "还没有收回信息单" in words(li_wei.get("/sheets"))
    assert wu_ping.post(f"/sheets/{NUMBER}/audit", {"decision": "accepted"}).status_code == 302
    assert chen_jie.post(f"/sheets/{NUMBER}/release").status_code == 302
    page = words(li_wei.get(f"/sheets/{NUMBER}"))

    for said in (
        "已发出",
        "SJ000101 王刚 L-W1 2023-11-30 420.00 100.00 0.00 0.00 520.00",
        "合计 970.00 200.00 0.00 0.00 1,170.00",
        "稽核 吴平",
        "发出 陈杰",
    ):
        assert said in page, said
    [sheet] = each_bank.rows(RecoverySheet)
    assert sha256_hex(sheet.document.encode()) == sheet.sha256
    assert [kind for kind, _ in bodies(each_bank)] == [
        "sheet.prepared",
        "sheet.audited",
        "sheet.released",
    ]
    assert {body["document_sha256"] for _, body in bodies(each_bank)} == {sheet.sha256}
    [printed] = PdfReader(io.BytesIO(li_wei.get(f"/sheets/{NUMBER}.pdf").data)).pages
    text = "".join(printed.extract_text().split())
    assert "收回信息单" in text and "编制陈杰2026-04-02" in text and "1,170.00" in text
    [table] = load_workbook(io.BytesIO(li_wei.get(f"/sheets/{NUMBER}.xlsx").data)).worksheets
    assert 1170 in [cell.value for row in table.iter_rows() for cell in row]


def test_it_stays_as_it_was_and_is_corrected_by_another(each_bank: Bank, phone: Phone) -> None:
    late = receipt_body(phone.next_receipt(), 100_00)
    phone.record("cash.receipt", late, at_ms=each_bank.clock.now - 20 * 24 * 3_600_000)
    with each_bank.app.app_context():
        prepare_sheet(BRANCH, "2026-03", LI_WEI, by=CHEN_JIE)
        audit_sheet(BRANCH, NUMBER, accepted=True, remark="", by=WU_PING)
        release_sheet(BRANCH, NUMBER, by=CHEN_JIE)
        with pytest.raises(Problem, match="nothing_to_correct"):
            prepare_sheet(BRANCH, "2026-03", LI_WEI, by=CHEN_JIE)
    before = each_bank.rows(RecoverySheet)[0].document
    phone.sync(each_bank.send)
    with each_bank.app.app_context():
        again = prepare_sheet(BRANCH, "2026-03", LI_WEI, by=CHEN_JIE)
    chen_jie = signed_in(each_bank, "chenjie")

    assert again == "SH202603-02"
    assert "编制以后记录有变化" in words(chen_jie.get(f"/sheets/{NUMBER}"))
    page = words(chen_jie.get(f"/sheets/{again}"))
    assert f"更正 {NUMBER}" in page and "1,270.00" in page
    kept = {row.number: row.document for row in each_bank.rows(RecoverySheet)}
    assert kept[NUMBER] == before


def test_it_is_returned_with_a_remark_and_made_anew(each_bank: Bank, phone: Phone) -> None:
    chen_jie, wu_ping = signed_in(each_bank, "chenjie"), signed_in(each_bank, "wuping")
    chen_jie.post("/sheets", NEW)
    [receipt] = take_cash(each_bank, phone, 50_00)
    phone.record("cash.void", void_body(receipt))
    phone.sync(each_bank.send)
    audit = f"/sheets/{NUMBER}/audit"

    twice = chen_jie.post("/sheets", NEW)
    early = chen_jie.post(f"/sheets/{NUMBER}/release")
    silent = wu_ping.post(audit, {"decision": "returned"})
    done = wu_ping.post(audit, {"decision": "returned", "remark": "缺签名"})
    late = wu_ping.post(audit, {"decision": "accepted"})
    anew = chen_jie.post("/sheets", NEW)

    statuses = [one.status_code for one in (twice, early, silent, done, late, anew)]
    assert statuses == [409, 409, 422, 302, 409, 302]
    assert "缺签名" in words(chen_jie.get("/sheets"))
    assert {row.number: row.state for row in each_bank.rows(RecoverySheet)} == {
        NUMBER: "returned",
        "SH202603-02": "prepared",
    }


def test_it_is_not_found_right_when_the_records_have_changed(each_bank: Bank, phone: Phone) -> None:
    late = receipt_body(phone.next_receipt(), 100_00)
    phone.record("cash.receipt", late, at_ms=each_bank.clock.now - 20 * 24 * 3_600_000)
    signed_in(each_bank, "chenjie").post("/sheets", NEW)
    phone.sync(each_bank.send)

    answer = signed_in(each_bank, "wuping").post(
        f"/sheets/{NUMBER}/audit", {"decision": "accepted"}
    )

    assert answer.status_code == 409 and "不符" in words(answer)


def test_it_lists_void_receipts_apart(each_bank: Bank, phone: Phone) -> None:
    each_bank.clock.pass_minutes(-MINUTES_TO_APRIL)
    [receipt] = take_cash(each_bank, phone, 50_00)
    phone.record("cash.void", void_body(receipt))
    phone.sync(each_bank.send)
    each_bank.clock.pass_minutes(MINUTES_TO_APRIL)
    chen_jie = signed_in(each_bank, "chenjie")
    chen_jie.post("/sheets", NEW)

    valid, void = words(chen_jie.get(f"/sheets/{NUMBER}")).split(" 作废 收款日")

    assert "1,170.00" in valid and "SJ000103" not in valid and "SJ000103" in void


def test_it_is_nobodys_own(each_bank: Bank, phone: Phone) -> None:
    with each_bank.app.app_context():
        prepare_sheet(BRANCH, "2026-03", LI_WEI, by=CHEN_JIE)
        for act in (
            lambda: prepare_sheet(BRANCH, "2026-03", ZHANG_MIN, by=ZHANG_MIN),
            lambda: audit_sheet(BRANCH, NUMBER, accepted=True, remark="", by=LI_WEI),
            lambda: audit_sheet(BRANCH, NUMBER, accepted=True, remark="", by=CHEN_JIE),
        ):
            with pytest.raises(Problem, match="own_record"):
                act()
        audit_sheet(BRANCH, NUMBER, accepted=True, remark="", by=WU_PING)
        for who in (LI_WEI, WU_PING):
            with pytest.raises(Problem, match="own_record"):
                release_sheet(BRANCH, NUMBER, by=who)


def test_it_refuses_months_that_are_not_over_and_strangers(each_bank: Bank, phone: Phone) -> None:
    chen_jie = signed_in(each_bank, "chenjie")
    for month, collector, status in (
        ("2026-04", LI_WEI, 409),
        ("2026-13", LI_WEI, 422),
        ("", LI_WEI, 422),
        ("2026-03", "nobody", 404),
    ):
        answer = chen_jie.post("/sheets", {"month": month, "collector": collector})

        assert answer.status_code == status, month
    assert each_bank.rows(RecoverySheet) == []
    assert chen_jie.get("/sheets/none").status_code == 404
