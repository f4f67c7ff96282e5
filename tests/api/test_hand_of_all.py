"""An officer with two phones: each knows what all hold together, as far as the server knows it.

Method: two phones of one officer take cash in turn over the real API, the cashier counts, a third
lane opens; the sum in row `me` is compared with the books, and no phone hears of rows it knows.
"""

from __future__ import annotations

from server.services.settle_quarantine import settle_quarantine
from sync.client import Phone
from sync.custody import hand_of_all
from sync.specimens import receipt_body, void_body
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank


def told(phone: Phone) -> int | None:
    """What the officer's own row says."""
    value = phone.rows["me", LI_WEI]["row"]["hand_total_fen"]
    return None if value is None else int(value)


def shown(phone: Phone) -> int:
    """What the screen says: the server's sum and what is not in it yet."""
    total = told(phone)
    assert total is not None
    return hand_of_all(total, phone.rows["me", LI_WEI]["tick"], phone.own_events())


def test_it_tells_each_phone_what_all_hold(bank: Bank) -> None:
    one, two = bank.phone(LI_WEI), bank.phone(LI_WEI)
    one.sync(bank.send)
    slip = one.record("cash.receipt", receipt_body(one.next_receipt(), 600_00))
    one.sync(bank.send)
    two.record("cash.receipt", receipt_body(two.next_receipt(), 50_00, "W2"))
    assert shown(two) == 50_00, "it has not heard of the other yet"

    two.sync(bank.send)
    assert told(two) == 650_00 == shown(two) == bank.balance(f"hand:{LI_WEI}")
    assert two.hand_fen() == 50_00, "its own log says what it holds itself"
    one.record("cash.void", void_body(slip))
    assert shown(one) == 0
    one.sync(bank.send)
    two.sync(bank.send)

    assert shown(one) == shown(two) == 50_00 == bank.balance(f"hand:{LI_WEI}")
    assert one.incidents == two.incidents == []


def test_it_counts_a_slip_once_that_somebody_has_looked_at(bank: Bank) -> None:
    one, _two = bank.phone(LI_WEI), bank.phone(LI_WEI)
    one.sync(bank.send)
    slip = one.record("cash.receipt", receipt_body(("foreign", "SJ900001"), 600_00))
    one.sync(bank.send)

    with bank.app.app_context():
        settle_quarantine(BRANCH, slip.hash, "keep", "等下册收据", by=CHEN_JIE)
    one.sync(bank.send)

    assert shown(one) == 600_00 == bank.balance(f"hand:{LI_WEI}")


def test_it_says_nothing_to_an_officer_with_one_phone(bank: Bank) -> None:
    phone = bank.phone(ZHANG_MIN)
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    tick = phone.rows["me", ZHANG_MIN]["tick"]

    phone.sync(bank.send)

    me = phone.rows["me", ZHANG_MIN]
    assert me["row"]["hand_total_fen"] is None
    assert me["tick"] == tick, "and its row does not travel for it"
