"""Bodies made to hurt: too large, packed to burst, broken, or nested without end.

Method: raw requests to the application. Streams count what is read from them.
"""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest

from server.api.body import PLAIN_BYTES_MAX
from server.services.raw_inbox import BODY_BYTES_MAX, ROWS_OF_A_DEVICE_MAX
from server.tables import EventRow, RawInbox
from sync.client import Phone
from sync.specimens import intention_body
from tests.small_bank import Bank
from tests.wire import with_event

TEN_MEGABYTES = 10_000_000


class Counting(io.RawIOBase):
    """A body of zeros that knows how much of it was read."""

    def __init__(self, size: int) -> None:
        self.size, self.taken, self.place = size, 0, 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The test client measures a stream by going to its end and back."""
        self.place = self.size if whence == io.SEEK_END else offset
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.size - self.taken)
        buffer[:count] = bytes(count)
        self.taken += count
        return count


def test_it_refuses_ten_megabytes_before_reading_them(one_bank: Bank) -> None:
    phone, stream = one_bank.phone(), Counting(TEN_MEGABYTES)
    before = len(one_bank.rows(EventRow))

    answer = one_bank.http.post(
        "/v1/sync",
        input_stream=stream,
        content_length=TEN_MEGABYTES,
        headers=phone.headers(b""),
    )

    assert (answer.status_code, answer.json and answer.json["code"]) == (413, "body_too_large")
    assert stream.taken == 0
    assert len(one_bank.rows(EventRow)) == before
    assert one_bank.rows(RawInbox) == []


def test_it_stops_reading_a_body_of_unknown_length(one_bank: Bank) -> None:
    stream = Counting(TEN_MEGABYTES)

    answer = one_bank.http.post(
        "/v1/sync",
        input_stream=stream,
        headers=one_bank.phone().headers(b""),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert answer.status_code == 413
    assert stream.taken < 1_000_000


def test_it_is_not_burst_by_what_unpacks_to_a_gigabyte(one_bank: Bank) -> None:
    bomb = gzip.compress(bytes(50 * PLAIN_BYTES_MAX))
    headers = one_bank.phone().headers(bomb) | {"Content-Encoding": "gzip"}

    answer = one_bank.http.post("/v1/sync", data=bomb, headers=headers)

    assert len(bomb) < 100_000
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"not gzip", "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-5], "gzip"),
        (gzip.compress(b"{}", mtime=0) + b"more", "gzip"),
        (b"{}", "br"),
    ],
)
def test_it_refuses_what_does_not_unpack(one_bank: Bank, data: bytes, encoding: str) -> None:
    headers = one_bank.phone().headers(data) | {"Content-Encoding": encoding}

    answer = one_bank.http.post("/v1/sync", data=data, headers=headers)

    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "body_not_gzip")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"a":1,"a":2}',
        '{"a":NaN}',
        "1" * 10_000,
        "﻿{}",
        "[]",
        '"text"',
        "null",
    ],
)
def test_it_refuses_strange_json(one_bank: Bank, text: str) -> None:
    body = text.encode()

    answer = one_bank.http.post("/v1/sync", data=body, headers=one_bank.phone().headers(body))

    assert answer.status_code == 400
    assert answer.json is not None and answer.json["code"] in ("body_not_json", "request_invalid")


def with_first(phone: Phone, **changes: Any) -> bytes:
    """The phone's next message with its first event changed."""
    message = json.loads(phone.build_sync())
    message["push"] = with_event(message["push"], 0, **changes)
    return json.dumps(message).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "k" * 65},
        {"kind": 7},
        {"kind": "a\0b"},
        {"sv": 0},
        {"occurred_at": 2**53},
        {"anchor": {"tick": "1", "mac": "x"}},
        {"case": "x" * 65},
        {"visit": "not hex"},
        {"body": []},
        {"body": {"é": 1}},
        {"body": {"text": "\ud800"}},
        {"surplus": 1},
    ],
)
def test_it_refuses_an_envelope_that_has_no_bytes_and_keeps_the_body(
    one_bank: Bank, changes: dict[str, Any]
) -> None:
    phone = one_bank.phone()
    phone.record("intention.recorded", intention_body())
    body = with_first(phone, **changes)

    status, _ = one_bank.send(body, phone.headers(body))

    assert status == 400
    assert [row.body for row in one_bank.rows(RawInbox)] == [body]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"household": None, "loan": {"deep": [[[[[[]]]]]]}},
        {"household": "W1", "loan": "L-W1", "note": "\0"},
        {"household": "W1", "loan": "L-W1", "note": "x" * 70_000},
        {"household": "';DROP/**/TABLE/**/event;--", "loan": "L-W1", "note": None},
    ],
)
def test_it_stores_a_strange_body_and_goes_on(bank: Bank, body: dict[str, Any]) -> None:
    phone = bank.phone()
    phone.record("intention.recorded", body, unchecked=True)
    phone.record("cash.receipt", body, unchecked=True)
    phone.record("intention.recorded", intention_body())

    phone.sync(bank.send)

    told = [phone.verdicts[event.hash]["verdict"] for event in phone.log]
    assert told == ["applied", "quarantined", "quarantined", "applied"]
    assert phone.is_done


def test_it_keeps_only_so_much_of_what_it_cannot_read(one_bank: Bank) -> None:
    phone = one_bank.phone()
    for number in range(ROWS_OF_A_DEVICE_MAX + 5):
        body = f"{number:03d}".encode() + b"\xff" * 100_000
        one_bank.send(body, phone.headers(body))

    kept = one_bank.rows(RawInbox)
    assert len(kept) == ROWS_OF_A_DEVICE_MAX
    assert all(len(row.body) == BODY_BYTES_MAX for row in kept)
