"""What the simulated phone does not believe.

Method: the fake office lies in one place at a time, and the phone must be as it was before the
answer came; then the office tells the truth and everything arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync.client import Phone
from sync.problems import Problem
from tests.unit.cast import intention, receipt
from tests.unit.fake_office import Answer, FakeOffice, state_of


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
