"""Importing at the console: whole or not at all, and balances that stay right (U46).

Method: files are sent to the page as a browser does; re-imports run on both databases.
"""

from __future__ import annotations

import pytest

from server.services.count_cash import Counted, count_cash
from server.services.import_master import ImportDone, ImportRefused, Said, import_master
from server.tables import EventRow, Household, ImportBatch, LedgerLeg, Loan, Village
from sync.problems import Problem
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN, Bank

HEADING = "户号,户名,片区,村委,贷款编号,合同号,本金余额,欠息,借款日,到期日"
NEW = (
    "N1,测来福,涡水镇,马头冲村委,L-N1,HT-9,1000,30.50,2020/6/30,20230630",
    "N1,测来福,涡水镇,马头冲村委,L-N2,HT-9,200.50,,2020年6月30日,2023.6.30",
    "N2,测有田,香坪镇,,L-N3,HT-8,0.05,,,",
)
TOTAL_FEN = 1200_55
AS_OF = "2026-03-01"


def file(*lines: str) -> bytes:
    return "\n".join([HEADING, *lines, ""]).encode()


def bring(
    bank: Bank, data: bytes, total_fen: int, *, as_of: str = AS_OF, encoding: str | None = None
) -> ImportDone:
    said = Said(as_of=as_of, control_total_fen=total_fen, encoding=encoding)
    with bank.app.app_context():
        return import_master(BRANCH, data, said, by=CHEN_JIE)


def untouched(bank: Bank) -> bool:
    """Nothing but what the bank was founded with."""
    return (len(bank.rows(Household)), len(bank.rows(Loan)), len(bank.rows(ImportBatch))) == (
        4,
        4,
        1,
    )


def test_it_imports_a_file_sent_to_the_page(bank: Bank, chen_jie: Visitor) -> None:
    answer = chen_jie.upload(
        "/import",
        file(*NEW).decode().encode("gb18030"),
        {"as_of": AS_OF, "control_total": "1,200.55"},
    )

    assert answer.status_code == 200
    text = words(answer)
    assert "已导入 3 笔贷款，2 户，本金合计 1,200.55 元" in text and "gb18030" in text
    assert bank.balance("loan:L-N1:principal") == 1000_00
    assert bank.balance("loan:L-N1:interest") == 30_50
    loans = {row.id: row for row in bank.rows(Loan)}
    assert (loans["L-N2"].loan_on, loans["L-N2"].due_on) == ("2020-06-30", "2023-06-30")
    assert (loans["L-N2"].interest_known, loans["L-N1"].interest_known) == (False, True)
    household = next(row for row in bank.rows(Household) if row.id == "N1")
    assert household.area_id == "WOSHUI"
    assert household.village_id in {row.id for row in bank.rows(Village) if row.name == "马头冲"}
    assert sum(bank.balances().values()) == 0


def test_it_shows_every_fault_and_imports_nothing(bank: Bank, chen_jie: Visitor) -> None:
    answer = chen_jie.upload(
        "/import",
        file(NEW[0].replace("1000,", '"1,000.005",'), NEW[0], "N3,,香坪镇,,L-9,,5,,,"),
        {"as_of": AS_OF, "control_total": "1,000"},
    )

    assert answer.status_code == 422
    text = words(answer)
    assert "文件有 3 处错误，一行都没有导入" in text
    assert "2 本金余额 1,000.005 金额最多两位小数" in text
    assert "3 贷款编号 L-N1 与第 2 行重复" in text
    assert "4 户名 — 不能空着" in text
    assert untouched(bank)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (file(NEW[0].replace("20230630", "20200101")), "due_before_loan"),
        (file(NEW[0], NEW[0]), "repeated"),
        (file(NEW[0].replace("1000,", "1e3,")), "amount_digits_only"),
        (file(NEW[0].replace("测来福", "")), "required"),
        (file("N1,锟斤拷,涡水镇,马头冲,L-N1,HT-9,1000,,,"), "mojibake"),
        (file("W1,王刚,涡水镇,马头冲,L-W2,HT-2,1000,,,"), "loan_moved"),
        (file("W1,王刚,涡水镇,马头冲,L-W1,HT-1,1000,,,").replace(b"HT-1", b"=1+1"), "formula"),
        (HEADING.replace("到期日", "备注").encode() + b"\nN1,a,b,c,L,H,1,,,\n", "heading_missing"),
    ],
)
def test_it_refuses_a_bad_file_whole(bank: Bank, data: bytes, rule: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        bring(bank, data, 1000_00)

    assert rule in {fault.rule for fault in refused.value.faults}
    assert untouched(bank)


def test_it_refuses_a_sum_that_is_not_the_control_total(bank: Bank) -> None:
    with pytest.raises(ImportRefused) as refused:
        bring(bank, file(*NEW), TOTAL_FEN + 1)

    assert [fault.rule for fault in refused.value.faults] == ["control_total"]
    assert untouched(bank)


def test_it_refuses_a_gbk_file_declared_as_utf_8_with_its_lines(bank: Bank) -> None:
    with pytest.raises(ImportRefused) as refused:
        bring(bank, file(*NEW).decode().encode("gb18030"), TOTAL_FEN, encoding="utf-8")

    assert [fault.line for fault in refused.value.faults] == [1, 2, 3, 4]
    assert untouched(bank)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"as_of": "", "control_total": "1"}, 422),
        ({"as_of": "2026-02-30", "control_total": "1"}, 422),
        ({"as_of": "2026-03-03", "control_total": "1"}, 422),
        ({"as_of": AS_OF, "control_total": ""}, 422),
        ({"as_of": AS_OF, "control_total": "-1"}, 422),
        ({"as_of": AS_OF, "control_total": "1,00"}, 422),
    ],
)
def test_it_needs_a_real_day_and_a_control_total(
    bank: Bank, chen_jie: Visitor, form: dict[str, str], code: int
) -> None:
    assert chen_jie.upload("/import", file(*NEW), form).status_code == code
    assert untouched(bank)


