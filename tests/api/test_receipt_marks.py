"""A receipt's state is one word for officer, supervisor and cashier: the phone has it by the feed.

Method: a phone of sync.client takes cash and syncs; after each act of the office its next sync
brings the marks of its book, the page of the office says the same word, and the digest agrees.
"""

from __future__ import annotations

from sqlalchemy import func, select

from server.db import transaction
from server.services import feed
from server.services.count_cash import Counted, count_cash
from server.services.list_cash import counted_slip
from server.services.settle_quarantine import settle_quarantine
from server.tables import Feed, ReceiptRow
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.events import Envelope
from sync.phone_rows import book_of
from sync.receipt_states import slip_state
from sync.specimens import handed_body, photo_body, receipt_body, taken_body, void_body
from tests.photos import JPEG, patch
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN, Bank


def marks(phone: Phone) -> str:
    """The marks of the phone's one book."""
    found = [held["row"]["marks"] for (etype, _), held in phone.rows.items() if etype == "book"]
    assert len(found) == 1, found
    return str(found[0])


def shown(phone: Phone, slip: Envelope) -> str:
    """The state that a phone shows of its own slip."""
    said = phone.verdicts.get(slip.hash, {}).get("verdict")
    rows = [held["row"] for (etype, _), held in phone.rows.items() if etype == "book"]
    for row in rows:
        n = book_of(row).index(str(slip.body["receipt_no"]))
        if n is not None:
            return slip_state(said, row["marks"][n - row["from_no"] :][:1])
    return slip_state(said, None)


def synced(bank: Bank, phone: Phone) -> Phone:
    """After a sync whose digest said that the phone has what the server has."""
    phone.sync(bank.send)
    assert phone.is_done and phone.incidents == []
    return phone


def take(phone: Phone, fen: int = 100_00, household: str = "W1") -> Envelope:
    return phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))


def with_route(bank: Bank) -> Phone:
    bank.publish(LI_WEI, ["W1", "W2"])
    return bank.phone(LI_WEI)


def count(bank: Bank, hundreds: int) -> str:
    with bank.app.app_context():
        return count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: hundreds}), by=ZHOU_LAN)


def test_it_brings_the_state_of_each_slip_to_the_phone(bank: Bank) -> None:
    phone = with_route(bank)
    first, second, third = take(phone), take(phone), take(phone)
    phone.record("cash.void", void_body(second))
    assert [shown(phone, one) for one in (first, second, third)] == ["phone"] * 3
    assert marks(phone) == ""

    synced(bank, phone)

    assert marks(phone) == "eve"
    slip = count(bank, 2)
    assert shown(synced(bank, phone), first) == "counted" and marks(phone) == "cvc"
    with bank.app.app_context():
        assert [line.stands for line in counted_slip(BRANCH, slip).receipts] == ["counted"] * 2
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        row = tx.session.get_one(ReceiptRow, (BRANCH, third.hash))
        row.posted_on = "2026-03-03"
        feed.touch_slips(tx, row)
    assert shown(synced(bank, phone), third) == "posted" and marks(phone) == "cvp"


def test_it_says_counted_when_the_cashier_takes_the_cash_with_a_phone(bank: Bank) -> None:
    phone, cashier = with_route(bank), bank.phone(ZHOU_LAN, numbers=0)
    slip = take(phone)
    handed = phone.record("custody.handed", handed_body(ZHOU_LAN, 100_00))
    cashier.record("custody.taken", taken_body(handed, into="vault"))

    for each in (phone, cashier, phone):
        synced(bank, each)

    assert shown(phone, slip) == "counted"


def test_it_says_when_the_evidence_is_complete(bank: Bank) -> None:
    phone = with_route(bank)
    slip = take(phone)
    phone.record("attachment.added", {**photo_body(JPEG), "about": slip.hash})
    assert shown(synced(bank, phone), slip) == "server"

    patch(bank, phone, sha256_hex(JPEG), (0, JPEG))

    assert shown(synced(bank, phone), slip) == "evidence"
    late = b"\xff\xd8\xff\xe0 one more"
    phone.record("attachment.added", {**photo_body(late), "about": slip.hash})
    assert shown(synced(bank, phone), slip) == "server", "a photo that is promised later, too"


def test_it_says_which_slips_a_person_looks_at_and_what_came_of_it(bank: Bank) -> None:
    phone = with_route(bank)
    good = take(phone)
    wrong = {**receipt_body(phone.next_receipt(), 50_00), "interest_fen": 99_00}
    odd = phone.record("cash.receipt", wrong, unchecked=True)
    assert shown(synced(bank, phone), odd) == "doubted" and marks(phone) == "e?"

    with bank.app.app_context():
        settle_quarantine(BRANCH, odd.hash, "void", "没有收这笔款", by=CHEN_JIE)

    assert (shown(synced(bank, phone), odd), shown(phone, good)) == ("voided", "evidence")
    assert marks(phone) == "ev"


def test_it_tells_the_book_once_for_a_whole_day(bank: Bank) -> None:
    phone = with_route(bank)
    synced(bank, phone)
    for _ in range(12):
        take(phone)

    synced(bank, phone)

    [[times]] = bank.query(select(func.count(Feed.tick.distinct())).where(Feed.etype == "book"))
    assert marks(phone) == "e" * 12 and times == 1, "the newest word alone is kept in the feed"
    synced(bank, phone)
    assert phone.parcel is None


def test_it_gives_a_phone_that_begins_anew_the_marks_of_its_book(bank: Bank) -> None:
    phone = with_route(bank)
    take(phone)
    synced(bank, phone)
    phone.scope.cursor = None

    assert marks(synced(bank, phone)) == "e"
