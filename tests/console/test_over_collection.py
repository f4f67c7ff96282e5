"""More was taken than was due: always accepted, never moved, owed back, paid back by two people.

Method: the same movements of one loan (receipts of two officers, a void, what was paid at the
counter) come in every order, each order on a loan of its own; the books of all loans must be
equal. On both databases.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import permutations

import pytest

from server.db import snapshot
from server.services.check_history import check_history
from server.services.count_cash import Counted, count_cash
from server.services.findings import Finding
from server.services.import_master import Said, import_master
from server.tables import OutboxMessage, ReceiptRow, Task
from sync.client import Phone
from sync.specimens import receipt_body, void_body
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import (
    BRANCH,
    CHEN_JIE,
    LI_WEI,
    PASSWORD,
    ZHANG_MIN,
    ZHOU_LAN,
    Bank,
)

HEADING = "户号,户名,片区,村委,贷款编号,合同号,本金余额,欠息,借款日,到期日"
DUE_FEN = 1000_00
MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"


def bring(bank: Bank, household: str, due_fen: int, as_of: str) -> None:
    """A file of the core system with the one loan of a household; no interest."""
    yuan = f"{due_fen // 100}.{due_fen % 100:02d}"
    line = f"{household},测户,涡水镇,马头冲,L-{household},H,{yuan},0,2020-06-30,2023-06-30"
    said = Said(as_of=as_of, control_total_fen=due_fen)
    with bank.app.app_context():
        import_master(BRANCH, f"{HEADING}\n{line}\n".encode(), said, by=CHEN_JIE)


def books(bank: Bank, loan: str) -> dict[str, int]:
    """What stands on a loan: due, over-collected, kept by the core system, and the credit."""
    held = bank.balances()
    parts = ("principal", "interest", "penalty", "cost")
    sums = {"due": sum(held.get(f"loan:{loan}:{part}", 0) for part in parts)}
    sums |= {part: held.get(f"loan:{loan}:{part}", 0) for part in ("over", "kept")}
    return {**sums, "credit": held.get(f"credit:{loan}", 0)}


def findings(bank: Bank) -> list[Finding]:
    """What contradicts the history."""
    with bank.app.app_context(), snapshot() as session:
        return check_history(session)


def in_this_order(bank: Bank, household: str, order: tuple[str, ...], phones: list[Phone]) -> None:
    """Li Wei takes 700 and voids it, then takes 600; Zhang Min 700; all is paid at the counter."""
    first, second = phones
    bring(bank, household, DUE_FEN, "2026-03-01")
    slips = {}

    def li_wei(amount_fen: int, name: str) -> None:
        body = receipt_body(first.next_receipt(), amount_fen, household)
        slips[name] = first.record("cash.receipt", body)
        first.sync(bank.send)

    def void() -> None:
        first.record("cash.void", void_body(slips["a"]))
        first.sync(bank.send)

    acts: dict[str, Callable[[], object]] = {
        "take": lambda: li_wei(700_00, "a"),
        "void": void,
        "again": lambda: li_wei(600_00, "b"),
        "other": lambda: take_cash(bank, second, 700_00, household=household),
        "counter": lambda: bring(bank, household, 0, MONDAY),
    }
    for name in order:
        acts[name]()


def test_it_comes_to_the_same_in_every_order(each_bank: Bank) -> None:
    bank = each_bank
    phones = [bank.phone(LI_WEI, numbers=300), bank.phone(ZHANG_MIN, numbers=200)]
    every = [
        order
        for order in permutations(("take", "void", "again", "other", "counter"))
        if order.index("take") < order.index("void")
    ]
    orders = random.Random(4).sample(every, 12)
    for number, order in enumerate(orders):
        in_this_order(bank, f"P{number}", order, phones)

    found = {order: books(bank, f"L-P{number}") for number, order in enumerate(orders)}
    over = {"due": -1300_00, "over": 1300_00, "kept": 0, "credit": -1300_00}
    assert found == dict.fromkeys(orders, over)
    assert sum(bank.balances().values()) == 0
    assert findings(bank) == []


def test_it_owes_back_what_two_officers_took_of_one_instalment(each_bank: Bank) -> None:
    bank = each_bank
    li_wei, zhang_min = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    bank.publish(LI_WEI, ["W1"])
    bring(bank, "W1", DUE_FEN, "2026-03-01")
    take_cash(bank, li_wei, DUE_FEN)
    take_cash(bank, zhang_min, DUE_FEN)
    li_wei.sync(bank.send)

    assert books(bank, "L-W1")["credit"] == -DUE_FEN
    assert {row.state for row in bank.rows(ReceiptRow)} == {"applied"}
    assert [(task.kind, task.about) for task in bank.rows(Task)] == [("refund_due", "L-W1")]
    assert [row.topic for row in bank.rows(OutboxMessage)].count("sms.overpaid") == 1
    assert li_wei.rows["loan", "L-W1"]["row"]["credit_fen"] == DUE_FEN


def test_it_does_not_call_unknown_interest_overpaid(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    line = "Q1,测户,涡水镇,马头冲,L-Q1,H,1000.00,,2020-06-30,2023-06-30"
    said = Said(as_of="2026-03-01", control_total_fen=DUE_FEN)
    with bank.app.app_context():
        import_master(BRANCH, f"{HEADING}\n{line}\n".encode(), said, by=CHEN_JIE)
    for fen, split in ((900_00, {"interest_fen": 900_00}), (1000_00, {"principal_fen": 1000_00})):
        none = dict.fromkeys(("principal_fen", "interest_fen", "penalty_fen", "cost_fen"), 0)
        body = receipt_body(phone.next_receipt(), fen, "Q1")
        phone.record("cash.receipt", {**body, **none, **split})
    phone.sync(bank.send)

    assert books(bank, "L-Q1")["credit"] == 0


def _counted(bank: Bank, fen: int) -> None:
    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: fen // 100_00}), by=ZHOU_LAN)


def test_it_still_owes_what_the_core_system_booked_upon_nothing(each_bank: Bank) -> None:
    bank = each_bank
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W2"])
    for household in ("W1", "W2"):
        bring(bank, household, DUE_FEN, "2026-02-28")
        bring(bank, household, 0 if household == "W1" else DUE_FEN, "2026-03-01")
        take_cash(bank, phone, DUE_FEN, household=household)
    assert books(bank, "L-W1")["over"] == DUE_FEN  # the counter was faster
    _counted(bank, 2 * DUE_FEN)
    bank.clock.pass_minutes(2 * 24 * 60)
    for household in ("W1", "W2"):
        bring(bank, household, 0, TUESDAY)

    assert books(bank, "L-W1") == {"due": 0, "over": 0, "kept": DUE_FEN, "credit": -DUE_FEN}
    assert books(bank, "L-W2") == {"due": 0, "over": 0, "kept": 0, "credit": 0}
    bring(bank, "W1", 0, WEDNESDAY)
    assert books(bank, "L-W1")["credit"] == -DUE_FEN
    assert findings(bank) == []


def overpaid(bank: Bank) -> None:
    """Li Wei has taken 1,000.00 too much at the first household, and the cashier has the cash."""
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    bring(bank, "W1", 0, "2026-03-01")
    take_cash(bank, phone, DUE_FEN)
    _counted(bank, DUE_FEN)


FORM = {
    "amount": "1000.00",
    "payee": "王刚",
    "second_username": "chenjie",
    "second_password": PASSWORD,
}


def test_it_pays_back_with_a_second_person(each_bank: Bank) -> None:
    bank = each_bank
    overpaid(bank)
    zhou_lan = Visitor(bank.http)
    zhou_lan.sign_in("zhoulan")
    assert "1,000.00" in words(zhou_lan.get("/money"))

    answer = zhou_lan.post("/money/refunds/L-W1", FORM)

    assert answer.status_code == 302
    assert (bank.balance("credit:L-W1"), bank.balance("vault")) == (0, 0)
    assert [task.state for task in bank.rows(Task)] == ["done"]
    assert "没有待办" in words(zhou_lan.get("/money"))
    assert zhou_lan.post(f"/day/{MONDAY}/close").status_code == 302
    assert findings(bank) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount": "1000.01"}, 422),
        ({"amount": "0"}, 422),
        ({"payee": " "}, 422),
        ({"second_username": "zhoulan"}, 403),
        ({"second_username": "liwei"}, 422),
        ({"second_username": "wuping"}, 422),
        ({"second_password": "wrong"}, 401),
    ],
)
def test_it_pays_nothing_back_that_is_not_right(
    bank: Bank, zhou_lan: Visitor, changes: dict[str, str], status: int
) -> None:
    overpaid(bank)

    answer = zhou_lan.post("/money/refunds/L-W1", {**FORM, **changes})

    assert answer.status_code == status
    assert bank.balance("credit:L-W1") == -DUE_FEN
    assert bank.balance("vault") == DUE_FEN


def test_it_pays_no_more_than_the_vault_holds(bank: Bank, zhou_lan: Visitor) -> None:
    overpaid(bank)
    zhou_lan.post(f"/day/{MONDAY}/deposit", {"amount": "500", "slip_no": "J-1"})

    assert zhou_lan.post("/money/refunds/L-W1", FORM).status_code == 422
    assert zhou_lan.post("/money/refunds/L-W1", {**FORM, "amount": "500"}).status_code == 302
    assert bank.balance("credit:L-W1") == -500_00
