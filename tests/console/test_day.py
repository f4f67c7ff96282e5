"""The cashier's day: deposit and close, by the golden Thursday and by what must stop it.

Method: the services take the cash over, the pages close the day; on both databases.
"""

from __future__ import annotations

import json

import pytest

from server.services.close_day import close_day, deposit
from server.services.count_cash import Counted, count_cash
from server.tables import DayClose, EventRow
from sync.problems import Problem
from tests.console.fieldwork import li_wei_with_cash, take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, ZHOU_LAN, Bank

DAY = "2026-03-02"
PIECES = {100_00: 11, 50_00: 1, 20_00: 1}


def count(bank: Bank, pieces: dict[int, int] = PIECES, cause: str | None = None) -> None:
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations=pieces, cause=cause), by=ZHOU_LAN)


def test_it_closes_the_golden_thursday(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    count(bank)

    paid = zhou_lan.post(f"/day/{DAY}/deposit", {"amount": "1,170.00", "slip_no": "J-77"})
    closed = zhou_lan.post(f"/day/{DAY}/close")

    assert (paid.status_code, closed.status_code) == (302, 302)
    [row] = bank.rows(DayClose)
    figures = (row.receipts_fen, row.counted_fen, row.variance_fen, row.deposited_fen)
    assert figures == (1170_00, 1170_00, 0, 1170_00)
    assert (bank.balance("vault"), bank.balance("bank")) == (0, 1170_00)
    text = words(zhou_lan.get(f"/day/{DAY}"))
    assert "已日结" in text and "J-77" in text and "期末库存 0.00" in text


def test_it_does_not_close_over_cash_that_nobody_counted(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(f"/day/{DAY}/close")

    assert answer.status_code == 409
    assert "李薇 手中还有 1170 元没有点交" in words(answer)
    assert bank.rows(DayClose) == []


def test_it_closes_when_somebody_is_stated_to_be_in_the_field(
    bank: Bank, zhou_lan: Visitor
) -> None:
    li_wei_with_cash(bank)

    answer = zhou_lan.post(f"/day/{DAY}/close", {f"field:{LI_WEI}": "在村里过夜，明早交"})

    assert answer.status_code == 302
    [event] = [row for row in bank.rows(EventRow) if row.kind == "day.closed"]
    assert json.loads(event.canonical)["body"]["in_field"] == [
        {"officer": LI_WEI, "hand_fen": 1170_00, "reason": "在村里过夜，明早交"}
    ]
    assert "在村里过夜" in words(zhou_lan.get(f"/day/{DAY}"))


def test_it_changes_nothing_in_a_closed_day(each_bank: Bank) -> None:
    bank = each_bank
    phone = li_wei_with_cash(bank)
    count(bank)
    with bank.app.app_context():
        close_day(BRANCH, DAY, by=ZHOU_LAN)
    take_cash(bank, phone, 100_00)

    with bank.app.app_context():
        with pytest.raises(Problem, match="day_already_closed"):
            close_day(BRANCH, DAY, by=ZHOU_LAN)
        with pytest.raises(Problem, match="day_already_closed"):
            deposit(BRANCH, 1_00, "J-1", by=ZHOU_LAN)
        with pytest.raises(Problem, match="day_already_closed"):
            count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 1}), by=ZHOU_LAN)


def test_it_counts_a_late_receipt_on_the_next_day(each_bank: Bank) -> None:
    bank = each_bank
    phone = li_wei_with_cash(bank)
    count(bank)
    with bank.app.app_context():
        close_day(BRANCH, DAY, by=ZHOU_LAN)
    take_cash(bank, phone, 100_00)
    bank.clock.pass_minutes(24 * 60)

    count(bank, {100_00: 1})
    with bank.app.app_context():
        close_day(BRANCH, "2026-03-03", by=ZHOU_LAN)

    by_day = {row.day: (row.receipts_fen, row.counted_fen) for row in bank.rows(DayClose)}
    assert by_day == {DAY: (1170_00, 1170_00), "2026-03-03": (100_00, 100_00)}


def test_it_closes_days_in_their_order(each_bank: Bank) -> None:
    bank = each_bank
    li_wei_with_cash(bank)
    count(bank)
    bank.clock.pass_minutes(24 * 60)

    with bank.app.app_context():
        with pytest.raises(Problem, match="earlier_day_open"):
            close_day(BRANCH, "2026-03-03", by=ZHOU_LAN)
        close_day(BRANCH, DAY, by=ZHOU_LAN)
        close_day(BRANCH, "2026-03-03", by=ZHOU_LAN)

    assert [row.counted_fen for row in sorted(bank.rows(DayClose), key=lambda row: row.day)] == [
        1170_00,
        0,
    ]


def test_it_does_not_close_a_day_to_come(bank: Bank, zhou_lan: Visitor) -> None:
    assert zhou_lan.post("/day/2026-03-03/close").status_code == 422


def test_it_brings_no_more_to_the_bank_than_there_is(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    count(bank)

    for amount, slip, status in [
        ("1170.01", "J-1", 422),
        ("0", "J-1", 422),
        ("1e3", "J-1", 422),
        ("100", "", 422),
        ("100", "J-1", 302),
        ("100", "J-1", 409),
    ]:
        answer = zhou_lan.post(f"/day/{DAY}/deposit", {"amount": amount, "slip_no": slip})

        assert answer.status_code == status, (amount, slip)
    assert bank.balance("bank") == 100_00


def test_it_lets_nobody_count_his_own_cash(bank: Bank) -> None:
    li_wei_with_cash(bank)

    with bank.app.app_context(), pytest.raises(Problem, match="own_record"):
        count_cash(BRANCH, LI_WEI, Counted(denominations=PIECES), by=LI_WEI)


def test_it_carries_the_vault_into_the_next_day(bank: Bank, zhou_lan: Visitor) -> None:
    li_wei_with_cash(bank)
    count(bank)
    zhou_lan.post(f"/day/{DAY}/close")
    bank.clock.pass_minutes(24 * 60)

    assert "期初库存 1,170.00" in words(zhou_lan.get("/day/2026-03-03"))


def test_it_refuses_a_day_that_is_none(zhou_lan: Visitor) -> None:
    assert zhou_lan.get("/day/yesterday").status_code == 422
