"""The golden week in the cashier's books: its days close, and journal and month are printed.

Method: the week is played through the real system; the papers are read again from their PDF and
XLSX. A Thursday with 1,160 on the table closes only as a shortage of 10.00 (U34, U35, S210).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server.db import snapshot
from server.documents.paper_pdf import paper_pdf
from server.documents.paper_xlsx import paper_xlsx
from server.office.paper import Paper
from server.rehearsal.stage import BRANCH
from server.services.cash_day import cash_day
from server.services.cash_facts import cash_facts
from server.services.cash_papers import paper_of
from server.services.trace import trace_report
from server.tables import DayClose
from sync.cash_reports import day_report, journal, month_report
from tests.golden.weeks import golden, on_stage, record

MONTH = "2026-03"
THURSDAY = "2026-03-05"


@pytest.fixture(scope="module")
def week() -> Iterator[Any]:
    """The application of a server on which the golden week has been played."""
    with on_stage(golden()) as player:
        player.play()
        with player.stage.app.app_context():
            yield player.week


def text_of(paper: Paper) -> str:
    """What stands on the pages of the PDF, without spaces."""
    pages = PdfReader(io.BytesIO(paper_pdf(paper))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_it_closes_each_of_the_cash_days(week: Any) -> None:
    with snapshot() as session:
        for planned in golden()["cash_days"]:
            day = week.day(planned["day_index"])
            shut = session.get(DayClose, (BRANCH, day))
            facts = cash_facts(session, BRANCH, day)
            report = day_report(facts.movements, facts.slips, facts.shut, day)

            assert shut is not None, day
            assert report.journal.in_fen == planned["receipts_total_fen"] == shut.receipts_fen
            assert report.journal.out_fen == planned["deposited_fen"] == shut.deposited_fen
            assert report.journal.closing_fen == planned["closing_cash_in_hand_fen"] == 0
            assert [line.voucher for line in report.journal.lines if line.slip] == (
                planned["receipts"]
            )
            wanted = {int(yuan) * 100: n for yuan, n in planned["denominations"].items()}
            assert report.pieces == wanted
            figures = cash_day(session, BRANCH, day)
            assert report.journal.opening_fen == figures.opening_fen
            assert report.journal.closing_fen == figures.closing_fen


def test_it_prints_the_journal_line_by_line(week: Any) -> None:
    paper = paper_of(BRANCH, "journal", MONTH)
    text = text_of(paper)

    for words in (
        "现金日记账",
        "1" + "2026-03-02SJ000101收回贷款涡水农户14L-W14外勤在手现金李薇700.00700.00",
        "SJ000104收回贷款测军海L-J02外勤在手现金李薇570.001,170.00",
        "JK20260305解款存行银行存款1,170.000.00",
        "本月合计2,650.002,650.000.00",
        "出纳",
        "复核",
    ):
        assert words in text, words
    balances = [row[-1] for row in paper.sheets[0].rows if row[3] == "本日合计"]
    assert balances == [0, 0, 0, 0]


def test_it_prints_the_monthly_report(week: Any) -> None:
    text = text_of(paper_of(BRANCH, "monthly", MONTH))

    for words in (
        "出纳报告单",
        "期初余额0.00",
        "收回贷款52,650.00",
        "解款存行42,650.00",
        "期末余额92,650.002,650.000.00",
        "使用5SJ000101–SJ000105",
        "作废0无",
        "2026-03-051,170.001,170.000.00",
    ):
        assert words in text, words


def test_it_gives_the_same_figures_as_xlsx(week: Any) -> None:
    paper = paper_of(BRANCH, "journal", MONTH)
    [sheet] = load_workbook(io.BytesIO(paper_xlsx(paper))).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert rows[0][0] == sheet.title == "现金日记账"
    [last] = [row for row in rows if row[3] == "本月合计"]
    assert last[5:8] == [2650, 2650, 0]
    assert paper_xlsx(paper) == paper_xlsx(paper_of(BRANCH, "journal", MONTH))
    assert paper_pdf(paper) == paper_pdf(paper_of(BRANCH, "journal", MONTH))


def test_it_prints_the_day_with_its_notes_and_coins(week: Any) -> None:
    text = text_of(paper_of(BRANCH, "daily", THURSDAY))

    for words in (
        "已日结",
        "李薇2SJ000103SJ000104950.00220.000.000.001,170.00",
        "100.00111,100.00",
    ):
        assert words in text, words
    assert "长短款相符" in text and "未用号码" in text


def test_it_registers_every_number(week: Any) -> None:
    paper = paper_of(BRANCH, "register", THURSDAY)

    [sheet] = paper.sheets
    assert sum(int(row[1] or 0) for row in sheet.rows) == 5
    assert ("已用", "5") in paper.facts and ("缺号", "0") in paper.facts


def test_it_traces_the_cash_of_the_report_to_the_bank(week: Any) -> None:
    traced = trace_report(BRANCH, "2026-03-02")

    assert traced.report_no and traced.said == traced.found
    assert traced.said["WOSHUI"] == (600_00, 500_00)
    assert [trace.receipt.receipt_no for trace in traced.of_area("WOSHUI")] == [
        "SJ000101",
        "SJ000102",
    ]
    for _, trace in traced.traces:
        there = {link.what: link for link in trace.links if link.tone == "there"}
        assert {"receipt", "book", "visit", "count", "deposit"} <= there.keys()
        assert there["deposit"].values["fen"] == trace.receipt.amount_fen
        assert [link.what for link in trace.missing] == ["posting"]


def test_it_closes_a_short_thursday_only_with_its_shortage() -> None:
    raw = golden()
    thursday = record(raw, "cash_days", 3, "day_index")
    thursday["denominations"] = {"100": 11, "50": 1, "10": 1}
    with on_stage(raw) as player:
        player.play()
        with player.stage.app.app_context(), snapshot() as session:
            facts = cash_facts(session, BRANCH, "2026-03-01")
            book = journal(facts.movements, facts.slips, facts.shut, (THURSDAY, THURSDAY))
            month = month_report(facts.movements, facts.slips, facts.shut, MONTH)
            lines = [(one.what, one.in_fen, one.out_fen, one.balance_fen) for one in book.lines]
            assert lines == [
                ("receipt", 600_00, 0, 600_00),
                ("receipt", 570_00, 0, 1170_00),
                ("short", 0, 10_00, 1160_00),
                ("deposit", 0, 1160_00, 0),
            ]
            shut = session.get_one(DayClose, (BRANCH, THURSDAY))
            assert shut.variance_fen == -10_00
            assert month.variance_fen == -10_00 and month.journal.closing_fen == 0
            paper = paper_of(BRANCH, "over-short", MONTH)
            text = text_of(paper)
            assert "短款" in text and "1,170.001,160.0010.00" in text
            assert ("点交次数", "4") in paper.facts and ("其中相符", "3") in paper.facts
            short = trace_report(BRANCH, "2026-03-02").of_area("JINKENG")[0]
            left = [link for link in short.links if link.what == "left_vault"]
            assert left[0].values["fen"] == 10_00  # first in, first out: the shortage took it
