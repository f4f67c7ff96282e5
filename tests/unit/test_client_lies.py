"""What the simulated phone does not believe.

Method: the fake office lies in one place at a time, and the phone must be as it was before the
answer came; then the office tells the truth and everything arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync.client import Phone
from sync.columns import pack
from sync.problems import Problem
from sync.transport import Reply
from tests.unit.cast import intention, receipt
from tests.unit.fake_office import Answer, FakeOffice, state_of


def lie_about(*path: str | int, value: Any) -> Callable[[Answer], None]:
    def spoil(answer: Answer) -> None:
        place: Any = answer
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return spoil


LIES = [
    (lie_about("req_id", value="0" * 32), "req_id_echo"),
    (lambda answer: answer.pop("req_id"), "req_id_echo"),
    (lie_about("took", value=[[9, "applied", None, None, False]]), "shape"),
    (lie_about("took", value=[[1, "applied", None, None, False]]), "shape"),
    (lie_about("took", value=[[0, "applied", None, None, False]]), "shape"),
    (lie_about("took", value=[5]), "shape"),
    (lie_about("took", value={}), "shape"),
    (lie_about("lanes", value=None), "shape"),
    (lie_about("lanes", value=[{}]), "shape"),
    (lie_about("lanes", 0, "head_seq", value="2"), "shape"),
    (lie_about("lanes", 0, "head_seq", value=-1), "shape"),
    (lie_about("lanes", 0, "settled_seq", value=None), "shape"),
    (lie_about("page", value={}), "shape"),
    (lie_about("page", value=[]), "shape"),
    (lie_about("page", "rows", value=pack([{"etype": "loan"}])), "shape"),
    (lie_about("page", "rows", value={"n": 1, "order": [], "tables": []}), "shape"),
    (lie_about("page", "verdicts", value=[5]), "shape"),
    (lie_about("page", "verdicts", value=[["x", [[1]]]]), "shape"),
    (lie_about("page", "alone", value=[[1]]), "shape"),
    (lie_about("page", "repair", value={"loan": 1}), "shape"),
    (lambda answer: answer.pop("anchor"), "shape"),
    (lambda answer: answer.pop("error"), "shape"),
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


def flipped(answer: bytes) -> bytes:
    return answer.replace(b'"epoch-1"', b'"epoch-9"')


@pytest.mark.parametrize(
    "tamper",
    [
        flipped,
        lambda answer: answer[:-1],
        lambda answer: answer[:-65],
        lambda answer: answer + b"0",
        lambda answer: answer.replace(b"\n", b""),
        lambda answer: answer[:-64] + b"0" * 64,
        lambda answer: answer[:-64] + "é".encode() * 32,
    ],
)
def test_it_believes_nothing_that_its_secret_does_not_vouch_for(
    phone: Phone, office: FakeOffice, tamper: Callable[[bytes], bytes]
) -> None:
    """Peers: a portal's page, an answer cut by a proxy, one that somebody changed on the way."""
    phone.record("cash.receipt", receipt())
    before = state_of(phone)
    office.tamper = tamper

    with pytest.raises(Problem, match="mark"):
        phone.sync(office)

    assert state_of(phone) == before


@pytest.mark.parametrize("answer", [b"", b"null", b"[]", b"<html>", b'{"a":1,"a":2}', b"\xff"])
def test_it_believes_no_answer_that_is_none(phone: Phone, answer: bytes) -> None:
    before = state_of(phone)

    with pytest.raises(Problem, match="answer_not_believed"):
        phone.sync(lambda request: Reply(200, answer))

    assert state_of(phone) == before


def test_it_takes_no_answer_twice(phone: Phone, office: FakeOffice) -> None:
    body = phone.build_sync()
    answer = office.answer(body)
    phone.absorb(answer)

    with pytest.raises(Problem, match="req_id_echo"):
        phone.absorb(answer)


def test_it_takes_no_answer_to_an_older_request(phone: Phone, office: FakeOffice) -> None:
    body = phone.build_sync()
    late = office.answer(body)
    phone.build_sync()

    with pytest.raises(Problem, match="req_id_echo"):
        phone.absorb(late)


@pytest.mark.parametrize("status", [400, 401, 413, 500, 503])
def test_it_keeps_everything_when_it_is_turned_away(phone: Phone, status: int) -> None:
    with pytest.raises(Problem, match=f"status_{status}"):
        phone.sync(lambda request: Reply(status, b"{}"))

    assert phone.unacked == phone.log


def test_it_goes_on_on_a_new_lane_when_the_server_remembers_more(
    phone: Phone, office: FakeOffice
) -> None:
    """Memory went back: the last event is known to the server, and to this phone no more."""
    phone.sync(office)
    old = phone.lane
    phone.record("intention.recorded", intention())
    phone.sync(office)
    lost = phone.log.pop()
    phone.history.chains[old].pop()
    unsent = phone.record("intention.recorded", intention("W02"))

    phone.sync(office)

    opened = phone.log[-1]
    assert (opened.kind, opened.seq, opened.body["replaces"]) == ("lane.opened", 1, old)
    assert phone.lane == opened.lane != old
    assert {lost.hash, unsent.hash, opened.hash} <= set(office.hashes), "nothing is left behind"
    assert [item["kind"] for item in phone.incidents] == ["forked"]
    assert phone.record("intention.recorded", intention()).lane == opened.lane
    phone.sync(office)
    assert phone.is_done and len(phone.incidents) == 1


def test_it_counts_no_acknowledgement_by_number_alone(phone: Phone, office: FakeOffice) -> None:
    phone.record("cash.receipt", receipt())
    office.spoil = lie_about("took", value=None)

    def spoil(answer: Answer) -> None:
        answer["took"] = None
        answer["lanes"] = [{**answer["lanes"][0], "head_seq": 2, "head_hash": "0" * 64}]

    office.spoil = spoil
    phone.absorb(office.answer(phone.build_sync()))

    assert phone.log[1].hash not in phone.history.acked
