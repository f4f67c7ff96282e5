"""A posting file: headings of both languages, encodings, and every fault with line and rule.

Method: small files as bytes, through the reader that the import of loans uses.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from server.office.core_file import CoreLine, check_postings, column_of
from server.office.import_rules import LineFault
from server.services.read_table import read_table

ZH = (
    "入账日,凭证号,贷款编号,收据号,金额（元）,本金,利息\n"
    "2026/3/6,V1,L-1,SJ000101-K4QX,600.00,500,100\n"
)
EN = "posting_date,voucher,loan,receipt,amount\n2026-03-06,V1,L-1,SJ000101,600\n"


def read(
    data: bytes, lines: int = 1, total_fen: int = 600_00
) -> tuple[list[CoreLine], list[LineFault]]:
    table = read_table(data, knows=column_of).table
    return check_postings(table, today="2026-03-09", lines_said=lines, total_said_fen=total_fen)


@pytest.mark.parametrize("data", [ZH.encode(), ZH.encode("gb18030"), b"\xef\xbb\xbf" + ZH.encode()])
def test_it_reads_a_file_in_any_of_its_encodings(data: bytes) -> None:
    [found], faults = read(data)

    assert faults == []
    assert found == CoreLine(
        line=2,
        posted_on="2026-03-06",
        voucher_no="V1",
        loan="L-1",
        contract_no="",
        receipt_no="SJ000101",
        amount_fen=600_00,
        parts=(500_00, 100_00, 0, 0),
    )


def test_it_reads_english_headings_other_delimiters_and_xlsx() -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["voucher", "amount", "posted_on", "loan"], ["V1", 600, "2026-03-06", "L-1"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)

    for data in (EN.encode(), EN.replace(",", "\t").encode(), EN.replace(",", ";").encode()):
        assert read(data)[1] == []
    [found], faults = read(out.getvalue())
    assert (faults, found.amount_fen, found.parts) == ([], 600_00, None)


@pytest.mark.parametrize(
    ("change", "line", "field", "rule"),
    [
        (("2026/3/6", "2026/2/30"), 2, "入账日", "date_unreal"),
        (("2026/3/6", "2026/3/10"), 2, "入账日", "posted_later"),
        (("2026/3/6", ""), 2, "入账日", "required"),
        (("V1", ""), 2, "凭证号", "required"),
        (("V1", "1.2E+18"), 2, "凭证号", "id_as_number"),
        (("600.00", "600.005"), 2, "金额", "amount_two_decimals"),
        (("600.00", "-600"), 2, "金额", "amount_positive"),
        (("600.00", "0"), 2, "金额", "amount_zero"),
        (("600.00", "1e3"), 2, "金额", "amount_digits_only"),
        ((",500,", ",400,"), 2, "金额", "parts_sum"),
        (("L-1,SJ000101-K4QX", ","), 2, "贷款编号", "loan_or_receipt"),
        (("凭证号", "传票"), 1, "传票", "heading_unknown"),
        (("收据号", "金额"), 1, "金额（元）", "heading_twice"),
    ],
)
def test_it_names_line_field_and_rule(
    change: tuple[str, str], line: int, field: str, rule: str
) -> None:
    _, faults = read(ZH.replace(*change).encode())

    assert (line, field, rule) in [(one.line, one.field, one.rule) for one in faults]


def test_it_checks_the_controls() -> None:
    assert [one.rule for one in read(ZH.encode(), lines=2)[1]] == ["control_lines"]
    assert [one.rule for one in read(ZH.encode(), total_fen=1)[1]] == ["control_amount"]
    assert [one.rule for one in read(ZH.splitlines()[0].encode())[1]] == ["no_rows"]


def test_it_knows_the_same_posting_twice_in_a_file() -> None:
    again = ZH + ZH.splitlines()[1] + "\n"
    other = ZH + ZH.splitlines()[1].replace("V1", "V2") + "\n"

    [fault] = read(again.encode(), 2, 1200_00)[1]
    assert (fault.line, fault.rule, fault.detail) == (3, "posting_repeated", "2")
    assert read(other.encode(), 2, 1200_00)[1] == []
