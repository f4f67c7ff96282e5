"""Cash handed over in person: phones, books, receipts and the counter agree, in any order (R24).

Method: phones of the branch record both sides over the real API; what each phone shows, what the
ledger holds and what the counter expects are compared before and after each of them has synced.
"""

from __future__ import annotations

import pytest

from server.clock import day_of
from server.db import snapshot
from server.services.check_history import check_history
from server.services.close_day import close_day, deposit
from server.services.count_cash import Counted, count_cash
from server.services.issue_book import issue_book
from server.services.list_cash import CountSheet, count_sheet, counted_slip, day_sheet
from server.tables import CashCount, CashHandover, LedgerLeg, ReceiptRow
from sync.client import Phone
from sync.custody import hand_fen
from sync.events import Envelope
from sync.problems import Problem
from sync.receipts import Book
from sync.specimens import MONDAY, handed_body, receipt_body, taken_body, void_body
from tests.small_bank import BRANCH, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank

DAY_MINUTES = 24 * 60


def slip(phone: Phone, fen: int, household: str = "W1") -> Envelope:
    return phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))


def offer(phone: Phone, to: str, fen: int) -> Envelope:
    return phone.record("custody.handed", handed_body(to, fen))


def sheet(bank: Bank, officer: str) -> CountSheet:
    with bank.app.app_context():
        return count_sheet(BRANCH, officer)


def holders(bank: Bank) -> dict[str, tuple[str | None, str | None]]:
    """Receipt number -> (who holds its cash if it is not its officer, the count that took it)."""
    return {row.receipt_no: (row.handed_to, row.counted_by) for row in bank.rows(ReceiptRow)}


def is_sound(bank: Bank) -> bool:
    with bank.app.app_context(), snapshot() as session:
        return check_history(session) == [] and sum(bank.balances().values()) == 0


@pytest.mark.parametrize("first", ["giver", "receiver"])
def test_it_agrees_on_both_phones_and_the_server(bank: Bank, first: str) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    slip(giver, 600_00)
    slip(giver, 100_00, "W2")
    handed = offer(giver, ZHANG_MIN, 700_00)
    taken = receiver.record("custody.taken", taken_body(handed, 690_00))
    assert giver.hand_fen() == 700_00, "the other side is not known here yet"
    assert hand_fen(giver.own_events(), proofs={handed.hash}) == 0, "and now it was scanned"
    assert receiver.hand_fen() == 690_00

    for phone in (giver, receiver) if first == "giver" else (receiver, giver):
        phone.sync(bank.send)
    giver.sync(bank.send)

    assert (giver.hand_fen(), receiver.hand_fen()) == (0, 690_00)
    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance(f"hand:{ZHANG_MIN}")) == (0, 690_00)
    assert bank.balance("over_short") == 10_00
    assert set(holders(bank).values()) == {(ZHANG_MIN, None)}
    assert [line.number for line in sheet(bank, ZHANG_MIN).receipts] == ["SJ000101", "SJ000102"]
    assert sheet(bank, LI_WEI).receipts == ()
    (row,) = bank.rows(CashHandover)
    assert (row.state, row.taken_hash, row.counted_fen) == ("taken", taken.hash, 690_00)
    assert is_sound(bank)


def test_it_expects_no_offered_cash_at_the_counter(bank: Bank) -> None:
    giver = bank.phone(LI_WEI)
    slip(giver, 600_00)
    offer(giver, ZHANG_MIN, 600_00)
    slip(giver, 50_00, "W2")
    giver.sync(bank.send)

    found = sheet(bank, LI_WEI)
    assert (found.expected_fen, [line.number for line in found.receipts]) == (50_00, ["SJ000102"])
    assert [(line.receiver, line.is_late) for line in found.offers] == [("张敏", False)]
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={50_00: 1}), by=ZHOU_LAN)

    assert bank.balance(f"hand:{LI_WEI}") == 600_00, "the offer waits for the other side"
    bank.clock.pass_minutes(DAY_MINUTES)
    assert [line.is_late for line in sheet(bank, LI_WEI).offers] == [True]
    giver.sync(bank.send)
    assert giver.hand_fen() == 600_00
    with pytest.raises(Problem, match="nothing_to_count"), bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={}), by=ZHOU_LAN)


