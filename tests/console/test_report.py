"""The weekly report at the console: draft, issue, correct, JSON and PDF (U23, U24).

Method: a small week of two receipts; the figures themselves are the report's own tests.
"""

from __future__ import annotations

from server.tables import ReportRow
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import Bank

WEEK = "/report/2026-03-02"
FOUR_DAYS = 4 * 24 * 60


def test_it_shows_a_draft_with_sentences_and_figures(bank: Bank, chen_jie: Visitor) -> None:
    li_wei_with_cash(bank)

    text = words(chen_jie.get(WEEK))

    assert "草稿" in text and "该区域共有借款农户4户" in text
    assert "本期现金合计 1170元" in text
    assert bank.rows(ReportRow) == []


def test_it_issues_once_the_week_is_over_and_freezes(bank: Bank, chen_jie: Visitor) -> None:
    phone = li_wei_with_cash(bank)

    early = chen_jie.post(f"{WEEK}/issue")
    bank.clock.pass_minutes(FOUR_DAYS)
    issued = chen_jie.post(f"{WEEK}/issue")
    again = chen_jie.post(f"{WEEK}/issue")
    take_cash(bank, phone, 100_00)

    assert (early.status_code, issued.status_code, again.status_code) == (422, 302, 409)
    text = words(chen_jie.get(WEEK))
    assert "ZB20260228" in text and "本期现金合计 1170元" in text
    assert "签发后记录有变化" in text
    assert "ZB20260228" in words(chen_jie.get("/report"))


def test_it_corrects_with_before_and_after(bank: Bank, chen_jie: Visitor) -> None:
    phone = li_wei_with_cash(bank)
    bank.clock.pass_minutes(FOUR_DAYS)
    chen_jie.post(f"{WEEK}/issue")
    nothing = chen_jie.post(f"{WEEK}/correct")
    take_cash(bank, phone, 100_00)

    corrected = chen_jie.post(f"{WEEK}/correct")

    assert (nothing.status_code, corrected.status_code) == (409, 302)
    text = words(chen_jie.get(WEEK))
    assert "更正第1号" in text and "1170元 1270元" in text
    first = words(chen_jie.get(f"{WEEK}?no=ZB20260228"))
    assert "更正第1号" not in first and "本期现金合计 1170元" in first


def test_it_corrects_nothing_that_was_not_issued(bank: Bank, chen_jie: Visitor) -> None:
    assert chen_jie.post(f"{WEEK}/correct").status_code == 409


def test_it_gives_the_figures_as_json_and_the_document_as_pdf(
    bank: Bank, chen_jie: Visitor
) -> None:
    li_wei_with_cash(bank)

    figures = chen_jie.get(f"{WEEK}.json")
    printable = chen_jie.get(f"{WEEK}.pdf")

    assert figures.json is not None and figures.json["week_cash_total_fen"] == 1170_00
    assert printable.data.startswith(b"%PDF") and printable.mimetype == "application/pdf"
    assert "draft-2026-03-02.pdf" in printable.headers["Content-Disposition"]


def test_it_leads_from_any_day_to_its_week(chen_jie: Visitor) -> None:
    answer = chen_jie.get("/report?week=2026-03-05")

    assert answer.headers["Location"] == "/console/report/2026-03-02"


def test_it_refuses_a_week_that_begins_on_another_day(chen_jie: Visitor) -> None:
    assert chen_jie.get("/report/2026-03-03").status_code == 422
    assert chen_jie.get("/report/never").status_code == 422
    assert chen_jie.get(f"{WEEK}?no=ZB1").status_code == 409
