"""Peers' rows 1, 2, 9, 20: what happened in a village is a fact, whatever the office did meanwhile.

Method: real phones record without a signal while the office hands over, revokes, dismisses or
closes; then they sync over the API, on both databases, and the books and the pages of the console
are read.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from server.db import transaction
from server.services.close_day import close_day
from server.services.count_cash import Counted, count_cash
from server.services.reassign import Handing, reassign_households
from server.services.revoke_device import revoke_device
from server.tables import EventRow, Loan, ReceiptRow, Staff
from sync.client import Phone
from sync.events import Envelope
from sync.specimens import MONDAY, promise_body, receipt_body, void_body
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank

Console = Callable[[str], Visitor]


def slip(phone: Phone, fen: int, household: str = "W1") -> Envelope:
    return phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))


def number_of(event: Envelope) -> str:
    return str(event.body["receipt_no"])


def in_the_field(bank: Bank, fen: int) -> tuple[Phone, Envelope]:
    """Li Wei's phone with a receipt that only it holds."""
    bank.publish(LI_WEI, ["W1", "W2"])
    phone = bank.phone()
    return phone, slip(phone, fen)


def hand_over(bank: Bank, household: str) -> None:
    handing = Handing(household_ids=(household,), from_officer_id=LI_WEI, to_officer_id=ZHANG_MIN)
    with bank.app.app_context():
        reassign_households(BRANCH, handing, by=CHEN_JIE)


def revoke(bank: Bank, phone: Phone) -> None:
    assert phone.identity is not None
    with bank.app.app_context():
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE)


def dismiss(bank: Bank, officer: str) -> None:
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="dismiss") as tx:
        tx.session.get_one(Staff, (BRANCH, officer)).is_active = False


def assert_is_counted(bank: Bank, phone: Phone, event: Envelope, fen: int) -> None:
    """Acknowledged, stored once, in the custody of who took it, and nowhere twice."""
    assert phone.unacked == [] and event.hash in phone.verdicts
    assert bank.query(select(EventRow.hash).where(EventRow.hash == event.hash)) == [(event.hash,)]
    assert bank.balance(f"hand:{LI_WEI}") == phone.hand_fen() == fen
    assert sum(bank.balances().values()) == 0


def test_it_counts_cash_of_a_household_given_away_peers_1(bank: Bank, console: Console) -> None:
    bank.publish(ZHANG_MIN, ["W3"])
    other = bank.phone(ZHANG_MIN)
    phone, taken = in_the_field(bank, 60_00)
    hand_over(bank, "W1")

    phone.sync(bank.send)
    other.sync(bank.send)

    assert_is_counted(bank, phone, taken, 60_00)
    assert phone.verdicts[taken.hash]["verdict"] == "applied"
    row = other.rows["loan", "L-W1"]["row"]
    assert row["principal_fen"] + row["interest_fen"] == 5300_00 - 60_00
    assert number_of(taken) in words(console("zhoulan").get(f"/cash/{LI_WEI}"))


def test_it_counts_cash_of_a_revoked_phone_and_shows_it_peers_1(
    bank: Bank, console: Console
) -> None:
    phone, taken = in_the_field(bank, 520_00)
    revoke(bank, phone)

    phone.sync(bank.send)

    assert_is_counted(bank, phone, taken, 520_00)
    assert phone.pull_error == "device_revoked", "it is told, and gets no data of people"
    text = words(console("chenjie").get("/quarantine"))
    assert number_of(taken) in text and "520.00" in text and "手机已停用" in text


def test_it_counts_cash_of_an_officer_who_has_left_peers_1(bank: Bank, console: Console) -> None:
    phone, taken = in_the_field(bank, 70_00)
    hand_over(bank, "W1")
    hand_over(bank, "W2")
    dismiss(bank, LI_WEI)

    phone.sync(bank.send)

    assert_is_counted(bank, phone, taken, 70_00)
    assert "70.00" in words(console("zhoulan").get("/cash"))