def test_it_puts_what_a_cashier_took_into_the_vault(bank: Bank) -> None:
    giver, cashier = bank.phone(LI_WEI), bank.phone(ZHOU_LAN, numbers=0)
    slip(giver, 600_00)
    handed = offer(giver, ZHOU_LAN, 600_00)
    taken = cashier.record("custody.taken", taken_body(handed, into="vault"))
    cashier.sync(bank.send)
    assert bank.balance("vault") == 0, "it is kept, and counts with the other side"

    giver.sync(bank.send)
    giver.sync(bank.send)

    assert bank.balance("vault") == 600_00 and bank.balance(f"hand:{LI_WEI}") == 0
    assert (giver.hand_fen(), cashier.hand_fen()) == (0, 0)
    assert holders(bank) == {"SJ000101": (None, taken.hash)}
    (count,) = bank.rows(CashCount)
    assert (count.event_hash, count.cashier_id, count.variance_fen) == (taken.hash, ZHOU_LAN, 0)
    with bank.app.app_context():
        today = day_sheet(BRANCH, MONDAY)
        shown = counted_slip(BRANCH, taken.hash)
    assert (today.receipts_fen, today.counted_fen, today.closing_fen) == (600_00,) * 3
    assert (shown.line.receipts, shown.pieces) == (1, ((100_00, 6),))
    assert is_sound(bank)


def test_it_puts_a_late_handover_into_the_open_day_with_its_true_date(bank: Bank) -> None:
    giver, cashier = bank.phone(LI_WEI), bank.phone(ZHOU_LAN, numbers=0)
    slip(giver, 600_00)
    handed = offer(giver, ZHOU_LAN, 600_00)
    taken = cashier.record("custody.taken", taken_body(handed, into="vault"))
    with bank.app.app_context():
        close_day(BRANCH, MONDAY, by=ZHOU_LAN)
    bank.clock.pass_minutes(DAY_MINUTES)

    giver.sync(bank.send)
    cashier.sync(bank.send)

    (count,) = bank.rows(CashCount)
    assert (count.day, day_of(count.at_ms)) == ("2026-03-03", MONDAY)
    legs = [leg for leg in bank.rows(LedgerLeg) if leg.event_hash == taken.hash]
    assert {leg.value_on for leg in legs} == {"2026-03-03"}
    with bank.app.app_context():
        deposit(BRANCH, 600_00, "JK-1", by=ZHOU_LAN)
        close_day(BRANCH, "2026-03-03", by=ZHOU_LAN)
        assert day_sheet(BRANCH, MONDAY).closing_fen == 0
    assert is_sound(bank)


def test_it_follows_cash_from_hand_to_hand_to_the_counter(bank: Bank) -> None:
    giver, between = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    cashier = bank.phone(ZHOU_LAN, numbers=0)
    slip(giver, 600_00)
    slip(between, 50_00, "W2")
    first = offer(giver, ZHANG_MIN, 600_00)
    between.record("custody.taken", taken_body(first))
    second = offer(between, ZHOU_LAN, 650_00)
    last = cashier.record("custody.taken", taken_body(second, into="vault"))
    slip(between, 5_00, "W3")

    for phone in (cashier, between, giver):
        phone.sync(bank.send)

    assert bank.balance("vault") == 650_00
    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance(f"hand:{ZHANG_MIN}")) == (0, 5_00)
    counted = [by for _, by in holders(bank).values()]
    assert counted.count(last.hash) == 2 and counted.count(None) == 1
    assert is_sound(bank)


def test_it_finds_the_holder_of_a_receipt_that_comes_after_its_handover(bank: Bank) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    late = slip(giver, 600_00)
    handed = offer(giver, ZHANG_MIN, 600_00)
    receiver.record("custody.taken", taken_body(handed))
    receiver.sync(bank.send)
    giver.sync(bank.send)

    assert holders(bank) == {"SJ000101": (ZHANG_MIN, None)}
    giver.record("cash.void", void_body(late))
    giver.sync(bank.send)
    assert giver.verdicts[giver.log[-1].hash]["reason"] == "void_after_deposit"
    assert is_sound(bank)


def test_it_gives_a_cashier_a_phone_and_no_book(bank: Bank) -> None:
    officer, cashier = bank.phone(LI_WEI), bank.phone(ZHOU_LAN, numbers=0)

    with pytest.raises(Problem, match="officer_has_no_device"), bank.app.app_context():
        issue_book(BRANCH, Book("SJ", 901, 950, 6), officer_id=ZHOU_LAN, by="cashier-2")

    officer.sync(bank.send)
    own = cashier.rows["me", ZHOU_LAN]["row"]
    assert own["is_cashier"] and own["colleagues"] == [
        {"id": LI_WEI, "name": "李薇"}, {"id": ZHANG_MIN, "name": "张敏"},
    ]  # fmt: skip
    row = officer.rows["me", LI_WEI]["row"]
    assert not row["is_cashier"] and row["cashiers"] == [{"id": ZHOU_LAN, "name": "周兰"}]
    assert list(row["keys"]) == [ZHOU_LAN]
