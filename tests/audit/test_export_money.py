"""Transfers and refused voids beside handovers, in an export that must hold.

Method: phones of the small bank over the real API; what goes from hand to hand is cash alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.transfers import clear_transfer
from server.services.undoings import REFUSED, Decision, decide
from server.tables import Undoing
from sync.problems import Problem
from sync.specimens import handed_body, receipt_body, taken_body, void_body
from tests.audit.exports import export_of, rows_of, told, verified
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank, found_bank


@pytest.fixture
def bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    bank = found_bank(migrated_url, tmp_path / "data")
    bank.publish(LI_WEI, ["W1", "W2"])
    yield bank
    bank.close()


def holds(bank: Bank) -> bytes:
    """The export of the branch, which is verified."""
    with bank.app.app_context():
        data, key = export_of(BRANCH)
    answer = verified(data, key)
    assert answer.holds, told(answer)
    return data


@pytest.mark.parametrize("is_late", [False, True])
def test_it_hands_over_no_transfer_with_the_cash(bank: Bank, is_late: bool) -> None:
    """The cashier takes the cash in the field; the transfer waits for the bank all the same."""
    giver, cashier = bank.phone(LI_WEI), bank.phone(ZHOU_LAN, numbers=0)
    giver.record("cash.receipt", receipt_body(giver.next_receipt(), 600_00))
    by_bank = {"method": "transfer", "evidence_no": "T-7"}
    slip = giver.record("cash.receipt", receipt_body(giver.next_receipt(), 50_00) | by_bank)
    handed = giver.record("custody.handed", handed_body(ZHOU_LAN, 600_00))
    cashier.record("custody.taken", taken_body(handed, 600_00, into="vault"))
    for phone in (cashier, giver) if is_late else (giver, cashier):
        phone.sync(bank.send)
    held = {row["event"]: row for row in rows_of(holds(bank), "receipt")}
    assert (held[slip.hash]["handed_to"], held[slip.hash]["counted_by"]) == (None, None)
    assert (bank.balance("vault"), bank.balance("clearing")) == (600_00, 50_00)

    with bank.app.app_context():
        clear_transfer(BRANCH, slip.hash, "B-1", by=ZHOU_LAN)

    assert (bank.balance("bank"), bank.balance("clearing")) == (50_00, 0)
    holds(bank)


def test_it_voids_a_transfer_after_the_cash_has_gone(bank: Bank) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    giver.record("cash.receipt", receipt_body(giver.next_receipt(), 600_00))
    by_bank = {"method": "cheque", "evidence_no": "00123"}
    slip = giver.record("cash.receipt", receipt_body(giver.next_receipt(), 50_00) | by_bank)
    handed = giver.record("custody.handed", handed_body(ZHANG_MIN, 600_00))
    receiver.record("custody.taken", taken_body(handed, 600_00))
    giver.sync(bank.send)
    receiver.sync(bank.send)

    giver.record("cash.void", void_body(slip))
    giver.sync(bank.send)

    assert bank.balance("clearing") == 0
    holds(bank)


def test_it_restores_no_slip_behind_whose_void_the_cash_has_gone(bank: Bank) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    giver.record("cash.receipt", receipt_body(giver.next_receipt(), 600_00))
    slip = giver.record("cash.receipt", receipt_body(giver.next_receipt(), 50_00))
    void = giver.record("cash.void", void_body(slip))
    handed = giver.record("custody.handed", handed_body(ZHANG_MIN, 600_00))
    giver.sync(bank.send)

    with bank.app.app_context(), pytest.raises(Problem, match="void_cash_gone"):
        decide(BRANCH, void.hash, Decision(decision=REFUSED, note="付款人否认"), by=CHEN_JIE)

    receiver.record("custody.taken", taken_body(handed, 600_00))
    receiver.sync(bank.send)
    assert [row.decision for row in bank.rows(Undoing)] == [None]
    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance(f"hand:{ZHANG_MIN}")) == (0, 600_00)
    holds(bank)


def test_it_restores_a_slip_before_the_cash_goes_on(bank: Bank) -> None:
    giver, receiver = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    slip = giver.record("cash.receipt", receipt_body(giver.next_receipt(), 600_00))
    void = giver.record("cash.void", void_body(slip))
    giver.sync(bank.send)
    with bank.app.app_context():
        decide(BRANCH, void.hash, Decision(decision=REFUSED, note="付款人否认"), by=CHEN_JIE)
    giver.sync(bank.send)
    handed = giver.record("custody.handed", handed_body(ZHANG_MIN, giver.hand_fen()))
    receiver.record("custody.taken", taken_body(handed, 600_00))
    giver.sync(bank.send)
    receiver.sync(bank.send)

    assert (bank.balance(f"hand:{LI_WEI}"), bank.balance(f"hand:{ZHANG_MIN}")) == (0, 600_00)
    holds(bank)
