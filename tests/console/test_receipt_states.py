"""The same word and sign of a receipt for cashier and supervisor, on every page that lists slips.

Method: Li Wei has taken cash; the pages are read before and after the cashier counts it.
"""

from __future__ import annotations

from server.services.count_cash import Counted, count_cash
from sync.receipt_states import SIGNS
from tests.console.fieldwork import li_wei_with_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, ZHOU_LAN, Bank


def test_it_shows_how_each_slip_stands_to_cashier_and_supervisor(
    bank: Bank, zhou_lan: Visitor, chen_jie: Visitor
) -> None:
    li_wei_with_cash(bank)

    for person in (zhou_lan, chen_jie):
        page = person.get(f"/cash/{LI_WEI}")
        assert words(page).count("证据齐") == 2
        assert f'd="{SIGNS["evidence"]}"' in page.text

    day = words(zhou_lan.get("/day/2026-03-02"))
    assert "证据齐 2 1,170.00" in day


def test_it_says_counted_on_the_slip_of_the_count_and_on_the_day(
    bank: Bank, zhou_lan: Visitor
) -> None:
    li_wei_with_cash(bank)

    with bank.app.app_context():
        counted = Counted(denominations={100_00: 11, 50_00: 1, 20_00: 1})
        count = count_cash(BRANCH, LI_WEI, counted, by=ZHOU_LAN)

    assert words(zhou_lan.get(f"/counts/{count}")).count("已点交") == 2
    assert "已点交 2 1,170.00" in words(zhou_lan.get("/day/2026-03-02"))
