"""Bodies in pieces and answers by ranges: what came over a broken line never travels again.

Method: requests are cut by hand against the real application. A short wsgi.input is a connection
that broke; tests/sim/test_broken_lines.py does the same with sockets and a real gunicorn.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import Any

import pytest

from server.services.wire_files import KEEP_MS, wire_folder
from sync.client import Phone
from sync.specimens import intention_body, receipt_body
from sync.transport import Parcel, Reply, Request, carry, unpack_rest
from tests.small_bank import LI_WEI, Bank
from tests.wire import lines_of

DAY_MINUTES = KEEP_MS // 60_000


def parcel_of(phone: Phone) -> Parcel:
    """The phone's next request, before it leaves."""
    body = phone.build_sync()
    headers = phone.headers(body)
    identity = {"Doorstep-Device": headers.pop("Doorstep-Device")}
    return Parcel(json.loads(body)["req_id"], body, identity, headers)


def piece(
    bank: Bank, parcel: Parcel, offset: int, data: bytes, total: int | None = None, **changes: Any
) -> Any:
    """One POST of a piece; of a broken connection only the beginning of `data` comes."""
    said = f"{parcel.req_id};{offset};{total or len(parcel.packed)}"
    headers = {**parcel.identity, **parcel.proof, "Content-Encoding": "gzip"}
    headers |= {"Doorstep-Upload": said, **changes.pop("headers", {})}
    sent = data[: changes.pop("arrives", len(data))]
    return bank.http.post(
        "/v1/sync", input_stream=io.BytesIO(sent), content_length=len(data), headers=headers
    )


def ask(bank: Bank, parcel: Parcel) -> Any:
    headers = {**parcel.identity, "Doorstep-Upload": parcel.req_id}
    return bank.http.get("/v1/sync", headers=headers).json


def rest(bank: Bank, parcel: Parcel, base: int, start: int = 0) -> Any:
    headers = {**parcel.identity, "Doorstep-Answer": f"{parcel.req_id};{base}"}
    return bank.http.get("/v1/answer", headers={**headers, "Range": f"bytes={start}-"})


@pytest.fixture
def phone(one_bank: Bank) -> Phone:
    one_bank.publish(LI_WEI, ["W1", "W2", "W3"])
    phone = one_bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    return phone


def test_it_keeps_what_came_before_the_line_broke(one_bank: Bank, phone: Phone) -> None:
    parcel = parcel_of(phone)
    packed = parcel.packed

    broken = piece(one_bank, parcel, 0, packed, arrives=300)
    told = ask(one_bank, parcel)
    middle = piece(one_bank, parcel, 300, packed[300:500])
    last = piece(one_bank, parcel, 500, packed[500:])

    assert (broken.status_code, broken.json["upload_offset"]) == (202, 300)
    assert told == {"upload_offset": 300, "answered": False}
    assert (middle.status_code, middle.json["upload_offset"]) == (202, 500)
    assert last.status_code == 200
    phone.absorb(last.data)
    assert not phone.unacked
    assert ask(one_bank, parcel) == {"upload_offset": 0, "answered": True}


def test_it_says_where_to_go_on(one_bank: Bank, phone: Phone) -> None:
    parcel = parcel_of(phone)
    piece(one_bank, parcel, 0, parcel.packed, arrives=300)

    for offset in (0, 299, 301):
        answer = piece(one_bank, parcel, offset, parcel.packed[offset:])

        assert (answer.status_code, answer.json["code"]) == (409, "piece_offset_wrong")
        assert (answer.json["upload_offset"], answer.json["answered"]) == (300, False)
    assert one_bank.balance(f"hand:{LI_WEI}") == 0


def test_it_answers_an_empty_last_piece(one_bank: Bank, phone: Phone) -> None:
    """All had come, and the line broke before the answer."""
    parcel = parcel_of(phone)
    packed = parcel.packed
    # The server was killed between the last byte and the answer: only the file is there.
    piece(one_bank, parcel, 0, packed[:-1])
    with one_bank.app.app_context():
        (path,) = (wire_folder() / "uploads").glob("*/*")
    path.write_bytes(packed)

    assert ask(one_bank, parcel)["upload_offset"] == len(packed)
    phone.absorb(piece(one_bank, parcel, len(packed), b"").data)
    assert not phone.unacked