def test_it_counts_cash_of_a_loan_that_was_closed_meanwhile_peers_1(
    bank: Bank, console: Console
) -> None:
    phone, taken = in_the_field(bank, 90_00)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="close") as tx:
        tx.session.get_one(Loan, (BRANCH, "L-W1")).state = "closed"

    phone.sync(bank.send)

    assert_is_counted(bank, phone, taken, 90_00)
    assert number_of(taken) in words(console("zhoulan").get(f"/cash/{LI_WEI}"))


def test_it_shows_the_same_cash_on_both_sides_peers_2(bank: Bank) -> None:
    """cht-core #11306: what is pending is told apart from what the server has, on both sides."""
    phone, first = in_the_field(bank, 520_00)
    phone.sync(bank.send)
    second, third = slip(phone, 650_00), slip(phone, 30_00, "W2")
    phone.record("cash.void", void_body(third))

    pending = [event.hash for event in phone.unacked if event.kind == "cash.receipt"]
    assert pending == [second.hash, third.hash]
    assert bank.balance(f"hand:{LI_WEI}") == 520_00, "the server knows nothing of the rest"
    assert phone.hand_fen() == 520_00 + 650_00
    loan = phone.view("loan", "L-W1")
    assert loan["pending"] == [second.hash] and first.hash not in loan["pending"]

    phone.sync(bank.send)

    assert bank.balance(f"hand:{LI_WEI}") == phone.hand_fen() == 1170_00
    for household in ("W1", "W2"):
        shown, row = phone.view("loan", f"L-{household}"), phone.rows["loan", f"L-{household}"]
        assert shown["pending"] == []
        assert shown["principal_fen"] == row["row"]["principal_fen"]
        owed = bank.balance(f"loan:L-{household}:principal")
        assert row["row"]["principal_fen"] == owed


def test_it_keeps_both_values_of_a_conflict_peers_9(bank: Bank, console: Console) -> None:
    """Nobody wins in silence: two numbers that are one, and two promises, are both there."""
    phone, mine = in_the_field(bank, 40_00)
    other = bank.phone(ZHANG_MIN)
    number = str(mine.body["book"]), number_of(mine)
    twin = other.record("cash.receipt", receipt_body(number, 90_00, "W1"))
    mine_promise = phone.record("promise.made", promise_body())
    other_promise = other.record("promise.made", {**promise_body(), "amount_fen": 700_00})

    for each in (phone, other):
        each.sync(bank.send)

    assert phone.verdicts[mine.hash]["verdict"] == "applied"
    assert other.verdicts[twin.hash]["verdict"] == "quarantined"
    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance(f"hand:{ZHANG_MIN}")) == (40_00, 90_00)
    assert phone.verdicts[mine_promise.hash]["verdict"] == "applied"
    assert other.verdicts[other_promise.hash]["verdict"] == "applied"
    kept = {row.hash for row in bank.rows(EventRow)}
    assert {mine.hash, twin.hash, mine_promise.hash, other_promise.hash} <= kept
    text = words(console("chenjie").get("/quarantine"))
    assert number[1] in text and "90.00" in text and "张敏" in text


def test_it_takes_and_lists_what_comes_after_the_day_was_closed_peers_20(
    bank: Bank, console: Console
) -> None:
    """odoo #203431: the till was closed over a receipt that had not come yet."""
    phone, early = in_the_field(bank, 100_00)
    phone.sync(bank.send)
    late = slip(phone, 50_00)
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 1}, cause=None), by=ZHOU_LAN)
        close_day(BRANCH, MONDAY, by=ZHOU_LAN)
    bank.clock.pass_minutes(24 * 60)

    phone.sync(bank.send)

    assert phone.verdicts[late.hash]["verdict"] == "applied"
    assert bank.balance(f"hand:{LI_WEI}") == 50_00
    days = {row.event_hash: row.effective_on for row in bank.rows(ReceiptRow)}
    assert days == {early.hash: MONDAY, late.hash: MONDAY}, "it keeps its own date"
    assert "2026-03-02 迟到" in words(console("zhoulan").get(f"/cash/{LI_WEI}"))
    assert number_of(late) in words(console("chenjie").get("/quarantine")), "and is listed"
