"""Reading a file of rows: encodings found out honestly, spreadsheets without formulas.

Method: small files are made in each encoding and as XLSX, well and badly.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from server.services.read_table import FILE_BYTES_MAX, read_table
from sync.problems import Problem

TEXT = (
    "户号,户名,片区,村委,贷款编号,本金余额,到期日\nW01,测六贵,涡水镇,马头冲,L-1,1000,2021-01-01\n"
)


def xlsx(*rows: list[Any], sheets: int = 1, number_format: str | None = None) -> bytes:
    """An XLSX file with these rows on each of its sheets."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for number in range(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
        if number_format:
            sheet["A2"].number_format = number_format
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
    ],
)
def test_it_finds_out_the_encoding(data: bytes, form: str) -> None:
    read = read_table(data)

    assert read.form == form
    assert read.table.headings[0] == "户号"
    assert read.table.rows[0] == (
        2,
        ("W01", "测六贵", "涡水镇", "马头冲", "L-1", "1000", "2021-01-01"),
    )


def test_it_refuses_a_gbk_file_read_as_utf_8_with_line_numbers() -> None:
    read = read_table(TEXT.encode("gb18030"), encoding="utf-8")

    assert [(fault.line, fault.rule) for fault in read.table.faults] == [
        (1, "encoding"),
        (2, "encoding"),
    ]
    assert read.table.rows == ()


def test_it_refuses_a_utf_8_file_read_as_gb18030() -> None:
    read = read_table(TEXT.encode(), encoding="gb18030")

    assert {fault.rule for fault in read.table.faults} == {"encoding"}


def test_it_names_the_single_line_that_is_no_text() -> None:
    data = TEXT.encode() + b"W02,\xb2\xe2,\xff\n"

    read = read_table(data)

    assert [fault.line for fault in read.table.faults] == [3]


def test_it_keeps_the_line_numbers_of_the_file() -> None:
    text = '户号,户名\n\nW01,"测\n六"\n,\nW02,测\n'

    table = read_table(text.encode()).table

    assert [line for line, _ in table.rows] == [3, 6]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_it_takes_other_delimiters(delimiter: str) -> None:
    table = read_table(TEXT.replace(",", delimiter).encode()).table

    assert table.headings[:2] == ("户号", "户名")


def test_it_refuses_cells_beyond_the_headings() -> None:
    table = read_table((TEXT.rstrip("\n") + ",1,000\n").encode()).table

    assert [(fault.line, fault.rule, fault.detail) for fault in table.faults] == [
        (2, "cells_too_many", "2")
    ]


def test_it_refuses_a_quotation_that_is_not_closed() -> None:
    table = read_table(b'a,b\n1,"2\n').table

    assert [(fault.line, fault.rule) for fault in table.faults] == [(2, "quote_open")]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\xd0\xcf\x11\xe0 an old workbook", "xls"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"PK\x03\x04 not a zip", "xlsx"),
    ],
)
def test_it_refuses_what_is_no_table(data: bytes, rule: str) -> None:
    with pytest.raises(Problem) as refused:
        read_table(data)

    assert (refused.value.code, refused.value.details["rule"]) == ("import_unreadable", rule)


def test_it_refuses_a_file_that_is_too_large() -> None:
    with pytest.raises(Problem) as refused:
        read_table(b"a" * (FILE_BYTES_MAX + 1))

    assert refused.value.code == "import_too_large"


def test_it_reads_a_spreadsheet_with_its_own_dates_and_numbers() -> None:
    data = xlsx(
        ["户号", "本金余额", "到期日", "借款日", "合同号"],
        [101, 1000.5, datetime(2023, 6, 30), date(2020, 1, 1), "20230630"],
        [102, 2000.0, "2023/6/30", None, 7],
    )

    read = read_table(data)

    assert read.form == "xlsx"
    assert read.table.rows == (
        (2, ("101", "1000.5", "2023-06-30", "2020-01-01", "20230630")),
        (3, ("102", "2000", "2023/6/30", "", "7")),
    )


def test_it_keeps_zeros_that_a_number_format_shows() -> None:
    data = xlsx(["户号"], [101], number_format="000000")

    assert read_table(data).table.rows[0][1][0] == "000101"


def test_it_refuses_formulas_and_errors_in_cells() -> None:
    data = xlsx(["户号", "本金余额"], ["W01", "=SUM(B3:B9)"], ["W02", "#REF!"], ["W03", 5])

    table = read_table(data).table

    assert [(fault.line, fault.field, fault.rule) for fault in table.faults] == [
        (2, "本金余额", "formula"),
        (3, "本金余额", "cell_error"),
    ]
    assert [line for line, _ in table.rows] == [4]


def test_it_does_not_choose_between_two_sheets() -> None:
    with pytest.raises(Problem) as refused:
        read_table(xlsx(["户号"], ["W01"], sheets=2))

    assert refused.value.details["rule"] == "sheets"


def test_it_shows_a_number_that_excel_has_rounded() -> None:
    data = xlsx(["贷款编号"], [1000000000000000001])

    assert read_table(data).table.rows[0][1][0] == "1.00000E+18"


def test_it_refuses_a_zip_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.read_xlsx.UNPACKED_BYTES_MAX", 1000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)

    with pytest.raises(Problem) as refused:
        read_table(bomb.getvalue())

    assert refused.value.details["rule"] == "zip"
