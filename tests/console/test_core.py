"""The core system at the console: preview, take in, exceptions, post-files.

Method: Li Wei's receipts are counted; He Qing, the bookkeeper, imports files as a browser would.
"""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from server.services.branches import NewStaff, add_staff
from server.services.core_exceptions import exceptions
from server.services.count_cash import Counted, count_cash
from server.tables import (
    CoreBatch,
    CoreException,
    CoreFile,
    CoreLineRow,
    EventRow,
    Feed,
    LedgerLeg,
    ReceiptRow,
)
from sync.specimens import void_body
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, PASSWORD, ZHOU_LAN, Bank

HEAD = "入账日,凭证号,贷款编号,收据号,金额,本金,利息\n"
GOOD = "2026-03-02,V1,L-W1,SJ000101,520.00,420.00,100.00\n"
ALSO_GOOD = "2026-03-02,V2,L-W1,,650.00,,\n"


@pytest.fixture
def he_qing(each_bank: Bank) -> Visitor:
    """The bookkeeper, in a bank in which Thursday's two receipts have been counted."""
    li_wei_with_cash(each_bank)
    pieces = {100_00: 11, 50_00: 1, 20_00: 1}
    with each_bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations=pieces), by=ZHOU_LAN)
        add_staff(
            BRANCH,
            NewStaff(
                id="bookkeeper-1",
                name="何青",
                username="heqing",
                password=PASSWORD,
                roles=("bookkeeper",),
            ),
        )
    visitor = Visitor(each_bank.http)
    assert visitor.sign_in("heqing").status_code == 302
    return visitor


def preview(who: Visitor, text: str, lines: int, total: str) -> TestResponse:
    return who.upload("/core/preview", text.encode(), {"lines": str(lines), "total": total})


