"""The cashier's books at the console: pages, files, voids, holes, late receipts, and who reads.

Method: Li Wei's phone has sent receipts; Zhou Lan counts and deposits; the books are opened.
"""

from __future__ import annotations

import io

from openpyxl import load_workbook
from pypdf import PdfReader

from server.services.branches import NewStaff, add_staff
from server.services.close_day import close_day, deposit
from server.services.count_cash import Counted, count_cash
from server.tables import EventRow, ReceiptRow
from sync.specimens import handed_body, receipt_body, taken_body, void_body
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, PASSWORD, ZHANG_MIN, ZHOU_LAN, Bank

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def counted(bank: Bank, pieces: dict[int, int], *, cause: str | None = None) -> str:
    with bank.app.app_context():
        return count_cash(BRANCH, LI_WEI, Counted(denominations=pieces, cause=cause), by=ZHOU_LAN)


def test_it_shows_a_short_count_as_a_line_of_its_own(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    counted(bank, {100_00: 11, 50_00: 1, 10_00: 1}, cause="少一张十元")
    with bank.app.app_context():
        deposit(BRANCH, 1160_00, "JK-1", by=ZHOU_LAN)

    journal = words(zhou_lan.get("/ledgers/journal/2026-03"))
    register = words(zhou_lan.get("/ledgers/over-short/2026-03"))

    assert "短款 少一张十元 长短款 10.00 1,160.00" in journal
    assert "JK-1 解款存行 银行存款 1,160.00 0.00" in journal
    assert "点交 李薇 周兰 1,170.00 1,160.00 10.00 少一张十元" in register


def test_it_books_a_late_receipt_today_with_its_true_date(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100_00))
    with bank.app.app_context():
        close_day(BRANCH, MONDAY, by=ZHOU_LAN)
    before = words(zhou_lan.get(f"/ledgers/daily/{MONDAY}"))
    bank.clock.pass_minutes(24 * 60)
    phone.sync(bank.send)
    counted(bank, {100_00: 1})

    journal = words(zhou_lan.get("/ledgers/journal/2026-03"))

    assert "2026-03-03 SJ000101 收回贷款 王刚 L-W1（收款日2026-03-02，迟到）" in journal
    assert words(zhou_lan.get(f"/ledgers/daily/{MONDAY}")) == before