def test_it_refuses_pieces_that_are_none(one_bank: Bank, phone: Phone) -> None:
    parcel = parcel_of(phone)
    packed = parcel.packed
    for said in ("x;0;9", f"{parcel.req_id};0", f"{parcel.req_id};-1;9", "../../etc;0;9", ""):
        answer = piece(one_bank, parcel, 0, packed, headers={"Doorstep-Upload": said})
        assert (answer.status_code, answer.json["code"]) == (400, "request_invalid")

    assert piece(one_bank, parcel, 0, packed, total=10).status_code == 400
    large = piece(one_bank, parcel, 0, packed, total=600_000)
    assert (large.status_code, large.json["code"]) == (413, "body_too_large")
    stranger = piece(one_bank, parcel, 0, packed, headers={"Doorstep-Device": "../nobody"})
    assert (stranger.status_code, stranger.json["code"]) == (401, "device_unknown")
    with one_bank.app.app_context():
        assert list((wire_folder() / "uploads").glob("*/*")) == []


def test_it_drops_a_body_that_cannot_be_read(one_bank: Bank, phone: Phone) -> None:
    parcel = parcel_of(phone)
    broken = b"\0" * len(parcel.packed)

    answer = piece(one_bank, parcel, 0, broken)

    assert (answer.status_code, answer.json["code"]) == (400, "body_not_gzip")
    assert ask(one_bank, parcel) == {"upload_offset": 0, "answered": False}
    assert piece(one_bank, parcel, 0, parcel.packed).status_code == 200


def test_it_takes_no_body_under_the_name_of_another_request(one_bank: Bank, phone: Phone) -> None:
    parcel = parcel_of(phone)
    other = parcel_of(phone)
    other.body, other.proof = parcel.body, parcel.proof

    answer = piece(one_bank, other, 0, other.packed)

    assert (answer.status_code, answer.json["code"]) == (400, "request_invalid")


def test_it_holds_two_bodies_of_a_device_and_none_for_more_than_a_day(
    one_bank: Bank, phone: Phone
) -> None:
    parcels = []
    for _ in range(3):
        parcels.append(parcel_of(phone))
        piece(one_bank, parcels[-1], 0, parcels[-1].packed, arrives=100)
        one_bank.clock.pass_minutes(1)

    offsets = [ask(one_bank, parcel)["upload_offset"] for parcel in parcels]
    assert offsets == [0, 100, 100]
    one_bank.clock.pass_minutes(DAY_MINUTES)
    late = piece(one_bank, parcels[2], 0, parcels[2].packed)
    assert late.status_code == 200, "what was a day old is gone, and all is sent again"
    assert ask(one_bank, parcels[1])["upload_offset"] == 0


def whole_answer(bank: Bank, phone: Phone) -> tuple[Parcel, bytes]:
    """A request for the whole scope, and its plain answer."""
    phone.scope.cursor = None
    parcel = parcel_of(phone)
    answer = bank.send(
        Request("POST", "/v1/sync", {**parcel.identity, **parcel.proof}, parcel.body)
    )
    assert isinstance(answer, Reply) and len(answer.body) > 1024
    return parcel, answer.body


@pytest.mark.parametrize("share", [0, 1, 50, 99, 100])
def test_it_gives_the_rest_of_an_answer_from_any_byte(
    one_bank: Bank, phone: Phone, share: int
) -> None:
    parcel, plain = whole_answer(one_bank, phone)
    base = len(plain) * share // 100

    first = rest(one_bank, parcel, base)
    length = int(first.headers["Doorstep-Length"])
    start = length // 2
    second = rest(one_bank, parcel, base, start)

    assert (first.status_code, second.status_code) == (206, 206)
    assert len(first.data) == length and second.data == first.data[start:]
    assert unpack_rest(plain[:base], first.data[:start] + second.data) == plain[base:]
    assert "Content-Encoding" not in first.headers
    assert first.headers["Cache-Control"] == "no-store"


