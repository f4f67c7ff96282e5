"""Every page, on both databases, with something of everything on it.

Method: a branch with cash, a signed notice, a quarantined receipt, a count, a deposit and an
issued report; the auditor opens all pages in both languages.
"""

from __future__ import annotations

import pytest

from server.office.report_period import period_of_week
from server.services import weekly_report
from server.services.close_day import close_day, deposit
from server.services.count_cash import Counted, count_cash
from server.services.review_evidence import review
from server.tables import CashCount, Device
from sync.specimens import receipt_body
from tests.console.fieldwork import li_wei_with_cash, sign_notice
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN, Bank

DAY = "2026-03-02"
PAGES = (
    "/",
    "/villages",
    "/households",
    "/households/W1",
    "/loans",
    "/loans?state=RUNNING",
    "/loans?state=open",
    "/import",
    "/plan",
    f"/plan/S20260302-{LI_WEI}",
    f"/plan/hand-over?giver={LI_WEI}",
    "/devices",
    "/evidence",
    f"/leaving/{LI_WEI}",
    "/held",
    "/review",
    "/review/T-1",
    "/quarantine",
    "/bundles",
    "/requests",
    "/report",
    "/report/2026-03-02",
    "/report/2026-03-02.json",
    "/books",
    "/kept",
    "/cash",
    f"/cash/{LI_WEI}",
    f"/day/{DAY}",
    "/core",
    "/sheets",
    "/ledgers",
    f"/ledgers/daily/{DAY}",
    f"/ledgers/register/{DAY}",
    "/ledgers/journal/2026-03",
    "/ledgers/monthly/2026-03",
    "/ledgers/over-short/2026-03",
    "/trace/report/2026-03-02",
    "/money",
)


@pytest.fixture
def busy(each_bank: Bank) -> Bank:
    """A branch in which everything has happened once."""
    bank = each_bank
    phone = li_wei_with_cash(bank)
    sign_notice(bank, phone)
    phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)
    with bank.app.app_context():
        review(BRANCH, "T-1", "accepted", by=CHEN_JIE)
        pieces = {100_00: 12, 20_00: 1}
        count_cash(BRANCH, LI_WEI, Counted(denominations=pieces), by=ZHOU_LAN)
        deposit(BRANCH, 1000_00, "J-1", by=ZHOU_LAN)
        close_day(BRANCH, DAY, by=ZHOU_LAN)
        bank.clock.pass_minutes(4 * 24 * 60)
        weekly_report.issue(BRANCH, period_of_week(DAY), by=CHEN_JIE)
    return bank


def test_it_opens_every_page_in_both_languages(busy: Bank) -> None:
    wu_ping = Visitor(busy.http)
    wu_ping.sign_in("wuping")
    count_hash = busy.rows(CashCount)[0].event_hash
    device = busy.rows(Device)[0].id
    for path in (*PAGES, f"/counts/{count_hash}", f"/devices/{device}"):
        for accepted in ("zh-CN", "en"):
            answer = wu_ping.get(path, **{"Accept-Language": accepted})

            assert answer.status_code == 200, (path, words(answer))
            if answer.mimetype == "text/html":
                assert f'lang="{accepted}"' in answer.text, path


def test_it_shows_the_auditor_no_form_but_searching(busy: Bank) -> None:
    wu_ping = Visitor(busy.http)
    wu_ping.sign_in("wuping")
    for path in PAGES:
        page = wu_ping.get(path)
        forms = page.text.count("<form")
        harmless = page.text.count('action="/console/sign-out"')
        harmless += page.text.count('action="/console/households"')
        harmless += page.text.count('action="/console/loans"')
        harmless += page.text.count('<form class="line" method="get"')
        if path.startswith("/plan/hand-over"):  # choosing whose households are shown is no act
            assert page.text.split("</header>")[1].count("<button") == 1, path
            continue
        if path.startswith("/cash/") or path.startswith("/plan/"):
            assert "<button" not in page.text.split("</header>")[1], path
            continue

        assert forms == harmless, path


def test_it_keeps_the_auditors_count_of_what_waits(busy: Bank) -> None:
    wu_ping = Visitor(busy.http)
    wu_ping.sign_in("wuping")

    text = words(wu_ping.get("/"))

    assert "1 条记录待核实" in text and "220.00 元在库" in text and "4 户" in text
