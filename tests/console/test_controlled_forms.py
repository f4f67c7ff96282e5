"""Receipt books as controlled forms: no number is lost from sight (R23, U33, U34, U38).

Method: Li Wei's phone uses numbers in and out of order, loses its line, is revoked; Zhou Lan takes
books back at the page. After each step every number of the book stands in exactly one column.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from server.services.book_states import lift_book, return_book, write_off_book
from server.services.branches import create_branch
from server.services.holes import explain_hole
from server.services.issue_book import issue_book
from server.services.list_books import BookLine, books
from server.services.office_home import waiting
from server.services.revoke_device import revoke_device
from server.tables import EventRow, ReceiptBook, Task, VerdictRow
from sync.client import Phone
from sync.problems import Problem
from sync.receipts import Book
from sync.specimens import MONDAY, receipt_body, void_body
from tests.console.fieldwork import take_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN, Bank

BOOK = "SJ000101-000150"


def take(phone: Phone, *numbers: int) -> None:
    """Slips with these numbers of the first book, in this order."""
    for number in numbers:
        phone.record("cash.receipt", receipt_body((BOOK, f"SJ{number:06d}"), 10_00))


def lines(bank: Bank) -> list[BookLine]:
    with bank.app.app_context():
        found = books(BRANCH)
    for line in found:
        parts = line.used + line.void + line.doubted + len(line.missing) + line.rest
        assert parts == line.total and line.rest >= 0, line
    return found


def bodies(bank: Bank, kind: str) -> list[dict[str, Any]]:
    rows = sorted(bank.rows(EventRow), key=lambda row: row.seq)
    return [json.loads(row.canonical)["body"] for row in rows if row.kind == kind]


def alarms(bank: Bank) -> int:
    with bank.app.app_context():
        return waiting(BRANCH, MONDAY).holes


def revoke(bank: Bank, phone: Phone) -> None:
    assert phone.identity is not None
    with bank.app.app_context():
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE, reason="lost")


# A hole is an alarm the same evening


def test_it_raises_an_alarm_as_soon_as_a_later_number_is_here(each_bank: Bank) -> None:
    phone = each_bank.phone(LI_WEI)
    take(phone, 101, 104)
    phone.sync(each_bank.send)

    assert alarms(each_bank) == 2
    tasks = [(row.kind, row.about, row.state, row.opened_on) for row in each_bank.rows(Task)]
    assert sorted(tasks) == [
        ("number_hole", "SJ000102", "open", MONDAY),
        ("number_hole", "SJ000103", "open", MONDAY),
    ]
    assert lines(each_bank)[0].open_holes == ("SJ000102", "SJ000103")

    take(phone, 102, 103)
    phone.sync(each_bank.send)

    assert alarms(each_bank) == 0
    assert {row.state for row in each_bank.rows(Task)} == {"done"}
    assert lines(each_bank)[0].missing == ()


def test_it_shows_the_alarm_to_cashier_and_supervisor(
    bank: Bank, zhou_lan: Visitor, chen_jie: Visitor
) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 101, 103)
    phone.sync(bank.send)

    for who in (zhou_lan, chen_jie):
        home = who.get("/")
        assert "1 个收据号跳号，要说明去向" in words(home)
        assert "有 1 个号码跳过了" in words(who.get("/books"))
    assert 'name="hole:SJ000102"' in zhou_lan.get("/books").text


def test_it_knows_no_hole_while_a_number_waits_for_a_ruling_or_is_void(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    slip = phone.record("cash.receipt", receipt_body((BOOK, "SJ000101"), 10_00))
    phone.record("cash.void", void_body(slip))
    phone.record("cash.receipt", receipt_body((BOOK, "SJ000102"), 10_00, "nobody"))
    take(phone, 103)
    phone.sync(bank.send)

    [line] = lines(bank)
    assert (line.used, line.void, line.doubted, line.missing, line.unused) == (1, 1, 1, (), 47)
    assert bank.rows(Task) == []


def test_it_closes_the_alarm_with_an_explanation(each_bank: Bank) -> None:
    phone = each_bank.phone(LI_WEI)
    take(phone, 101, 103)
    phone.sync(each_bank.send)
    with each_bank.app.app_context():
        for wrong, code in (("", "hole_unexplained"), ("x", "own_record")):
            with pytest.raises(Problem, match=code):
                explain_hole(BRANCH, "SJ000102", wrong, by=LI_WEI)
        for number in ("SJ000101", "SJ000104", "XX1", ""):
            with pytest.raises(Problem, match="hole_unknown"):
                explain_hole(BRANCH, number, "写坏了", by=ZHOU_LAN)
        explain_hole(BRANCH, "SJ000102", "写坏了，存根已收", by=ZHOU_LAN)
        with pytest.raises(Problem, match="hole_unknown"):
            explain_hole(BRANCH, "SJ000102", "又写一次", by=ZHOU_LAN)

    assert bodies(each_bank, "book.hole_explained") == [
        {"number": "SJ000102", "book": BOOK, "holder": LI_WEI, "reason": "写坏了，存根已收"}
    ]
    assert alarms(each_bank) == 0
    [line] = lines(each_bank)
    assert (line.explained, line.open_holes) == ({"SJ000102": "写坏了，存根已收"}, ())


def test_it_says_so_when_an_explained_number_is_used_after_all(
    bank: Bank, zhou_lan: Visitor
) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 101, 103)
    phone.sync(bank.send)
    zhou_lan.post("/books/holes", {"hole:SJ000102": "撕掉了"})
    take(phone, 102)
    phone.sync(bank.send)

    [line] = lines(bank)
    assert (line.used, line.missing, line.came_back) == (3, (), ("SJ000102",))
    assert "已说明或已交回，后来又用了 SJ000102" in words(zhou_lan.get("/books"))


def test_it_explains_only_the_lines_that_were_filled_in(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 101, 104)
    phone.sync(bank.send)

    answer = zhou_lan.post("/books/holes", {"hole:SJ000102": "写坏了", "hole:SJ000103": "  "})

    assert answer.status_code == 302
    assert lines(bank)[0].open_holes == ("SJ000103",)
    again = zhou_lan.post("/books/holes", {"hole:SJ000102": "写坏了"})
    assert again.status_code == 409 and "不是待说明的缺号" in words(again)


@pytest.mark.parametrize("seed", range(5))
def test_it_reports_exactly_the_holes_there_are_in_any_order(bank: Bank, seed: int) -> None:
    dice = random.Random(seed)
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    waiting_numbers = dice.sample(range(101, 126), 18)
    known: set[int] = set()
    explained: set[int] = set()
    while waiting_numbers:
        now = [waiting_numbers.pop() for _ in range(min(dice.randint(1, 5), len(waiting_numbers)))]
        take(phone, *now)
        phone.sync(bank.send)
        known |= set(now)
        holes = set(range(101, max(known))) - known
        if holes - explained and dice.random() < 0.3:
            one = dice.choice(sorted(holes - explained))
            with bank.app.app_context():
                explain_hole(BRANCH, f"SJ{one:06d}", "写坏了", by=ZHOU_LAN)
            explained.add(one)

        [line] = lines(bank)
        assert line.missing == tuple(f"SJ{n:06d}" for n in sorted(holes)), seed
        assert line.open_holes == tuple(f"SJ{n:06d}" for n in sorted(holes - explained)), seed
        assert line.came_back == tuple(f"SJ{n:06d}" for n in sorted(explained & known)), seed
        assert alarms(bank) == len(holes - explained), seed


# Given back


def test_it_takes_the_blank_rest_of_a_book_back(each_bank: Bank) -> None:
    phone = each_bank.phone(LI_WEI)
    take(phone, 101, 102)
    phone.sync(each_bank.send)

    with each_bank.app.app_context():
        return_book(BRANCH, BOOK, "SJ000103", by=ZHOU_LAN)
    phone.sync(each_bank.send)

    [line] = lines(each_bank)
    assert (line.state, line.used, line.unused, line.rest) == ("returned", 2, 0, 48)
    [body] = bodies(each_bank, "book.returned")
    assert (body["from_no"], body["to_no"]) == (103, 150)
    assert (body["given_by"], body["taken_by"]) == (LI_WEI, ZHOU_LAN)
    with pytest.raises(Problem, match="no_numbers_left"):
        phone.next_receipt()


def test_it_waits_for_slips_that_were_used_before_the_book_came_back(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 101, 102, 103)  # not sent yet: the phone shows SJ000104 as the next

    with bank.app.app_context():
        return_book(BRANCH, BOOK, "SJ000104", by=ZHOU_LAN)
    assert lines(bank)[0].open_holes == ("SJ000101", "SJ000102", "SJ000103")
    assert alarms(bank) == 3

    phone.sync(bank.send)

    assert alarms(bank) == 0
    assert {row.risk for row in bank.rows(VerdictRow)} <= {None, "out_of_scope"}
    assert (lines(bank)[0].used, lines(bank)[0].rest) == (3, 47)


def test_it_never_refuses_a_slip_that_had_been_given_back(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    with bank.app.app_context():
        return_book(BRANCH, BOOK, "SJ000101", by=ZHOU_LAN)
    take(phone, 101)  # out in the village, the phone has not heard of it
    phone.sync(bank.send)

    assert bank.balance(f"hand:{LI_WEI}") == 10_00
    assert "given_back" in {row.risk for row in bank.rows(VerdictRow)}
    assert lines(bank)[0].came_back == ("SJ000101",)
    assert "号码已作空白交回" in words(zhou_lan.get("/quarantine"))


def test_it_takes_a_whole_book_back_that_begins_with_one(bank: Bank) -> None:
    phone = bank.phone(LI_WEI, numbers=0)
    with bank.app.app_context():
        book = issue_book(BRANCH, Book("SK", 1, 10, 6), officer_id=LI_WEI, by=ZHOU_LAN)
        return_book(BRANCH, book, "SK000001", by=ZHOU_LAN)
    phone.record("cash.receipt", receipt_body((book, "SK000002"), 10_00))
    phone.sync(bank.send)

    [line] = lines(bank)
    assert (line.came_back, line.missing, line.rest) == (("SK000002",), ("SK000001",), 8)


@pytest.mark.parametrize("first", ["SJ000101", "SJ000102", "SJ000151", "SK000103", "103", ""])
def test_it_takes_no_number_back_that_is_known_to_be_used(bank: Bank, first: str) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 101, 102)
    phone.sync(bank.send)

    with bank.app.app_context(), pytest.raises(Problem, match="first_blank_invalid"):
        return_book(BRANCH, BOOK, first, by=ZHOU_LAN)

    assert lines(bank)[0].state == "issued"
    assert bodies(bank, "book.returned") == []


def test_it_takes_back_no_full_book_no_unknown_one_and_none_twice(bank: Bank) -> None:
    phone = bank.phone(LI_WEI, numbers=2)
    take_cash(bank, phone, 1_00, 2_00)
    full = "SJ000101-000102"
    with bank.app.app_context():
        for book, by, code in (
            (full, ZHOU_LAN, "first_blank_invalid"),
            ("none", ZHOU_LAN, "book_unknown"),
            (full, LI_WEI, "own_record"),
        ):
            with pytest.raises(Problem, match=code):
                return_book(BRANCH, book, "SJ000102", by=by)
        bank.issue(LI_WEI, 10)
        return_book(BRANCH, "SJ000103-000112", "SJ000103", by=ZHOU_LAN)
        with pytest.raises(Problem, match="book_out_of_use"):
            return_book(BRANCH, "SJ000103-000112", "SJ000103", by=ZHOU_LAN)


# Suspended with a phone


def test_it_suspends_the_books_of_a_lost_phone(each_bank: Bank) -> None:
    phone = each_bank.phone(LI_WEI)
    take(phone, 101)
    phone.sync(each_bank.send)
    revoke(each_bank, phone)

    [line] = lines(each_bank)
    assert (line.state, line.used, line.unused, line.rest) == ("suspended", 1, 0, 49)
    [body] = bodies(each_bank, "book.suspended")
    assert (body["book"], body["state"], body["reason"]) == (BOOK, "suspended", "lost")
    assert (body["holder"], body["from_no"], body["to_no"]) == (LI_WEI, 101, 150)


def test_it_lets_a_suspended_book_go_on_with_the_phone_in_use(each_bank: Bank) -> None:
    lost = each_bank.phone(LI_WEI)
    take(lost, 101)
    lost.sync(each_bank.send)
    take(lost, 102)  # it shows SJ000103 when it is found
    revoke(each_bank, lost)
    fresh = each_bank.phone(LI_WEI, numbers=0)

    with each_bank.app.app_context():
        lift_book(BRANCH, BOOK, "SJ000103", "手机在车里找到", by=ZHOU_LAN)
    fresh.sync(each_bank.send)

    assert fresh.next_receipt() == ("SJ000103-000150", "SJ000103")
    old, new = lines(each_bank)
    assert (old.total, old.used, old.open_holes) == (2, 1, ("SJ000102",))
    assert (new.state, new.unused, new.holder) == ("issued", 48, "李薇")
    assert [body["state"] for body in bodies(each_bank, "book.suspended")] == [
        "suspended",
        "lifted",
    ]
    [moved] = bodies(each_bank, "book.moved")
    assert (moved["from_book"], moved["from_no"], moved["to_no"]) == (BOOK, 103, 150)


def test_it_moves_a_suspended_book_of_which_nothing_was_used(bank: Bank) -> None:
    lost = bank.phone(LI_WEI)
    revoke(bank, lost)
    with bank.app.app_context(), pytest.raises(Problem, match="officer_has_no_device"):
        lift_book(BRANCH, BOOK, "SJ000101", "找到了", by=ZHOU_LAN)
    fresh = bank.phone(LI_WEI, numbers=0)

    with bank.app.app_context():
        with pytest.raises(Problem, match="book_reason_missing"):
            lift_book(BRANCH, BOOK, "SJ000101", " ", by=ZHOU_LAN)
        lift_book(BRANCH, BOOK, "SJ000101", "找到了", by=ZHOU_LAN)
    fresh.sync(bank.send)

    assert fresh.next_receipt() == (BOOK, "SJ000101")
    assert len(bank.rows(ReceiptBook)) == 1


def test_it_writes_off_what_is_lost_for_good(bank: Bank, zhou_lan: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    with bank.app.app_context(), pytest.raises(Problem, match="book_out_of_use"):
        write_off_book(BRANCH, BOOK, "丢失", by=ZHOU_LAN)
    revoke(bank, phone)

    bare = zhou_lan.post(f"/books/{BOOK}/state", {"action": "write_off", "reason": ""})
    done = zhou_lan.post(f"/books/{BOOK}/state", {"action": "write_off", "reason": "掉进河里"})

    assert (bare.status_code, done.status_code) == (422, 302)
    assert lines(bank)[0].state == "written_off"
    assert "50 已注销" in words(zhou_lan.get("/books"))
    assert bodies(bank, "book.suspended")[-1]["reason"] == "掉进河里"


def test_it_takes_a_book_back_at_the_page(bank: Bank, zhou_lan: Visitor) -> None:
    bank.phone(LI_WEI)
    path = f"/books/{BOOK}/state"

    wrong = zhou_lan.post(path, {"action": "burn", "first_blank": "SJ000101"})
    done = zhou_lan.post(path, {"action": "return", "first_blank": "sj000101 "})

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert "50 已交回" in words(zhou_lan.get("/books"))
    gone = zhou_lan.post(path, {"action": "lift", "first_blank": "SJ000101", "reason": "x"})
    assert gone.status_code == 409


# Another branch


def test_it_gives_and_takes_no_book_of_another_branch(bank: Bank) -> None:
    bank.phone(LI_WEI)
    with bank.app.app_context():
        create_branch("other", code="13", name="他社", institution="信用社", contact_phone="1")
        for act, code in (
            (lambda: return_book("other", BOOK, "SJ000101", by="other-1"), "book_unknown"),
            (lambda: lift_book("other", BOOK, "SJ000101", "x", by="other-1"), "book_unknown"),
            (lambda: write_off_book("other", BOOK, "x", by="other-1"), "book_unknown"),
            (
                lambda: issue_book("other", Book("SK", 1, 9, 6), officer_id=LI_WEI, by="other-1"),
                "officer_has_no_device",
            ),
        ):
            with pytest.raises(Problem, match=code):
                act()

    assert [line.state for line in lines(bank)] == ["issued"]
