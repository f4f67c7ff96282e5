"""Handovers in person and the core system's postings in an export.

Method: phones of the small bank over the real API; the confirmation comes before or after its
offer; the cashier takes cash in the field, and on a day that is shut already.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.close_day import close_day
from server.services.core_import import Controls, preview_posting, take_in_posting
from server.services.count_cash import Counted, count_cash
from sync.client import Phone
from sync.specimens import MONDAY, handed_body, receipt_body, taken_body
from tests.audit.exports import export_of, rows_of, told, verified
from tests.small_bank import BRANCH, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank, found_bank


@pytest.fixture
def bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    bank = found_bank(migrated_url, tmp_path / "data")
    bank.publish(LI_WEI, ["W1", "W2"])
    yield bank
    bank.close()


def take(phone: Phone, fen: int) -> str:
    return phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen)).hash


@pytest.mark.parametrize("counted_fen", [600_00, 590_00])
def test_it_follows_cash_from_hand_to_hand_to_the_counter(bank: Bank, counted_fen: int) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    take(giver, 600_00)
    handed = giver.record("custody.handed", handed_body(ZHANG_MIN, 600_00))
    take(giver, 50_00)
    receiver.record("custody.taken", taken_body(handed, counted_fen))
    receiver.sync(bank.send)
    giver.sync(bank.send)
    with bank.app.app_context():
        before, key = export_of(BRANCH)
        pieces = {100_00: counted_fen // 100_00, 10_00: counted_fen % 100_00 // 10_00}
        count_cash(BRANCH, ZHANG_MIN, Counted(denominations=pieces), by=ZHOU_LAN)
        after, _ = export_of(BRANCH)

    for data in (before, after):
        answer = verified(data, key)
        assert answer.holds, told(answer)
        codes = {one.code for one in answer.findings.open}
        assert codes == (set() if counted_fen == 600_00 else {"handover_differs"})
    held = {row["receipt_no"]: row["handed_to"] for row in rows_of(after, "receipt")}
    assert [held[number] for number in sorted(held)] == [ZHANG_MIN, None]


def test_it_follows_cash_that_the_cashier_takes_in_the_field(bank: Bank) -> None:
    """Into the vault on its true day, or on the first open one behind a day that is shut."""
    giver = bank.phone(LI_WEI)
    cashier = bank.phone(ZHOU_LAN, numbers=0)
    take(giver, 600_00)
    giver.sync(bank.send)
    handed = giver.record("custody.handed", handed_body(ZHOU_LAN, 600_00))
    cashier.record("custody.taken", taken_body(handed, 600_00, into="vault"))
    with bank.app.app_context():
        close_day(BRANCH, MONDAY, by=ZHOU_LAN, in_field={LI_WEI: "路远"})
    cashier.sync(bank.send)
    giver.sync(bank.send)
    with bank.app.app_context():
        data, key = export_of(BRANCH)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    [count] = rows_of(data, "count")
    assert (count["day"], count["officer"]) == ("2026-03-03", LI_WEI)
    assert [row["counted_by"] for row in rows_of(data, "receipt")] == [count["event"]]


def test_it_follows_what_the_core_system_has_booked(bank: Bank) -> None:
    giver = bank.phone(LI_WEI)
    take(giver, 600_00)
    giver.sync(bank.send)
    text = "入账日,凭证号,贷款编号,收据号,金额\n2026-03-02,V1,L-W1,SJ000101,600.00\n"
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 6}), by=ZHOU_LAN)
        controls = Controls(lines=1, total_fen=600_00)
        proof = preview_posting(BRANCH, text.encode(), controls).proof
        take_in_posting(BRANCH, text.encode(), controls, by="bookkeeper-1", proof=proof)
        data, key = export_of(BRANCH)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    assert [row["posted_on"] for row in rows_of(data, "receipt")] == ["2026-03-02"]