def test_it_names_used_void_missing_and_unused_numbers(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    [receipt, _] = take_cash(bank, phone, 100_00, 50_00)
    book = phone.next_receipt()[0]
    phone.record("cash.receipt", receipt_body((book, "SJ000105"), 10_00))
    phone.record("cash.receipt", receipt_body(("none", "XX9"), 10_00))
    phone.record("cash.void", void_body(receipt))
    phone.sync(bank.send)

    page = words(zhou_lan.get(f"/ledgers/register/{MONDAY}"))
    monthly = words(zhou_lan.get("/ledgers/monthly/2026-03"))

    for said in (
        "已用 2 作废 1 待核实 0 缺号 2 未用 45",
        "SJ000101 1 李薇 作废 2026-03-02 王刚 L-W1 100.00",
        "SJ000103–SJ000104 2 李薇 缺号",
        "SJ000106–SJ000150 45 李薇 未用",
        "不在任何收据本内的号码",
        "XX9 1 李薇 待核实",
    ):
        assert said in page, said
    assert "使用 4 SJ000101–SJ000102、SJ000105、XX9" in monthly
    assert "作废 1 SJ000101" in monthly


def test_it_gives_each_book_as_a_file(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    counted(bank, {100_00: 11, 50_00: 1, 20_00: 1})
    for name, period, title in (
        ("journal", "2026-03", "现金日记账"),
        ("daily", MONDAY, "现金日报"),
        ("monthly", "2026-03", "出纳报告单"),
        ("over-short", "2026-03", "长短款登记簿"),
        ("register", MONDAY, "收据登记簿"),
    ):
        pdf = zhou_lan.get(f"/ledgers/{name}/{period}.pdf")
        xlsx = zhou_lan.get(f"/ledgers/{name}/{period}.xlsx", **{"Accept-Language": "en"})

        [page] = PdfReader(io.BytesIO(pdf.data)).pages
        assert title in page.extract_text().replace(" ", "")
        [sheet] = load_workbook(io.BytesIO(xlsx.data)).worksheets
        assert sheet["A1"].value == title  # what is filed is Chinese, whoever asks for it


def test_it_refuses_what_is_no_book_and_no_day(zhou_lan: Visitor) -> None:
    assert zhou_lan.get("/ledgers/diary/2026-03").status_code == 404
    for path in ("journal/2026-13", "journal/2026-03-01", "daily/2026-02-30", "monthly/x"):
        assert zhou_lan.get(f"/ledgers/{path}").status_code == 422, path
    assert zhou_lan.get(f"/ledgers?name=journal&on={MONDAY}").location.endswith("journal/2026-03")


def test_it_opens_the_books_for_the_bookkeeper_and_not_for_the_collector(
    bank: Bank, zhou_lan: Visitor
) -> None:
    with bank.app.app_context():
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
    he_qing, li_wei = Visitor(bank.http), Visitor(bank.http)
    he_qing.sign_in("heqing")
    li_wei.sign_in("liwei")

    page = he_qing.get("/ledgers")

    assert page.status_code == 200 and "账簿" in words(page) and "点交现金" not in words(page)
    assert li_wei.get("/ledgers/journal/2026-03").status_code == 403


def test_it_traces_a_receipt_and_names_what_is_missing(bank: Bank, wu_ping: Visitor) -> None:
    li_wei_with_cash(bank)
    first = min(bank.rows(ReceiptRow), key=lambda row: row.receipt_no)

    before = words(wu_ping.get(f"/trace/{first.event_hash}"))
    count = counted(bank, {100_00: 11, 50_00: 1, 20_00: 1})
    with bank.app.app_context():
        deposit(BRANCH, 600_00, "JK-1", by=ZHOU_LAN)
    after = words(wu_ping.get(f"/trace/{first.event_hash}"))

    for said in ("没有对应的上门记录", "现金尚未点交", "尚未解款", "核心系统尚未入账"):
        assert f"缺 {said}" in before, said
    assert "缺 4 个环节" in before and "缺 2 个环节" in after
    assert "2026-03-02 由 周兰 点交" in after and "解款 520.00，银行回单 JK-1" in after
    assert wu_ping.get(f"/trace/{count}").location.endswith(f"/counts/{count}")
    deposited = next(row for row in bank.rows(EventRow) if row.kind == "cash.deposited")
    assert wu_ping.get(f"/trace/{deposited.hash}").location.endswith(f"/day/{MONDAY}")
    assert wu_ping.get(f"/trace/{'f' * 64}").status_code == 404


def test_it_traces_a_void_and_cash_that_is_half_deposited(bank: Bank, wu_ping: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    [gone, kept] = take_cash(bank, phone, 100_00, 50_00)
    phone.record("cash.void", void_body(gone))
    phone.sync(bank.send)
    counted(bank, {50_00: 1})
    with bank.app.app_context():
        deposit(BRANCH, 20_00, "JK-1", by=ZHOU_LAN)

    void = words(wu_ping.get(f"/trace/{gone.hash}"))
    half = words(wu_ping.get(f"/trace/{kept.hash}"))

    assert "2026-03-02 作废" in void and "点交" not in void.split("作废", 1)[1]
    assert "解款 20.00" in half and "30.00 尚未解款" in half


def test_it_books_a_handover_in_person_receipt_by_receipt(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei, zhang_min = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    cashier = bank.phone(ZHOU_LAN, numbers=0)
    bank.publish(LI_WEI, ["W1"])
    take_cash(bank, li_wei, 600_00, 100_00)
    first = li_wei.record("custody.handed", handed_body(ZHANG_MIN, 700_00))
    zhang_min.record("custody.taken", taken_body(first, 690_00))
    second = zhang_min.record("custody.handed", handed_body(ZHOU_LAN, 690_00))
    cashier.record("custody.taken", taken_body(second, into="vault"))
    for phone in (li_wei, zhang_min, cashier):
        phone.sync(bank.send)

    journal = words(zhou_lan.get("/ledgers/journal/2026-03"))
    register = words(zhou_lan.get("/ledgers/over-short/2026-03"))
    daily = words(zhou_lan.get(f"/ledgers/daily/{MONDAY}"))

    assert "SJ000101 收回贷款 王刚 L-W1 外勤在手现金 张敏 600.00 600.00" in journal
    assert "SJ000102 收回贷款 王刚 L-W1 外勤在手现金 张敏 100.00 700.00" in journal
    assert "应交与收据之差 外勤在手现金 张敏 10.00 690.00" in journal
    assert "当面交接 李薇 张敏 700.00 690.00 10.00" in register
    assert "期末余额 3 700.00 10.00 690.00" in daily
    slip = next(row for row in bank.rows(ReceiptRow) if row.receipt_no == "SJ000101")
    assert "由 周兰 点交" in words(zhou_lan.get(f"/trace/{slip.event_hash}"))
