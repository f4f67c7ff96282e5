"""Receipt books at the console: issued once, never twice, every number accounted for (U33, U38).

Method: Zhou Lan issues books to phones; overlaps of every kind are tried.
"""

from __future__ import annotations

import pytest

from server.services.issue_book import issue_book
from server.services.list_books import books
from server.tables import ReceiptBook
from sync.problems import Problem
from sync.receipts import Book
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank

NEW = {"officer": LI_WEI, "prefix": "SJ", "from_no": "101", "to_no": "150", "width": "6"}


def test_it_issues_a_book_to_the_officers_phone(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI, numbers=0)

    answer = zhou_lan.post("/books", NEW)
    phone.sync(bank.send)

    assert answer.status_code == 302
    assert phone.next_receipt() == ("SJ000101-000150", "SJ000101")
    text = words(zhou_lan.get("/books"))
    assert "SJ000101" in text and "李薇" in text and "已领用" in text


@pytest.mark.parametrize(
    ("from_no", "to_no"), [(101, 150), (150, 160), (90, 101), (120, 130), (1, 999)]
)
def test_it_refuses_a_number_that_is_in_another_book(
    each_bank: Bank, from_no: int, to_no: int
) -> None:
    each_bank.phone(LI_WEI)
    each_bank.phone(ZHANG_MIN, numbers=0)

    with each_bank.app.app_context(), pytest.raises(Problem, match="book_overlaps"):
        issue_book(BRANCH, Book("SJ", from_no, to_no, 6), officer_id=ZHANG_MIN, by=ZHOU_LAN)

    assert len(each_bank.rows(ReceiptBook)) == 1


def test_it_lets_another_prefix_have_the_same_numbers(bank: Bank) -> None:
    bank.phone(LI_WEI)

    with bank.app.app_context():
        issue_book(BRANCH, Book("SK", 101, 150, 6), officer_id=LI_WEI, by=ZHOU_LAN)

    assert len(bank.rows(ReceiptBook)) == 2


def test_it_gives_no_second_book_while_many_numbers_are_left(bank: Bank) -> None:
    bank.phone(LI_WEI, numbers=201)

    with bank.app.app_context(), pytest.raises(Problem, match="book_unused_left"):
        issue_book(BRANCH, Book("SK", 1, 50, 6), officer_id=LI_WEI, by=ZHOU_LAN)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prefix", "收据"),
        ("prefix", ""),
        ("from_no", "200"),
        ("from_no", "0"),
        ("from_no", "1.5"),
        ("to_no", "99999999"),
        ("width", "2"),
        ("width", ""),
    ],
)
def test_it_refuses_a_book_that_is_none(
    bank: Bank, zhou_lan: Visitor, field: str, value: str
) -> None:
    bank.phone(LI_WEI, numbers=0)

    answer = zhou_lan.post("/books", {**NEW, field: value})

    assert answer.status_code == 422
    assert bank.rows(ReceiptBook) == []


def test_it_needs_a_phone_to_give_the_numbers_to(bank: Bank, zhou_lan: Visitor) -> None:
    answer = zhou_lan.post("/books", NEW)

    assert answer.status_code == 409
    assert "没有登记的手机" in words(answer)


def test_it_counts_every_number_once(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    take_cash(bank, phone, 100_00, 200_00)

    with bank.app.app_context():
        [line] = books(BRANCH)
    parts = (line.used, line.void, line.doubted, len(line.missing), line.unused)
    assert parts == (2, 0, 0, 0, 48)
    assert sum(parts) == line.total
