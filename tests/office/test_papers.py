"""Papers of the office: kept as JSON and the same again, safe as a spreadsheet, short of numbers.

Method: papers made by hand; the XLSX is read again with openpyxl, the PDF with pypdf.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server.documents.paper_pdf import paper_pdf
from server.documents.paper_xlsx import paper_xlsx
from server.office.paper import Column, Paper, Sheet, show, total
from server.office.paper_words import WORDS, Office
from server.office.runs_of_numbers import as_runs
from server.office.trace_links import where_it_went
from sync.cash_reports import Journal, JournalLine

COLUMNS = (Column(heading="户名"), Column(heading="金额", kind="fen"))


def paper(*names: str) -> Paper:
    rows = tuple((name, 600_05) for name in names)
    sheet = Sheet(
        caption="表", columns=COLUMNS, rows=rows, foot=(total("合计", rows, COLUMNS),), empty="没有"
    )
    return Paper(
        name="test",
        title="测试单",
        institution="信用社",
        branch="分社",
        day="2026-03-02",
        facts=(("期间", "2026-03"),),
        sheets=(sheet,),
        notes=("说明",),
        signed=("出纳",),
    )


def line(number: int, in_fen: int, out_fen: int, slip: str | None = None) -> JournalLine:
    return JournalLine(
        number=number,
        day="2026-03-02",
        at_ms=number,
        event=f"e{number}",
        what="receipt" if slip else "deposit",
        voucher=f"V{number}",
        slip=slip,
        contra=(),
        in_fen=in_fen,
        out_fen=out_fen,
        balance_fen=0,
        true_on=None,
    )


def test_it_is_the_same_after_it_was_frozen() -> None:
    kept: dict[str, Any] = json.loads(json.dumps(paper("王刚").to_json()))

    assert Paper.from_json(kept) == paper("王刚")


def test_it_never_writes_a_formula() -> None:
    names = ("=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "王\x07刚")
    [sheet] = load_workbook(io.BytesIO(paper_xlsx(paper(*names)))).worksheets
    cells = [row[0] for row in sheet.iter_rows() if row[0].value]

    assert all(cell.data_type == "s" for cell in cells)
    assert {"=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "王刚"} <= {cell.value for cell in cells}


def test_it_prints_amounts_as_yuan_and_says_when_there_is_nothing() -> None:
    [page] = PdfReader(io.BytesIO(paper_pdf(paper("王刚")))).pages
    [empty] = PdfReader(io.BytesIO(paper_pdf(paper()))).pages

    text = "".join(page.extract_text().split())
    assert "王刚600.05合计600.05" in text and "第1页，共1页" in text
    assert "没有" in empty.extract_text()


@pytest.mark.parametrize(
    ("kind", "cell", "shown"),
    [("fen", 1170_00, "1,170.00"), ("fen", -5, "-0.05"), ("int", 3, "3"), ("fen", None, "")],
)
def test_it_shows_a_cell_by_its_kind(kind: Any, cell: Any, shown: str) -> None:
    assert show(kind, cell) == shown


def test_it_says_numbers_in_few_words() -> None:
    numbers = ["SJ000105", "SJ000101", "SJ000102", "SJ000103", "X", "SJ000105"]

    assert as_runs(numbers) == ["SJ000101–SJ000103", "SJ000105", "SJ000105", "X"]
    assert as_runs(["A9", "A10"]) == ["A10", "A9"]
    assert as_runs([]) == []


def test_it_has_both_languages_for_every_word() -> None:
    assert all(zh and en for zh, en in WORDS.values())
    office = Office(institution="信用社", branch="分社", today="2026-03-02", staff={"o": "李薇"})
    assert office.account("hand:o") == "外勤在手现金 李薇"
    assert office.account("loan:L-1:principal") == "贷款 L-1:principal"
    assert office.account("unheard:of") == "unheard:of"
    assert office.what("unheard.of") == "unheard.of"


def test_it_follows_cash_first_in_first_out() -> None:
    book = Journal(
        first_day="2026-03-02",
        last_day="2026-03-02",
        opening_fen=100,
        lines=(
            line(1, 500, 0, "a"),
            line(2, 0, 300),
            line(3, 200, 0, "b"),
            line(4, 0, 350),
        ),
    )

    first, rest = where_it_went(book, "a")
    assert [(paid.line.voucher, paid.fen) for paid in first] == [("V2", 200), ("V4", 300)]
    assert rest == 0
    second, rest = where_it_went(book, "b")
    assert [(paid.line.voucher, paid.fen) for paid in second] == [("V4", 50)]
    assert rest == 150
