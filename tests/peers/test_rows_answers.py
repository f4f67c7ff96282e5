"""Peers' rows 3, 7, 10, 23, 26, 30: what an answer proves, and what it does not.

Method: a real phone talks to the real application through lines that answer for somebody else,
lose answers, and bring batches twice or backwards; on both databases.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from server.services.settle_quarantine import settle_quarantine
from server.tables import CommitLog, EventRow, ReceiptRow, VerdictRow
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.lane import pack_batch
from sync.problems import Problem
from sync.specimens import (
    intention_body,
    outcome_body,
    photo_body,
    receipt_body,
    visit_body,
    void_body,
)
from sync.transport import Reply, Request
from tests.photos import JPEG, head, patch
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, Bank
from tests.wire import lines_of

PORTAL = b"<html><title>Welcome to the hotel</title></html>"
AFTER_THE_FIRST = 28  # Survey123Community #389: 28 surveys became 42


def recorded(bank: Bank, receipts: int = 1) -> Phone:
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = bank.phone(numbers=60)
    for number in range(receipts):
        household = f"W{number % 4 + 1}"
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), 10_00, household))
    return phone


def stored(bank: Bank, kind: str = "cash.receipt") -> list[Any]:
    return [row for row in bank.rows(EventRow) if row.kind == kind]


def with_wrong_mark(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body[:-64] + b"0" * 64, reply.headers)


def without_its_end(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)


def said_of_another(reply: Reply) -> Reply:
    """The envelope with every event taken, by somebody who has no secret of ours."""
    page, envelope, mark = reply.body.split(b"\n")
    claimed = {**json.loads(envelope), "took": [[1, "applied", None, None, False]]}
    return Reply(200, b"\n".join([page, json.dumps(claimed).encode(), mark]), reply.headers)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda reply: Reply(200, PORTAL, {"Content-Type": "text/html"}),
        lambda reply: Reply(200, b"", {}),
        lambda reply: Reply(200, b'{"ok":true}', {}),
        lambda reply: Reply(204, b"", {}),
        with_wrong_mark,
        without_its_end,
        said_of_another,
    ],
)
def test_it_calls_nothing_sent_without_our_mark_peers_3(
    one_bank: Bank, spoil: Callable[[Reply], Reply]
) -> None:
    """cht-core #8303: the phone said that all was sent, and nothing was."""
    phone = recorded(one_bank)
    before = [event.hash for event in phone.unacked]

    with pytest.raises(Problem, match="answer_not_believed"):
        phone.sync(lambda request: spoil(one_bank.send(request)))

    assert [event.hash for event in phone.unacked] == before
    assert phone.verdicts.get(before[-1]) is None
    phone.sync(one_bank.send)
    assert phone.is_done and len(stored(one_bank)) == 1


def test_it_calls_no_photo_stored_before_its_last_byte_peers_3(bank: Bank) -> None:
    """kobocat #432: the record was there, its picture was not, and nobody was told."""
    phone = recorded(bank, receipts=0)
    phone.record("attachment.added", photo_body(JPEG))
    phone.sync(bank.send)
    sha256 = sha256_hex(JPEG)

    part = patch(bank, phone, sha256, (0, JPEG[:-1]))
    wrong = patch(bank, phone, sha256, (len(JPEG) - 1, bytes([JPEG[-1] ^ 1])))

    assert "Doorstep-State" not in part.headers and "Doorstep-State" not in wrong.headers
    assert head(bank, phone, sha256).headers["Upload-Offset"] != str(len(JPEG))
    assert patch(bank, phone, sha256, (0, JPEG)).headers["Doorstep-State"] == "stored"