def test_it_needs_a_file(bank: Bank, chen_jie: Visitor) -> None:
    answer = chen_jie.post("/import", {"as_of": AS_OF, "control_total": "1"})

    assert answer.status_code == 422
    assert untouched(bank)


def test_it_refuses_a_file_without_rows(bank: Bank) -> None:
    with pytest.raises(Problem, match="import_empty"):
        bring(bank, file(), 0)


def test_it_posts_only_the_difference_when_it_imports_again(each_bank: Bank) -> None:
    first = bring(each_bank, file(*NEW), TOTAL_FEN)
    again = bring(each_bank, file(*NEW), TOTAL_FEN, as_of="2026-03-02")
    lower = bring(each_bank, file(NEW[0].replace("1000,", "900,")), 900_00, as_of="2026-03-02")

    assert (first.new_loans, first.changed_loans) == (3, 0)
    assert (again.new_loans, again.changed_loans) == (0, 0)
    assert (lower.changed_loans, lower.not_in_file) == (1, 6)
    assert each_bank.balance("loan:L-N1:principal") == 900_00
    legs = [row for row in each_bank.rows(LedgerLeg) if row.event_hash == lower.event_hash]
    assert sorted((leg.account, leg.amount_fen) for leg in legs) == [
        ("core", 100_00),
        ("loan:L-N1:principal", -100_00),
    ]


def test_it_keeps_receipts_that_the_core_system_has_not_booked(each_bank: Bank) -> None:
    bank = each_bank
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    take_cash(bank, phone, 600_00)  # Monday 2 March: interest 100, principal 500
    line = "W1,王刚,涡水镇,马头冲村委,L-W1,L-W1,{},{},2023-11-30,2024-11-30"

    def due() -> tuple[int, int]:
        return bank.balance("loan:L-W1:principal"), bank.balance("loan:L-W1:interest")

    # The balance of the first of March knows nothing of Monday's cash; nor does that of Monday,
    # whatever the receipt's date, for its cash is still in the officer's hand.
    bring(bank, file(line.format("4800", "300")), 4800_00, as_of="2026-03-01")
    before = due()
    bring(bank, file(line.format("4800", "300")), 4800_00, as_of="2026-03-02")
    in_hand = due()
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 6}), by=ZHOU_LAN)
    bank.clock.pass_minutes(24 * 60)
    # Counted on Monday, the balance of Tuesday has it.
    bring(bank, file(line.format("4300", "200")), 4300_00, as_of="2026-03-03")

    assert before == in_hand == due() == (4300_00, 200_00)
    assert sum(bank.balances().values()) == 0


def test_it_refuses_a_balance_older_than_the_one_it_has(bank: Bank) -> None:
    bring(bank, file(*NEW), TOTAL_FEN)

    with pytest.raises(ImportRefused) as refused:
        bring(bank, file(*NEW), TOTAL_FEN, as_of="2026-02-28")

    assert {fault.rule for fault in refused.value.faults} == {"balance_older"}


def test_it_sends_new_balances_and_new_loans_to_the_phone(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    phone.sync(bank.send)
    lines = (
        "W1,王刚,涡水镇,马头冲,L-W1,L-W1,4000,300,2023-11-30,2024-11-30",
        "W1,王刚,涡水镇,马头冲,L-W9,L-W9,50,,2023-11-30,2024-11-30",
    )

    bring(bank, file(*lines), 4050_00)
    phone.sync(bank.send)

    assert phone.rows["loan", "L-W1"]["row"]["principal_fen"] == 4000_00
    assert phone.rows["loan", "L-W9"]["row"]["principal_fen"] == 50_00
    assert phone.incidents == []


def test_it_records_what_was_imported_and_no_names(bank: Bank) -> None:
    done = bring(bank, file(*NEW), TOTAL_FEN)

    [event] = [row for row in bank.rows(EventRow) if row.hash == done.event_hash]
    assert event.kind == "master.imported"
    assert "测来福" not in bytes(event.canonical).decode()