def confirm(who: Visitor, page: TestResponse) -> TestResponse:
    """Press the button of a preview."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    form = {name: unescape(value) for name, value in fields if name != "csrf_token"}
    return who.post("/core/match", form)


def bodies(bank: Bank, kind: str) -> list[Any]:
    rows = sorted((row for row in bank.rows(EventRow) if row.kind == kind), key=lambda row: row.seq)
    return [json.loads(row.canonical)["body"] for row in rows]


def open_kinds(bank: Bank) -> list[str]:
    with bank.app.app_context():
        return [one.kind for one in exceptions(BRANCH)]


def test_it_writes_nothing_before_it_is_confirmed(each_bank: Bank, he_qing: Visitor) -> None:
    events = len(each_bank.rows(EventRow))
    page = preview(he_qing, HEAD + GOOD + ALSO_GOOD, 2, "1,170.00")

    assert page.status_code == 200 and "还没有写入" in words(page)
    assert "2 笔与收据相符" in words(page) and "V2 2026-03-02 · L-W1 SJ000102" in words(page)
    assert len(each_bank.rows(EventRow)) == events and each_bank.rows(CoreFile) == []


def test_it_marks_receipts_as_posted(each_bank: Bank, he_qing: Visitor) -> None:
    legs = len(each_bank.rows(LedgerLeg))
    answer = confirm(he_qing, preview(he_qing, HEAD + GOOD + ALSO_GOOD, 2, "1170"))

    assert "相符 2 笔，差异 0 条" in words(answer)
    assert {row.posted_on for row in each_bank.rows(ReceiptRow)} == {"2026-03-02"}
    [body] = bodies(each_bank, "core.matched")
    hashes = {row.receipt_no: row.event_hash for row in each_bank.rows(ReceiptRow)}
    assert [(one["line"], one["voucher_no"], one["receipt"]) for one in body["matches"]] == [
        (2, "V1", hashes["SJ000101"]),
        (3, "V2", hashes["SJ000102"]),
    ]
    assert body["total_fen"] == 1170_00 and len(each_bank.rows(LedgerLeg)) == legs
    assert "核心系统 2026-03-02 入账" in words(he_qing.get(f"/trace/{hashes['SJ000101']}"))


def test_it_tells_the_phone_that_its_book_has_changed(each_bank: Bank, he_qing: Visitor) -> None:
    before = [row.tick for row in each_bank.rows(Feed) if row.etype == "book"]
    confirm(he_qing, preview(he_qing, HEAD + GOOD, 1, "520"))

    [after] = [row.tick for row in each_bank.rows(Feed) if row.etype == "book"]
    assert after > max(before)


def test_it_shows_the_bookkeeper_what_waits(each_bank: Bank, he_qing: Visitor) -> None:
    wrong = HEAD + "2026-03-02,V9,L-W9,,1,,\n"
    confirm(he_qing, preview(he_qing, wrong, 1, "1"))

    assert "1 条与核心系统的差异" in words(he_qing.get("/"))


def test_it_does_nothing_with_the_same_file_again(each_bank: Bank, he_qing: Visitor) -> None:
    text = HEAD + GOOD + ALSO_GOOD
    first = preview(he_qing, text, 2, "1170")
    confirm(he_qing, first)
    events = len(each_bank.rows(EventRow))

    again = preview(he_qing, text, 2, "1170")
    twice = confirm(he_qing, first)
    more = confirm(he_qing, preview(he_qing, text + "2026-03-02,V9,L-W9,,1,,\n", 3, "1171"))

    assert "已经导入过" in words(again) and "已经导入过" in words(twice)
    assert "相符 0 笔，差异 1 条，以前导入过 2 笔" in words(more)
    assert len(each_bank.rows(EventRow)) == events + 1
    assert len(each_bank.rows(CoreLineRow)) == 3


def test_it_refuses_a_file_with_a_fault_whole(each_bank: Bank, he_qing: Visitor) -> None:
    wrong = preview(he_qing, HEAD + GOOD + "2026-03-09,V2,L-W1,,650.005,,\n", 2, "1170")
    total = preview(he_qing, HEAD + GOOD, 1, "521")
    controls = preview(he_qing, HEAD + GOOD, 1, "")
    none = he_qing.post("/core/preview", {"lines": "1", "total": "1"})

    assert (wrong.status_code, total.status_code, none.status_code) == (422, 422, 422)
    assert controls.status_code == 422
    assert "3 金额 650.005 金额最多两位小数" in words(wrong)
    assert "控制总额 521 元不符" in words(total)
    assert each_bank.rows(CoreFile) == []


def test_it_refuses_what_is_not_what_was_previewed(each_bank: Bank, he_qing: Visitor) -> None:
    page = preview(he_qing, HEAD + GOOD, 1, "520")
    confirm(he_qing, preview(he_qing, HEAD + GOOD.replace("V1", "V7"), 1, "520"))

    changed = confirm(he_qing, page)
    broken = he_qing.post("/core/match", {"packed": "!", "lines": "1", "total": "520"})

    assert (changed.status_code, broken.status_code) == (409, 409)
    assert len(each_bank.rows(CoreFile)) == 1


def test_it_keeps_what_does_not_fit_until_it_is_settled(each_bank: Bank, he_qing: Visitor) -> None:
    text = HEAD + "2026-03-02,V1,L-W1,SJ000101,510.00,,\n2026-03-02,V2,L-W2,SJ000102,650,,\n"
    confirm(he_qing, preview(he_qing, text, 2, "1160"))
    assert open_kinds(each_bank) == ["amount_differs", "loan_differs"]
    [first, second] = sorted(row.id for row in each_bank.rows(CoreException))

    no_reason = he_qing.post("/core/exception", {"exception": first, "decision": "dismissed"})
    form = {"exception": first, "decision": "taken", "reason": "核心手续费 10 元"}
    taken = he_qing.post("/core/exception", form)
    again = he_qing.post("/core/exception", form)
    done = {"exception": second, "decision": "dismissed", "reason": "核心记错贷款，已要求冲正"}
    dismissed = he_qing.post("/core/exception", done)

    assert [one.status_code for one in (no_reason, taken, again, dismissed)] == [422, 302, 409, 302]
    receipts = {row.receipt_no: row for row in each_bank.rows(ReceiptRow)}
    assert receipts["SJ000101"].posted_on == "2026-03-02"
    assert receipts["SJ000101"].amount_fen == 520_00
    assert receipts["SJ000102"].posted_on is None
    assert open_kinds(each_bank) == []
    page = words(he_qing.get("/core"))
    assert "认定入账 核心手续费 10 元 何青" in page and "已要求冲正" in page
    assert [one["decision"] for one in bodies(each_bank, "core.exception_settled")] == [
        "taken",
        "dismissed",
    ]


def test_it_takes_no_line_for_a_receipt_that_is_posted(each_bank: Bank, he_qing: Visitor) -> None:
    twice = HEAD + GOOD + "2026-03-02,V8,L-W1,SJ000101,520.00,,\n2026-03-02,V9,,SJ000999,1,,\n"
    confirm(he_qing, preview(he_qing, twice, 3, "1041"))
    assert open_kinds(each_bank) == ["posted_twice", "line_without_receipt"]

    for row in each_bank.rows(CoreException):
        form = {"exception": row.id, "decision": "taken", "reason": "试"}
        assert he_qing.post("/core/exception", form).status_code == 409
    for form in (
        {"exception": "line:none", "decision": "dismissed", "reason": "试"},
        {"exception": "", "decision": "", "reason": "试"},
    ):
        assert he_qing.post("/core/exception", form).status_code in (404, 422)
    assert len(open_kinds(each_bank)) == 2


def test_it_says_that_a_split_differs_and_changes_no_receipt(
    each_bank: Bank, he_qing: Visitor
) -> None:
    before = {(row.receipt_no, row.principal_fen) for row in each_bank.rows(ReceiptRow)}
    text = HEAD + GOOD.replace("420.00,100.00", "520.00,0")
    confirm(he_qing, preview(he_qing, text, 1, "520"))

    assert open_kinds(each_bank) == ["split_differs"]
    assert {(row.receipt_no, row.principal_fen) for row in each_bank.rows(ReceiptRow)} == before
    assert [row.posted_on for row in each_bank.rows(ReceiptRow)].count("2026-03-02") == 1


def test_it_finds_a_void_receipt_that_was_posted(each_bank: Bank, he_qing: Visitor) -> None:
    phone = each_bank.phone(LI_WEI)
    [receipt] = take_cash(each_bank, phone, 100_00, household="W2")
    phone.record("cash.void", void_body(receipt))
    phone.sync(each_bank.send)
    number = str(receipt.body["receipt_no"])
    confirm(he_qing, preview(he_qing, f"{HEAD}2026-03-02,V5,,{number},100,,\n", 1, "100"))

    assert open_kinds(each_bank) == ["void_posted"]


def test_it_reminds_of_a_receipt_that_is_not_posted_in_time(
    each_bank: Bank, he_qing: Visitor
) -> None:
    each_bank.clock.pass_minutes(3 * 24 * 60)
    assert open_kinds(each_bank) == []
    each_bank.clock.pass_minutes(24 * 60)
    page = words(he_qing.get("/core"))
    assert open_kinds(each_bank) == ["receipt_without_line"] * 2
    assert "有收据无入账" in page and "周兰" in page and "4 天" in page

    confirm(he_qing, preview(he_qing, HEAD + GOOD, 1, "520"))
    [left] = [row for row in each_bank.rows(ReceiptRow) if row.posted_on is None]
    form = {"exception": f"receipt:{left.event_hash}", "reason": "核心补录中"}
    settled = he_qing.post("/core/exception", form | {"decision": "dismissed"})

    assert settled.status_code == 302 and open_kinds(each_bank) == []


def test_it_counts_a_receipt_in_dispute_once_and_does_not_export_it(
    each_bank: Bank, he_qing: Visitor
) -> None:
    each_bank.clock.pass_minutes(4 * 24 * 60)
    wrong = HEAD + GOOD.replace("520.00,420.00,100.00", "510,,")
    confirm(he_qing, preview(he_qing, wrong, 1, "510"))

    assert sorted(open_kinds(each_bank)) == ["amount_differs", "receipt_without_line"]
    assert "待报送 1 张，650.00 元" in words(he_qing.get("/core"))


def test_it_freezes_a_post_file(each_bank: Bank, he_qing: Visitor) -> None:
    assert "待报送 2 张，1,170.00 元" in words(he_qing.get("/core"))
    made, empty = he_qing.post("/core/batch"), he_qing.post("/core/batch")

    assert (made.status_code, empty.status_code) == (302, 409)
    [batch] = each_bank.rows(CoreBatch)
    assert (batch.id, batch.receipts, batch.total_fen) == ("BS20260302-1", 2, 1170_00)
    first = he_qing.get(f"/core/batch/{batch.id}.csv").data
    xlsx = he_qing.get(f"/core/batch/{batch.id}.xlsx").data
    confirm(he_qing, preview(he_qing, HEAD + GOOD, 1, "520"))  # what is posted stays in its batch
    assert he_qing.get(f"/core/batch/{batch.id}.csv").data == first
    assert he_qing.get(f"/core/batch/{batch.id}.xlsx").data == xlsx
    assert first.startswith(b"\xef\xbb\xbf")
    lines = first.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("收据号,收据号（含校验码）,贷款编号,合同号,收款日,点交日,金额,本金")
    assert re.match(r"SJ000101,SJ000101-\w{4},L-W1,L-W1,2026-03-02,2026-03-02,520.00,", lines[1])
    [sheet] = load_workbook(io.BytesIO(xlsx)).worksheets
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "收据号" and cells[2][6] == 650
    assert bodies(each_bank, "core.exported")[0]["total_fen"] == 1170_00
    assert he_qing.get("/core/batch/none.csv").status_code == 404


def test_it_lets_nobody_else_import(each_bank: Bank, he_qing: Visitor) -> None:
    for name in ("zhoulan", "chenjie", "wuping"):
        other = Visitor(each_bank.http)
        other.sign_in(name)

        assert preview(other, HEAD + GOOD, 1, "520").status_code == 403, name
        assert other.get("/core").status_code == 200
    assert "<form" not in other.get("/core").text.split("</header>")[1]