def test_it_keeps_28_records_28_when_answers_are_lost_peers_7(bank: Bank) -> None:
    """Each try is lost on its way or on its way back, until at last one comes through."""
    phone = recorded(bank, receipts=AFTER_THE_FIRST)
    dice = random.Random(28)

    def lossy(request: Request) -> Reply:
        reply = bank.send(request)
        if dice.random() < 0.8:
            raise ConnectionError("the answer is lost")
        return reply

    for _ in range(40):
        try:
            phone.sync(lossy)
        except ConnectionError:
            continue
    phone.sync(bank.send)

    assert phone.unacked == []
    assert len(stored(bank)) == len(bank.rows(ReceiptRow)) == AFTER_THE_FIRST
    assert bank.balance(f"hand:{LI_WEI}") == AFTER_THE_FIRST * 10_00 == phone.hand_fen()


def test_it_answers_a_repeat_as_it_answered_first_peers_7(bank: Bank) -> None:
    phone = recorded(bank, receipts=AFTER_THE_FIRST)
    phone.record("cash.receipt", receipt_body(("none", "SJ999999"), 5_00))
    body = phone.build_sync()
    headers = phone.headers(body)

    first = lines_of(bank.send(body, headers)[1])[1]
    ticks = bank.query(select(func.count()).select_from(CommitLog))
    again = [lines_of(bank.send(body, headers)[1])[1] for _ in range(3)]

    assert [run[:4] for run in first["took"]] == [
        [AFTER_THE_FIRST, "applied", None, None],
        [1, "quarantined", "number_not_in_book", None],
    ]
    for repeat in again:
        assert [run[:4] for run in repeat["took"]] == [run[:4] for run in first["took"]]
        assert all(is_repeat for *_, is_repeat in repeat["took"])
        assert repeat["lanes"] == first["lanes"]
    assert bank.query(select(func.count()).select_from(CommitLog)) == ticks
    assert len(stored(bank)) == AFTER_THE_FIRST + 1


def push(bank: Bank, phone: Phone, first: int, last: int) -> dict[str, Any]:
    """A piece of the phone's lane, alone; what the server says of it."""
    batch = phone.log[first - 1 : last]
    message = json.loads(phone.build_sync())
    message |= {"push": pack_batch(batch, phone.sigs[batch[-1].hash]), "pull": None}
    body = json.dumps(message).encode()
    status, answer = bank.send(body, phone.headers(body))
    assert status == 200, answer
    return lines_of(answer)[1]


def test_it_holds_what_comes_too_early_and_takes_it_in_order_peers_10(bank: Bank) -> None:
    """getodk/central #698: an update came before what it updates, and was dropped."""
    phone = recorded(bank, receipts=0)
    opened = len(phone.log)
    phone.record("visit.started", visit_body())
    phone.record("visit.outcome", outcome_body())
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt(), 30_00))
    void = phone.record("cash.void", void_body(slip))
    last = len(phone.log)

    for place in range(last, opened, -1):
        told = push(bank, phone, place, place)
        assert told["took"], "each is acknowledged at once"
        (lane,) = [each for each in told["lanes"] if each["lane"] == phone.lane]
        assert lane["head_seq"] == (last if place == opened + 1 else opened)
        assert len(bank.rows(EventRow)) >= last - place + 1, "and kept"

    phone.sync(bank.send)
    verdicts = {row.event_hash: row for row in bank.rows(VerdictRow)}
    said = [phone.verdicts[event.hash]["verdict"] for event in phone.log[opened:]]
    assert said == ["applied"] * 4
    assert {slip.hash, void.hash} <= verdicts.keys()
    assert bank.balance(f"hand:{LI_WEI}") == 0 == phone.hand_fen()


def test_it_lets_nothing_wait_behind_a_bad_record_peers_23(bank: Bank) -> None:
    """commcare-android PR #1823: one form that the server could not take stopped all others."""
    phone = recorded(bank, receipts=1)
    bad = [
        phone.record("cash.receipt", {"receipt_no": "7", "loan": [1]}, unchecked=True),
        phone.record("no.such.kind", {"x": "字" * 200_000}, unchecked=True),
        phone.record("cash.void", {"target": "a\x00b"}, unchecked=True),
    ]
    good = phone.record("cash.receipt", receipt_body(phone.next_receipt(), 20_00))

    phone.sync(bank.send)
    later = phone.record("intention.recorded", intention_body())
    phone.sync(bank.send)

    assert phone.unacked == []
    assert {phone.verdicts[each.hash]["verdict"] for each in (good, later)} == {"applied"}
    for each in bad:
        assert phone.verdicts[each.hash]["verdict"] in ("quarantined", "parked"), "set aside"
    assert bank.balance(f"hand:{LI_WEI}") == 30_00


