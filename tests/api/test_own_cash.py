"""I14, I30: what an officer holds follows from her own log, and money is conserved (sync-design 3).

Method: a phone with receipts goes through everything that the office can do to it; its cash is
read before and after each single answer, and only a count, a void or a ruling may move it. The
ledger must sum to the same money before and after households change hands.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from server.services.count_cash import Counted, count_cash
from server.services.reassign import Handing, reassign_households
from server.services.revoke_device import revoke_device
from server.services.settle_quarantine import settle_quarantine
from sync.client import Phone
from sync.specimens import promise_body, receipt_body, void_body
from sync.transport import Reply, Request
from tests.api.test_hand_of_all import shown
from tests.safekeeping import back_up, finished, lose_everything, restore
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank

HOUSEHOLDS = ("W1", "W2", "W3", "W4")


def give(bank: Bank, giver: str, taker: str, *households: str) -> None:
    handing = Handing(household_ids=households, from_officer_id=giver, to_officer_id=taker)
    with bank.app.app_context():
        reassign_households(BRANCH, handing, by=CHEN_JIE)


def watched(bank: Bank, phone: Phone, seen: list[int]) -> Callable[[Request], Reply]:
    """A line that notes the cash of the phone before each request: after every answer but one."""

    def line(request: Request) -> Reply:
        seen.append(phone.hand_fen())
        return bank.send(request)

    return line


def held_through(bank: Bank, phone: Phone) -> set[int]:
    """Sync, and every amount that the phone has shown on the way."""
    seen: list[int] = []
    phone.sync(watched(bank, phone, seen))
    return {*seen, phone.hand_fen()}


def test_it_holds_i14_no_answer_moves_the_own_cash(bank: Bank) -> None:
    bank.publish(LI_WEI, list(HOUSEHOLDS))
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 400_00))
    odd = phone.record("cash.receipt", receipt_body(("none", "SJ999999"), 30_00, "W2"))
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt(), 20_00, "W3"))
    assert held_through(bank, phone) == {450_00}, "applied, or waiting for a person: it is held"

    give(bank, LI_WEI, ZHANG_MIN, "W1", "W2", "W3")
    assert held_through(bank, phone) == {450_00}, "the households are gone, the cash is not"
    phone.scope.cursor = None
    assert held_through(bank, phone) == {450_00}, "a copy of everything"

    phone.record("cash.void", void_body(slip))
    assert held_through(bank, phone) == {430_00}
    with bank.app.app_context():
        settle_quarantine(BRANCH, odd.hash, "void", "没有这张收据", by=CHEN_JIE)
    assert held_through(bank, phone) == {430_00, 400_00}
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 4}, cause=None), by=ZHOU_LAN)
    assert held_through(bank, phone) == {400_00, 0}

    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 10_00, "W4"))
    assert phone.identity is not None
    with bank.app.app_context():
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE)
    assert held_through(bank, phone) == {10_00}
    assert bank.balance(f"hand:{LI_WEI}") == 10_00


def test_it_holds_i14_a_restored_server_moves_no_cash(bank: Bank) -> None:
    bank.publish(LI_WEI, list(HOUSEHOLDS))
    phone = bank.phone()
    made = back_up(bank)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 400_00))
    phone.sync(bank.send)
    lose_everything(bank)
    restore(bank, made.folder)
    again, _ = finished(bank)

    assert held_through(again, phone) == {400_00}
    assert again.balance(f"hand:{LI_WEI}") == 400_00
    again.close()


def test_it_holds_i14_two_phones_know_the_same_cash_after_a_restore(bank: Bank) -> None:
    """What all her phones hold is known again when all have synced; the own cash is never less."""
    bank.publish(LI_WEI, list(HOUSEHOLDS))
    one, two = bank.phone(), bank.phone()
    made = back_up(bank)
    for phone, fen in ((one, 400_00), (two, 50_00)):
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen))
        phone.sync(bank.send)
    one.sync(bank.send)
    assert shown(one) == shown(two) == 450_00
    lose_everything(bank)
    restore(bank, made.folder)
    again, _ = finished(bank)

    assert held_through(again, one) == {400_00} and shown(one) >= 400_00
    assert held_through(again, two) == {50_00}
    one.sync(again.send)
    assert shown(one) == shown(two) == 450_00 == again.balance(f"hand:{LI_WEI}")
    again.close()


def by_kind(bank: Bank) -> dict[str, int]:
    """Fen in hand, in question, in the vault; and what loans owe."""
    sums: dict[str, int] = {}
    for account, fen in bank.balances().items():
        kind = account.split(":")[0]
        sums[kind] = sums.get(kind, 0) + fen
    return sums


def test_it_holds_i30_money_is_conserved_while_households_change_hands(bank: Bank) -> None:
    """Twelve turns of taking cash and handing over, some of it recorded before it was known."""
    dice = random.Random(30)
    owners = dict.fromkeys(HOUSEHOLDS, LI_WEI)
    bank.publish(LI_WEI, ["W1", "W2", "W3"])
    bank.publish(ZHANG_MIN, ["W4"])
    owners["W4"] = ZHANG_MIN
    phones = {who: bank.phone(who) for who in (LI_WEI, ZHANG_MIN)}
    taken = dict.fromkeys(phones, 0)
    at_first = by_kind(bank).get("loan", 0)
    for _ in range(12):
        who, household = dice.choice(list(phones)), dice.choice(HOUSEHOLDS)
        fen = dice.randrange(1, 90) * 100
        phone = phones[who]
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))
        phone.record("promise.made", promise_body(household))
        taken[who] += fen
        before = by_kind(bank)
        moved = dice.choice(HOUSEHOLDS)
        other = ZHANG_MIN if owners[moved] == LI_WEI else LI_WEI
        give(bank, owners[moved], other, moved)
        owners[moved] = other
        assert by_kind(bank) == before, "handing over moves no money"
        if dice.random() < 0.5:
            phone.sync(bank.send)
    for phone in phones.values():
        phone.sync(bank.send)

    assert {who: bank.balance(f"hand:{who}") for who in phones} == taken
    after = by_kind(bank)
    assert after.get("loan", 0) + after.get("suspense", 0) == at_first - sum(taken.values())
    assert sum(bank.balances().values()) == 0
