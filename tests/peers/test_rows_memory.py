"""Peers' rows 5, 8, 11, 24, 25: what a phone and a server remember, and what they let go.

Method: the sources are searched for whatever deletes; real phones of one or two officers work on
the real application, which loses its memory, hands over and forgets; on both databases.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from server.services.reassign import Handing, reassign_households
from server.tables import EventRow
from sync.client import Phone
from sync.columns import unpack
from sync.problems import Problem
from sync.specimens import intention_body, receipt_body
from sync.transport import Reply, Request
from tests.couriers import batches, bundle_of
from tests.house.tree import read, typescript
from tests.safekeeping import back_up, epoch_of, finished, lose_everything, restore
from tests.sim.journal_work import take_cash
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank
from tests.unit.fake_office import state_of

# Everything that is deleted anywhere on the phone. None of it holds an event.
LETS_GO = {
    ("state/bundles.ts", "stores('bundles')"),  # an acknowledgement has come, or a person says so
    ("state/photos.ts", "stores('blobs')"),  # what mayForget() lets go
    ("store/drafts.ts", "stores('drafts')"),
    ("store/feed.ts", "meta"),  # the transfer that is done
    ("store/feed.ts", "rows"),
    ("store/feed.ts", "staged"),
    ("store/feed.ts", "stores('staged')"),
    ("store/feed.ts", "verdicts"),
    ("store/meta.ts", "stores('meta')"),
}
DELETES = re.compile(r"([\w.]+(?:\('\w+'\))?)\.(?:delete|clear)\(")
RECORDS = ("pwa/src/state", "pwa/src/store", "pwa/src/screens", "pwa/src/parts")


def hand_over(bank: Bank, household: str, giver: str, taker: str) -> None:
    handing = Handing(household_ids=(household,), from_officer_id=giver, to_officer_id=taker)
    with bank.app.app_context():
        reassign_households(BRANCH, handing, by=CHEN_JIE)


def held(phone: Phone, etype: str = "household") -> set[str]:
    return {eid for of, eid in phone.rows if of == etype}


def test_it_has_no_line_that_deletes_a_record_peers_5() -> None:
    """ndb-core #4198: code that tidied up deleted work that had not been sent."""
    found = {
        (str(path.relative_to("pwa/src")), what)
        for folder in RECORDS
        for path in typescript(folder, tests=False)
        for what in DELETES.findall(read(path))
        if path.name not in ("db.ts", "testing.ts")  # hands both methods on; wipes for tests
    }
    assert found == LETS_GO, "whoever deletes something new says here why it may go"

    whole = "\n".join(read(path) for path in typescript(tests=False))
    assert "deleteDatabase" not in whole and "deleteObjectStore" not in whole
    assert "removeEntry" not in whole, "no file of the journal is removed"
    writes = [str(p) for p in typescript(tests=False) if "stores('log').put(" in read(p)]
    assert writes == ["pwa/src/store/recover.ts"], "what is put back is what the journal holds"
    log = read(Path("sync/phone_log.py"))
    assert not re.search(r"\.(remove|pop|clear|popitem)\(|\bdel ", log)


def test_it_deletes_photos_only_where_the_pruner_says_so_peers_5() -> None:
    places = [str(path) for path in typescript(tests=False) if "('blobs').delete(" in read(path)]

    assert places == ["pwa/src/state/photos.ts"]
    assert "mayForget(" in read(Path(places[0]))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 500, 503])
def test_it_keeps_every_record_whatever_it_is_told_peers_5(one_bank: Bank, status: int) -> None:
    phone = one_bank.phone()
    for _ in range(3):
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), 10_00))
    before = state_of(phone)

    with pytest.raises(Problem):
        phone.sync(lambda request: Reply(status, b'{"code":"device_unknown","wipe":true}'))

    assert state_of(phone) == before
    phone.sync(one_bank.send)
    assert one_bank.balance(f"hand:{LI_WEI}") == 30_00 and len(phone.log) == 4, "and kept after"


def test_it_gives_no_number_to_two_phones_of_one_officer_peers_8(bank: Bank) -> None:
    """odoo #71455: two tills of one session printed the same number."""
    bank.publish(LI_WEI, ["W1"])
    phones = [bank.phone(LI_WEI, numbers=5), bank.phone(LI_WEI, numbers=5)]
    given: list[str] = []
    for turn in range(10):
        phone = phones[turn % 2]
        number = phone.next_receipt()
        phone.record("cash.receipt", receipt_body(number, 10_00))
        given.append(number[1])

    for phone in phones:
        with pytest.raises(Problem, match="no_numbers_left"):
            phone.next_receipt()
        phone.sync(bank.send)

    assert len(set(given)) == 10
    said = {told["verdict"] for phone in phones for told in phone.verdicts.values()}
    assert said == {"applied"}
    assert bank.balance(f"hand:{LI_WEI}") == 100_00