def test_it_can_be_decoded_without_a_preset_dictionary(one_bank: Bank, phone: Phone) -> None:
    """As a browser must: what is here goes in front as stored blocks."""
    parcel, plain = whole_answer(one_bank, phone)
    base = len(plain) // 3
    here = plain[:base][-32_768:]
    stored = b"\0" + len(here).to_bytes(2, "little") + (len(here) ^ 0xFFFF).to_bytes(2, "little")

    packed = rest(one_bank, parcel, base).data

    assert zlib.decompress(stored + here + packed, -15)[len(here) :] == plain[base:]


def test_it_keeps_the_last_answer_of_each_device_for_a_day(one_bank: Bank, phone: Phone) -> None:
    first, _ = whole_answer(one_bank, phone)
    second, plain = whole_answer(one_bank, phone)
    other = one_bank.phone(numbers=0)

    gone = rest(one_bank, first, 0)
    assert (gone.status_code, gone.json["code"]) == (404, "answer_gone")
    assert rest(one_bank, second, 0).status_code == 206
    assert rest(one_bank, second, len(plain) + 1).status_code == 404
    second.identity = parcel_of(other).identity
    assert rest(one_bank, second, 0).status_code == 404
    second.identity = first.identity
    one_bank.clock.pass_minutes(DAY_MINUTES + 1)
    assert rest(one_bank, second, 0).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Doorstep-Answer": "x"},
        {"Doorstep-Answer": "0" * 32 + ";-1"},
        {"Doorstep-Answer": "0" * 32 + ";0", "Range": "bytes=-5"},
        {"Doorstep-Answer": "0" * 32 + ";0", "Range": "bytes=0-5"},
    ],
)
def test_it_refuses_to_guess_what_is_asked(one_bank: Bank, headers: dict[str, str]) -> None:
    answer = one_bank.http.get("/v1/answer", headers=headers)

    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "request_invalid")


def test_it_finishes_over_a_line_that_breaks_all_the_time(one_bank: Bank, phone: Phone) -> None:
    """Cut after every 1,100 bytes either way: nothing lost, nothing twice, little again."""
    for number in range(150):
        note = phone.world.random_bytes(40).hex()  # packs badly, as signatures do
        body = intention_body(f"W{number % 4 + 1}") | {"note": note}
        phone.record("intention.recorded", body)
        if number % 4 == 0:
            phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100 + number))
    phone.scope.cursor = None
    line = Breaking(one_bank, 1100)
    parcel = parcel_of(phone)

    reply = carry(line, parcel)

    assert reply.status == 200 and line.breaks > 5
    phone.absorb(reply.body)
    assert not phone.unacked and phone.scope.is_done
    page, envelope = lines_of(reply.body)
    assert sum(run[0] for run in envelope["took"]) == len(phone.log) - 1
    assert page["complete"]
    assert line.up < 1.3 * len(parcel.packed) + 2_000


class Breaking:
    """A line to the bank that breaks after so many bytes of a body, in either direction."""

    def __init__(self, bank: Bank, cut: int) -> None:
        self.bank, self.cut, self.breaks, self.up = bank, cut, 0, 0

    def __call__(self, request: Request) -> Reply:
        sent = request.body[: self.cut]
        self.up += len(sent)
        answer = self.bank.http.open(
            request.path,
            method=request.method,
            input_stream=io.BytesIO(sent),
            content_length=len(request.body),
            headers={"Accept-Encoding": "gzip", **request.headers},
        )
        if len(sent) < len(request.body):
            self.breaks += 1
            raise ConnectionError("broken on the way up")
        data, is_whole = answer.data[: self.cut], len(answer.data) <= self.cut
        self.breaks += not is_whole
        if answer.headers.get("Content-Encoding") == "gzip":
            data = zlib.decompressobj(31).decompress(data)
        return Reply(answer.status_code, data, dict(answer.headers), is_whole)


def test_it_packs_the_same_body_to_the_same_bytes(phone: Phone) -> None:
    parcel = parcel_of(phone)

    assert parcel.packed == parcel.packed
    assert gzip.decompress(parcel.packed) == parcel.body
