"""The simulated phone: it loses nothing, repeats safely, and believes only what it can check.

Method: Li Wei's phone against a fake office in memory, with answers lost, memories lost and pages
in pieces. What the office may lie about is in test_client_lies.py.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from sync.canonical import canonical_bytes
from sync.client import Phone, World
from sync.columns import pack
from sync.events import EVENT_BYTES_MAX, ZERO_HASH, check_body
from sync.problems import Problem
from sync.transport import Reply, Request
from tests.unit.cast import intention, notice, receipt, visit, void
from tests.unit.fake_office import LOAN, Answer, FakeKey, FakeOffice, state_of


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
    assert check_body("cash.receipt", 2, full) == []

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
    assert [r["push"]["events"]["n"] for r in office.requests if r["push"]] == [231]


def test_it_changes_nothing_by_a_second_sync(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    before, sent = state_of(phone), len(office.hashes)

    phone.sync(office)

    assert state_of(phone) == before and len(office.hashes) == sent
    assert office.requests[-1]["push"] is None


def test_it_loses_nothing_when_answers_are_lost(phone: Phone, office: FakeOffice) -> None:
    source = random.Random(8)

    def lossy(request: Request) -> Reply:
        fate = source.random()
        if fate < 0.4:
            raise ConnectionError("before")
        answer = office(request)
        if fate < 0.8:
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
    office.spoil = lambda answer: answer.update(page=None, error="device_revoked")

    phone.sync(office)

    assert phone.pull_error == "device_revoked" and phone.is_done and not phone.rows


def wrong_digests(times: int) -> Callable[[Answer], None]:
    """The first digests are not those of the rows that came."""
    lies = iter([{"loan": "0" * 64}] * times)

    def spoil(answer: Answer) -> None:
        answer["page"]["digest"] = next(lies, answer["page"]["digest"])

    return spoil


@pytest.mark.parametrize("times", [1, 2])
def test_it_mends_rows_that_differ_and_only_then_is_done(
    phone: Phone, office: FakeOffice, times: int
) -> None:
    office.spoil = wrong_digests(times)

    phone.sync(office)

    types = ["book", "loan", "me"]
    told = [(item["kind"], item["details"]) for item in phone.incidents]
    assert told == [("rows_differ", {"types": types})] * times
    assert phone.is_done and len(phone.rows) == 3
    pulls = [request["pull"] for request in office.requests]
    assert [bool(pull["repair"]) for pull in pulls] == [False, True, False][: times + 1]
    assert [pull["cursor"] is None for pull in pulls] == [True, False, True][: times + 1]


def test_it_never_says_done_when_rows_cannot_be_mended(phone: Phone, office: FakeOffice) -> None:
    office.spoil = wrong_digests(9)

    with pytest.raises(Problem, match="digest"):
        phone.sync(office)

    assert not phone.is_done
    assert len(office.requests) == 3
    office.spoil = lambda answer: None
    phone.sync(office)
    assert phone.scope.is_done and len(office.requests) == 4


def test_it_drops_what_is_gone_from_a_repaired_bucket(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    phone.rows["loan", "L-GHOST"] = {"row": {"id": "L-GHOST"}, "tick": 1}
    phone.scope.mending = "repair"

    phone.sync(office)

    assert ("loan", "L-GHOST") not in phone.rows and phone.is_done


def test_it_stops_asking_an_office_that_never_ends(phone: Phone, office: FakeOffice) -> None:
    office.spoil = lambda answer: answer["page"].update(complete=False)

    with pytest.raises(Problem, match="rounds_max"):
        phone.sync(office)


def test_it_drops_what_is_evicted(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    gone = {"etype": "loan", "eid": "L-W14", "tick": 9, "op": "evict", "row": None}

    def spoil(answer: Answer) -> None:
        answer["page"] |= {"rows": pack([gone]), "digest": None}

    office.spoil = spoil
    phone.sync(office)

    assert ("loan", "L-W14") not in phone.rows


def test_it_shows_old_rows_until_the_last_page_of_a_reset(phone: Phone, office: FakeOffice) -> None:
    phone.sync(office)
    office.forget()
    office.page = 1
    body = phone.build_sync()
    phone.absorb(office.answer(body))

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


def test_it_leaves_the_book_of_her_other_phone_alone(phone: Phone, office: FakeOffice) -> None:
    office.rows["book", "book-1"] = (2, {**office.rows["book", "book-1"][1], "lane": "0" * 32})
    phone.sync(office)

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
        run = [slip.seq, slip.seq, slip.hash[:16], 9, "applied", None, None]
        answer["page"] |= {"rows": pack([item]), "verdicts": [[phone.lane, [run]]], "digest": None}

    office.spoil = spoil
    phone.sync(office)
    shown = phone.view("loan", "L-W14")
    assert (shown["principal_fen"], shown["pending"]) == (600_00, [])
    assert phone.verdicts[slip.hash]["tick"] == 9


def test_it_keeps_the_verdict_of_the_feed_when_a_push_is_answered(
    phone: Phone, office: FakeOffice
) -> None:
    slip = phone.record("cash.receipt", receipt())
    phone.sync(office)
    phone.verdicts[slip.hash] = {"verdict": "applied", "tick": 9}
    phone.history.acked.discard(slip.hash)

    phone.sync(office)

    assert phone.verdicts[slip.hash]["tick"] == 9


def test_it_proves_every_request_with_its_key(phone: Phone) -> None:
    body = phone.build_sync()

    headers = phone.headers(body)

    assert headers == {
        "Doorstep-Device": "dev-1",
        "Doorstep-Signature": FakeKey().sign(body),
    }