def test_it_is_filled_up_by_its_phones_after_a_restore_peers_11(bank: Bank) -> None:
    """cht-core #8093: the server was put back, and no phone sent again what it had sent."""
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phones = [bank.phone(LI_WEI), bank.phone(ZHANG_MIN)]
    for turn, phone in enumerate(phones):
        take_cash(bank, phone, random.Random(turn))
    made, before = back_up(bank), epoch_of(bank)
    for turn, phone in enumerate(phones):
        take_cash(bank, phone, random.Random(8 + turn))
        assert phone.unacked == []
    hands = [phone.hand_fen() for phone in phones]
    lose_everything(bank)

    restore(bank, made.folder)
    again, _ = finished(bank)
    lost = {e.hash for phone in phones for e in phone.log} - stored(again)
    for phone in phones:
        phone.sync(again.send)

    assert epoch_of(again) != before and lost, "acknowledged records were gone"
    assert {e.hash for phone in phones for e in phone.log} <= stored(again)
    assert [again.balance(f"hand:{who}") for who in (LI_WEI, ZHANG_MIN)] == hands
    assert [phone.hand_fen() for phone in phones] == hands
    again.close()


def stored(bank: Bank) -> set[str]:
    return {row.hash for row in bank.query(select(EventRow.hash))}


def test_it_lets_a_carrier_read_nothing_of_what_he_carries_peers_24(bank: Bank) -> None:
    """SORMAS #950: who took over a phone could read what the one before had recorded."""
    bank.publish(LI_WEI, ["W1"])
    phone, carrier = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 70_00))
    phone.record("intention.recorded", {**intention_body(), "note": "家里有病人"})

    sealed, data = [unpack(each["events"]) for each in batches(phone)], bundle_of(phone)
    answer = bank.http.post("/v1/courier", data=data, headers=carrier.headers(data))

    assert "家里有病人" in str(sealed), "it is inside"
    for word in ("L-W1", "王刚", "家里有病人", phone.lane, phone.log[-1].hash):
        assert word.encode() not in data and word not in answer.text
    assert bank.balance(f"hand:{LI_WEI}") == 70_00


def test_it_takes_off_a_phone_what_is_another_officers_now_peers_24(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1", "W2"])
    bank.publish(ZHANG_MIN, ["W3"])
    phone = bank.phone(LI_WEI)
    assert held(phone) == {"W1", "W2"}

    hand_over(bank, "W1", LI_WEI, ZHANG_MIN)
    phone.sync(bank.send)

    assert held(phone) == {"W2"} and held(phone, "loan") == {"L-W2"}
    assert "王刚" not in str(phone.rows), "no name of a household that is another's"
    assert phone.incidents == [], "by the eviction, not by a repair"


def with_twice(bank: Bank) -> tuple[list[bytes], Callable[[Request], Reply]]:
    """A line that keeps every answer, for bringing it a second time."""
    kept: list[bytes] = []

    def line(request: Request) -> Reply:
        reply = bank.send(request)
        kept.append(reply.body)
        return reply

    return kept, line


def test_it_brings_back_no_row_that_was_taken_away_peers_25(bank: Bank) -> None:
    """SORMAS #1375: what was deleted came back with a late answer, or with the next full copy."""
    bank.publish(LI_WEI, ["W1", "W2"])
    bank.publish(ZHANG_MIN, ["W3"])
    phone = bank.phone(LI_WEI, numbers=0)
    early, line = with_twice(bank)
    phone.scope.cursor = None
    phone.sync(line)
    hand_over(bank, "W1", LI_WEI, ZHANG_MIN)
    phone.sync(bank.send)
    assert held(phone) == {"W2"}

    for answer in early:
        phone.build_sync()
        with pytest.raises(Problem, match="answer_not_believed"):
            phone.absorb(answer)
    assert held(phone) == {"W2"}
    phone.scope.cursor = None  # a copy of everything
    phone.sync(bank.send)
    assert held(phone) == {"W2"}
    # Given back by a person, it is there again: this is no deletion of the household.
    hand_over(bank, "W1", ZHANG_MIN, LI_WEI)
    phone.sync(bank.send)
    assert held(phone) == {"W1", "W2"} and phone.incidents == []
