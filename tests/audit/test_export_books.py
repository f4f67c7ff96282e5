"""Receipt books in an export: given back, suspended, lifted, written off, and holes explained.

Method: as test_export.py; what the cashier does to books is done by the services of the console.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.book_states import lift_book, return_book, write_off_book
from server.services.holes import explain_hole
from server.services.revoke_device import revoke_device
from tests.audit.exports import export_of, rows_of, told, verified
from tests.audit.test_export import work
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank, found_bank


@pytest.fixture
def bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    """The small bank with slips on one phone and a hole among them."""
    bank = found_bank(migrated_url, tmp_path / "data")
    bank.publish(LI_WEI, ["W1", "W2"])
    yield bank
    bank.close()


def test_it_follows_books_that_are_given_back_and_holes_that_are_explained(bank: Bank) -> None:
    work(bank)
    with bank.app.app_context():
        return_book(BRANCH, "SJ000101-000150", "SJ000108", by=ZHOU_LAN)
        explain_hole(BRANCH, "SJ000104", "写坏，存根在", by=ZHOU_LAN)
        data, key = export_of(BRANCH)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    holes = [dict(one.place)["receipt"] for one in answer.findings.open]
    assert holes == ["SJ000106", "SJ000107"]
    assert answer.counters["holes_explained"] == 1
    [book] = rows_of(data, "book")
    assert (book["state"], book["used_to"]) == ("returned", 107)


@pytest.mark.parametrize("first_blank", ["SJ000151", "SJ000156"])
def test_it_follows_books_of_a_lost_phone(bank: Bank, first_blank: str) -> None:
    work(bank)
    second = bank.phone(ZHANG_MIN)
    assert second.identity
    with bank.app.app_context():
        revoke_device(BRANCH, second.identity["device"], by=CHEN_JIE, reason="lost")
    bank.phone(ZHANG_MIN, numbers=0)
    with bank.app.app_context():
        lift_book(BRANCH, "SJ000151-000200", first_blank, "有新手机", by=ZHOU_LAN)
    third = bank.phone(ZHANG_MIN)
    assert third.identity
    with bank.app.app_context():
        revoke_device(BRANCH, third.identity["device"], by=CHEN_JIE, reason="lost")
        write_off_book(BRANCH, "SJ000201-000250", "手机找不回来", by=ZHOU_LAN)
        data, key = export_of(BRANCH)
    answer = verified(data, key)

    assert answer.holds, told(answer)
    states = {row["state"] for row in rows_of(data, "book")}
    assert states >= {"issued", "written_off"}
    assert ("returned" in states) == (first_blank != "SJ000151")
