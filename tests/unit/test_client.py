"""The simulated phone: it loses nothing, repeats safely, and believes only what it can check.

Method: Li Wei's phone against a fake office in memory. Then the office lies in one place at a time,
and the phone must be as it was before the answer came.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sync.canonical import canonical_bytes
from sync.client import Phone, World
from sync.events import EVENT_BYTES_MAX, ZERO_HASH, check_body
from sync.problems import Problem
from tests.unit.cast import MONDAY_MS, intention, notice, receipt, visit, void
from tests.unit.fake_office import Answer, FakeKey, FakeOffice

LOAN = {"id": "L-W14", "principal_fen": 1000_00, "interest_fen": 300_00}
BOOK = {
    "id": "book-1",
    "prefix": "SJ",
    "from_no": 101,
    "to_no": 103,
    "width": 6,
    "lane": "x",
    "state": "issued",
}


@pytest.fixture(name="office")
def fixture_office() -> FakeOffice:
    office = FakeOffice()
    office.rows = {
        ("loan", "L-W14"): (1, LOAN),
        ("book", "book-1"): (2, BOOK),
        ("me", "officer-1"): (3, {"id": "officer-1", "counted_total_fen": 0}),
    }
    return office


@pytest.fixture(name="phone")
def fixture_phone(office: FakeOffice) -> Phone:
    source = random.Random(1)
    world = World(now_ms=lambda: MONDAY_MS, random_bytes=source.randbytes)
    phone = Phone(FakeKey(), world)
    phone.absorb_enrolment(office.enrolment(phone.enrol_request("0123ABCD")))
    return phone


def state_of(phone: Phone) -> object:
    """What a refused answer must not change."""
    plain = {"acked_seq", "cursor", "epoch", "anchor", "verdicts", "rows", "incidents"}
    return json.dumps({name: repr(getattr(phone, name)) for name in sorted(plain)})


def test_it_opens_its_lane_when_it_is_enrolled(phone: Phone) -> None:
    (opened,) = phone.log

    assert (opened.kind, opened.seq, opened.prev) == ("lane.opened", 1, ZERO_HASH)
    assert opened.body["device"] == "dev-1" and opened.actor == "officer-1"


def test_it_asks_the_same_again_and_opens_its_lane_once(phone: Phone, office: FakeOffice) -> None:
    assert phone.enrol_request("0123ABCD") == phone.enrol_request("0123ABCD")

    phone.absorb_enrolment(office.enrolment(phone.enrol_request("0123ABCD")))

    assert len(phone.log) == 1


def test_it_does_not_believe_an_enrolment_of_another_lane(phone: Phone) -> None:
    other = json.dumps({"lane": {"id": "0" * 32, "code": "D2"}}).encode()

    with pytest.raises(Problem, match="lane_echo"):
        phone.absorb_enrolment(other)


def test_it_records_without_a_signal_and_chains_what_it_records(phone: Phone) -> None:
    phone.record("visit.started", visit())
    recorded = phone.record("intention.recorded", intention())
    elsewhere = phone.record("intention.recorded", intention("W02"))

    assert [event.seq for event in phone.log] == [1, 2, 3, 4]
    assert all(b.prev == a.hash for a, b in zip(phone.log, phone.log[1:], strict=False))
    assert (recorded.case, recorded.subject) == ("L-W01", "W01")
    assert recorded.visit == phone.log[1].visit is not None
    assert elsewhere.visit is None


def test_it_gives_a_void_the_case_of_its_receipt(phone: Phone) -> None:
    slip = phone.record("cash.receipt", receipt())

    undone = phone.record("cash.void", void(slip.hash))

    assert (undone.case, undone.subject) == ("L-W14", "W14")


def test_it_refuses_to_record_what_is_wrong_and_keeps_its_log(phone: Phone) -> None:
    with pytest.raises(Problem) as refused:
        phone.record("cash.receipt", receipt(amount_fen=0))

    assert refused.value.code == "amount_invalid"
    assert len(phone.log) == 1


def test_it_records_what_is_wrong_only_when_told_to(phone: Phone) -> None:
    phone.record("cash.receipt", receipt(amount_fen=0), unchecked=True)

    assert len(phone.log) == 2 and phone.hand_fen() == 0


def signed_with(numbers: list[int]) -> dict[str, Any]:
    return {**receipt(), "signature": {"w": 1, "h": 1, "strokes": [numbers]}}


def test_it_refuses_an_event_that_only_its_envelope_makes_too_large(phone: Phone) -> None:
    numbers = [10**8] * 6000
    room = EVENT_BYTES_MAX - len(canonical_bytes(signed_with(numbers)))
    full = signed_with([10**9] * (room - 10) + numbers[room - 10 :])
    assert check_body("cash.receipt", 1, full) == []

    with pytest.raises(Problem, match="event_too_large"):
        phone.record("cash.receipt", full)

    assert len(phone.log) == 1


def test_it_takes_the_longest_notice(phone: Phone) -> None:
    assert phone.record("notice.made", notice(text="测" * 4000))


def test_it_says_that_it_is_not_enrolled(office: FakeOffice) -> None:
    phone = Phone(FakeKey(), World(now_ms=lambda: 0, random_bytes=random.Random(2).randbytes))

    for act in (lambda: phone.record("visit.started", visit()), lambda: phone.sync(office)):
        with pytest.raises(Problem, match="not_enrolled"):
            act()


def test_it_sends_everything_once_and_fetches_everything(phone: Phone, office: FakeOffice) -> None:
    for number in range(230):
        phone.record("intention.recorded", intention(f"W{number}"))
    office.page = 2

    phone.sync(office)

    assert office.hashes == [event.hash for event in phone.log]
    assert phone.is_done and not phone.unacked and not phone.incidents
    assert phone.view("loan", "L-W14")["principal_fen"] == 1000_00
    assert [len(r["push"]["events"]) for r in office.requests if r["push"]] == [100, 100, 31]


def test_it_changes_nothing_by_a_second_sync(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    before, sent = state_of(phone), len(office.hashes)

    phone.sync(office)

    assert state_of(phone) == before and len(office.hashes) == sent
    assert office.requests[-1]["push"] is None


def test_it_loses_nothing_when_answers_are_lost(phone: Phone, office: FakeOffice) -> None:
    source = random.Random(8)

    def lossy(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        fate = source.random()
        if fate < 0.3:
            raise ConnectionError("before")
        answer = office(body, headers)
        if fate < 0.6:
            raise ConnectionError("after")
        return answer

    for number in range(40):
        phone.record("intention.recorded", intention(f"W{number}"))
        try:
            phone.sync(lossy)
        except ConnectionError:
            continue
    phone.sync(office)

    assert office.hashes == [event.hash for event in phone.log]
    assert office.head.hash == phone.log[-1].hash


def test_it_sends_everything_again_to_an_office_that_lost_its_memory(
    phone: Phone, office: FakeOffice
) -> None:
    phone.record("cash.receipt", receipt())
    phone.sync(office)
    office.forget()

    phone.sync(office)

    assert office.hashes == [event.hash for event in phone.log]
    assert phone.epoch == "epoch-2"


def test_it_goes_on_sending_when_its_rows_are_refused(phone: Phone, office: FakeOffice) -> None:
    office.spoil = lambda answer: answer.update(pull={"error": "device_revoked"})

    phone.sync(office)

    assert phone.pull_error == "device_revoked" and phone.is_done and not phone.rows


def lie_about(*path: str, value: Any) -> Callable[[Answer], None]:
    def spoil(answer: Answer) -> None:
        place = answer
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return spoil


LIES = [
    (lie_about("req_id", value="0" * 32), "req_id_echo"),
    (lie_about("epoch", value="epoch-9"), "ack_mac"),
    (lie_about("ack", "mac", value="0" * 64), "ack_mac"),
    (lie_about("ack", "mac", value=None), "shape"),
    (lie_about("ack", "mac", value="测"), "shape"),
    (lie_about("ack", "lane", value="0" * 32), "ack_mac"),
    (lie_about("ack", "head_seq", value=9), "ack_mac"),
    (lie_about("ack", "head_seq", value="2"), "shape"),
    (lie_about("ack", "head_seq", value=True), "ack_mac"),
    (lie_about("ack", "head_hash", value="0" * 64), "ack_mac"),
    (lie_about("ack", value=[]), "shape"),
    (lie_about("verdicts", value=None), "shape"),
    (lie_about("verdicts", value=[{}]), "shape"),
    (lie_about("pull", value={}), "shape"),
    (lie_about("pull", "rows", value=[{"etype": "loan"}]), "shape"),
    (lie_about("pull", "verdicts", value=[5]), "shape"),
    (lambda answer: answer.pop("anchor"), "shape"),
]


@pytest.mark.parametrize(("spoil", "rule"), LIES)
def test_it_believes_no_lie_and_stays_as_it_was(
    phone: Phone, office: FakeOffice, spoil: Callable[[Answer], object], rule: str
) -> None:
    phone.record("cash.receipt", receipt())
    before = state_of(phone)
    office.spoil = spoil

    with pytest.raises(Problem) as refused:
        phone.sync(office)

    assert refused.value.code == "answer_not_believed"
    assert refused.value.details["rule"] == rule
    assert state_of(phone) == before
    office.spoil = lambda answer: None
    phone.sync(office)
    assert not phone.unacked


@pytest.mark.parametrize("answer", [b"", b"null", b"[]", b"<html>", b'{"a":1,"a":2}', b"\xff"])
def test_it_believes_no_answer_that_is_none(phone: Phone, answer: bytes) -> None:
    before = state_of(phone)

    with pytest.raises(Problem, match="answer_not_believed"):
        phone.sync(lambda body, headers: (200, answer))

    assert state_of(phone) == before


def test_it_takes_no_answer_twice(phone: Phone, office: FakeOffice) -> None:
    body = phone.build_sync()
    _, answer = office(body, phone.headers(body))
    phone.absorb(answer)

    with pytest.raises(Problem, match="req_id_echo"):
        phone.absorb(answer)


def test_it_takes_no_answer_to_an_older_request(phone: Phone, office: FakeOffice) -> None:
    body = phone.build_sync()
    _, late = office(body, {})
    phone.build_sync()

    with pytest.raises(Problem, match="req_id_echo"):
        phone.absorb(late)


@pytest.mark.parametrize("status", [400, 401, 413, 500, 503])
def test_it_keeps_everything_when_it_is_turned_away(phone: Phone, status: int) -> None:
    with pytest.raises(Problem, match=f"status_{status}"):
        phone.sync(lambda body, headers: (status, b"{}"))

    assert phone.unacked == phone.log


def test_it_notices_a_head_that_is_ahead_of_its_log(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    phone.record("intention.recorded", intention())
    phone.sync(office)
    lost = phone.log.pop()
    phone.acked_seq = 1

    phone.record("intention.recorded", intention("W02"))

    with pytest.raises(Problem, match="head_not_mine"):
        phone.sync(office)
    phone.log.pop()
    phone.acked_seq = 0
    with pytest.raises(Problem, match="head_ahead_of_log"):
        phone.sync(office)
    assert lost.hash in office.hashes


def test_it_fetches_again_when_its_rows_differ(phone: Phone, office: FakeOffice) -> None:
    wrong = {"loan": "0" * 64}
    lies = iter([wrong])

    def spoil(answer: Answer) -> None:
        answer["pull"]["digest"] = next(lies, answer["pull"]["digest"])

    office.spoil = spoil

    phone.sync(office)

    assert phone.incidents == ["digest:book,loan,me"]
    assert phone.is_done and len(phone.rows) == 3


def test_it_stops_asking_an_office_that_never_ends(phone: Phone, office: FakeOffice) -> None:
    office.spoil = lambda answer: answer["pull"].update(complete=False)

    with pytest.raises(Problem, match="rounds_max"):
        phone.sync(office)


def test_it_drops_what_is_evicted(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    gone = {"etype": "loan", "eid": "L-W14", "tick": 9, "op": "evict", "row": None}

    def spoil(answer: Answer) -> None:
        answer["pull"] |= {"rows": [gone], "digest": None}

    office.spoil = spoil
    phone.sync(office)

    assert ("loan", "L-W14") not in phone.rows


def test_it_shows_old_rows_until_the_last_page_of_a_reset(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    office.forget()
    office.page = 1
    body = phone.build_sync()
    phone.absorb(office(body, {})[1])

    assert len(phone.rows) == 3 and not phone.is_done
    phone.sync(office)
    assert len(phone.rows) == 3 and phone.is_done


def test_it_takes_receipt_numbers_in_order_until_there_are_none(
    phone: Phone, office: FakeOffice
) -> None:
    phone.sync(office)
    for number in (101, 102, 103):
        book, receipt_no = phone.next_receipt()
        assert (book, receipt_no) == ("book-1", f"SJ000{number}")
        phone.record("cash.receipt", receipt(receipt_no))

    with pytest.raises(Problem, match="no_numbers_left"):
        phone.next_receipt()


def test_it_lays_its_own_events_over_a_row_until_the_feed_has_them(
    phone: Phone, office: FakeOffice
) -> None:
    slip = phone.record("cash.receipt", receipt())
    phone.sync(office)

    assert phone.verdicts[slip.hash]["verdict"] == "applied"
    assert phone.view("loan", "L-W14")["principal_fen"] == 600_00
    assert phone.hand_fen() == 700_00

    def spoil(answer: Answer) -> None:
        row = {**LOAN, "principal_fen": 600_00, "interest_fen": 0}
        item = {"etype": "loan", "eid": "L-W14", "tick": 9, "op": "upsert", "row": row}
        told = {"hash": slip.hash, "verdict": "applied", "reason": None, "tick": 9}
        answer["pull"] |= {"rows": [item], "verdicts": [told], "digest": None}

    office.spoil = spoil
    phone.sync(office)
    shown = phone.view("loan", "L-W14")
    assert (shown["principal_fen"], shown["pending"]) == (600_00, [])
    office.spoil = lambda answer: answer["verdicts"].append(
        {"seq": 2, "hash": slip.hash, "verdict": "duplicate"}
    )
    phone.record("intention.recorded", intention())
    phone.sync(office)
    assert phone.verdicts[slip.hash]["tick"] == 9


def test_it_proves_every_request_with_its_key(phone: Phone) -> None:
    body = phone.build_sync()

    headers = phone.headers(body)

    assert headers == {
        "Doorstep-Device": "dev-1",
        "Doorstep-Signature": FakeKey().sign(body),
    }