def test_it_knows_of_each_record_where_it_is_peers_26(bank: Bank) -> None:
    """Here only; at the server and counted; waiting for a person, and why; settled by one."""
    phone = recorded(bank, receipts=1)
    odd = phone.record("cash.receipt", receipt_body(("none", "SJ999999"), 5_00))
    good = next(e for e in phone.log if e.kind == "cash.receipt")
    assert {good.hash, odd.hash} <= {event.hash for event in phone.unacked}
    assert not {good.hash, odd.hash} & phone.verdicts.keys(), "nothing is said before it is so"

    phone.sync(bank.send)

    told = {name: phone.verdicts[e.hash] for name, e in (("good", good), ("odd", odd))}
    assert told["good"]["verdict"] == "applied"
    assert (told["odd"]["verdict"], told["odd"]["reason"]) == ("quarantined", "number_not_in_book")
    assert {event.hash for event in phone.log} == phone.verdicts.keys(), "each has a state"
    with bank.app.app_context():
        settle_quarantine(BRANCH, odd.hash, "void", "没有这张收据", by=CHEN_JIE)
    phone.sync(bank.send)
    assert phone.verdicts[odd.hash]["verdict"] == "voided", "and hears what became of it"


BAD: list[tuple[str, str, bytes]] = [
    ("POST", "/v1/sync", b"not json"),
    ("POST", "/v1/sync", b"{}"),
    ("POST", "/v1/sync", b"\x1f\x8b broken"),
    ("GET", "/v1/sync", b""),
    ("GET", "/v1/answer", b""),
    ("POST", "/v1/enrol", b"[]"),
    ("POST", "/v1/enrol", b"{}"),
    ("POST", "/v1/beacon", b"{}"),
    ("POST", "/v1/courier", b"a bundle"),
    ("HEAD", "/v1/attachments/nothing", b""),
    ("PATCH", "/v1/attachments/" + "0" * 64, b"xx"),
    ("GET", "/v1/nothing", b""),
    ("DELETE", "/v1/sync", b""),
]


@pytest.mark.parametrize(("method", "path", "body"), BAD)
def test_it_says_in_words_what_is_refused_and_what_to_do_peers_30(
    one_bank: Bank, method: str, path: str, body: bytes
) -> None:
    phone = one_bank.phone()
    assert phone.identity is not None
    known = {**phone.headers(body), "Doorstep-Device": phone.identity["device"]}
    for headers in ({}, {"Doorstep-Device": "nobody"}, known):
        answer = one_bank.http.open(path, method=method, data=body, headers=headers)
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.data)
        if method != "HEAD":
            assert_speaks(json.loads(answer.data))


def assert_speaks(told: dict[str, Any]) -> None:
    """A code, what is so, and the next step, in both languages."""
    assert told["code"] and told["code"] != "internal_error"
    for name in ("message", "next", "message_en", "next_en"):
        assert told[name] and "{" not in told[name]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["next"])


def test_it_says_in_words_that_our_own_code_failed_peers_30(
    one_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = recorded(one_bank)
    one_bank.app.testing = False
    one_bank.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_: Any) -> None:
        raise RuntimeError("made to fail by a test")

    monkeypatch.setattr("server.api.sync.give_out", broken)
    body = phone.build_sync()
    answer = one_bank.http.post("/v1/sync", data=body, headers=phone.headers(body))

    assert answer.status_code == 500
    told = json.loads(answer.data)
    assert told["code"] == "internal_error" and told["next"].endswith("。")
    assert len(stored(one_bank)) == 1, "what was sent is kept, though the answer failed"
