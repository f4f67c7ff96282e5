"""Bundles that somebody has spoilt, forged or blown up: kept at most, never believed.

Method: a good bundle of a real phone is cut at every length, changed in every byte, sealed by
others or stuffed; the real application must answer 202 or 400, never fail, and store no event.
"""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from server.device_key import DeviceKey
from server.seal import fresh, seal
from server.services import courier
from server.tables import CourierBundle, EventRow
from sync.base64url import from_base64url
from sync.bundle import (
    PLAIN_BYTES_MAX,
    Bundle,
    deflate,
    from_file,
    inflate,
    read_bundle,
    to_text,
    write,
)
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import receipt_body
from tests.couriers import bundle_of, packed_content, server_point
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank

NOBODY = courier.Carrier(device_id=None, branch_id="", via="courier")


@pytest.fixture
def phone(one_bank: Bank) -> Phone:
    one_bank.publish(LI_WEI, ["W1"])
    phone = one_bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 100_00))
    return phone


def codes(bank: Bank, spoilt: Iterator[bytes]) -> set[str]:
    """What becomes of each; none of them may change a thing."""
    found = set()
    with bank.app.app_context():
        before = len(bank.rows(EventRow))
        for data in spoilt:
            try:
                delivered = courier.deliver(data, NOBODY)
                assert delivered.answer is None, data.hex()
                found.add(delivered.problem.code if delivered.problem else "")
            except Problem as problem:
                found.add(problem.code)
        assert len(bank.rows(EventRow)) == before
    return found


def test_it_believes_no_bundle_that_was_cut(
    one_bank: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.kept_bundles.KEPT_MAX", 10_000)
    data = bundle_of(phone)

    found = codes(one_bank, (data[:length] for length in range(0, len(data), 3)))

    assert found == {"bundle_invalid", "bundle_damaged"}


def test_it_believes_no_bundle_with_one_bit_changed(
    one_bank: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.kept_bundles.KEPT_MAX", 10_000)
    data, dice = bundle_of(phone), random.Random(3)

    def flipped() -> Iterator[bytes]:
        for at in range(0, len(data), 2):
            yield data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]

    assert codes(one_bank, flipped()) == {"bundle_invalid", "bundle_damaged"}


def test_it_finds_what_a_careful_forger_changed(one_bank: Bank, phone: Phone) -> None:
    """The check at the end is no secret: whoever changes a bundle can make it right again."""
    bundle = read_bundle(bundle_of(phone))
    other = fresh()
    sealed = bundle.sealed
    changed = [
        replace(bundle, count=bundle.count + 1),
        replace(bundle, id=other.id),
        replace(bundle, nonce=other.nonce),
        replace(bundle, point=b"\x04" + bytes(64)),
        replace(bundle, point=bytes(65)),
        replace(bundle, sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])),
        replace(bundle, sealed=bytes([sealed[0] ^ 1]) + sealed[1:]),
        replace(bundle, sealed=sealed[: len(sealed) // 2]),
    ]

    assert codes(one_bank, (write(one) for one in changed)) == {"bundle_unreadable"}


def test_it_opens_nothing_sealed_to_another_server(one_bank: Bank, phone: Phone) -> None:
    ours, packed = server_point(phone), packed_content(phone)
    theirs = seal_point()
    elsewhere = seal(theirs, 1, packed)
    named_ours = replace(elsewhere, key_id=seal(ours, 1, b"").key_id)

    assert codes(one_bank, iter([write(elsewhere)])) == {"bundle_key_unknown"}
    assert codes(one_bank, iter([write(named_ours)])) == {"bundle_unreadable"}


def code_of(answer: TestResponse) -> str:
    """The code of an answer."""
    assert answer.json
    return str(answer.json["code"])


def seal_point() -> bytes:
    """The point of some other server."""
    point = from_base64url(DeviceKey().public_key)
    assert point
    return point


def test_it_is_not_blown_up(one_bank: Bank, phone: Phone) -> None:
    bomb = deflate(bytes(400 * PLAIN_BYTES_MAX // 100))
    endless = zlib.compressobj(9, zlib.DEFLATED, -15)
    huge = endless.compress(bytes(PLAIN_BYTES_MAX * 16)) + endless.flush()

    def stuffed() -> Iterator[bytes]:
        for packed in (bomb, huge, b"", b"\x00", b"not deflate at all", deflate(b"")):
            yield write(seal(server_point(phone), 1, packed))

    assert codes(one_bank, stuffed()) == {"bundle_unreadable"}
    with pytest.raises(Problem, match="deflate"):
        inflate(huge)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"v":2,"device":"d","made_at":1,"batches":[]}',
        b'{"v":1,"device":1,"made_at":1,"batches":[]}',
        b'{"v":1,"device":"d","made_at":"1","batches":[]}',
        b'{"v":1,"device":"d","made_at":1,"batches":{}}',
        b'{"v":1,"device":"d","made_at":1,"batches":[1]}',
        b'{"v":1,"device":"d","made_at":1,"batches":[' + b",".join([b"{}"] * 101) + b"]}",
        b'{"v":1,"device":"d","made_at":1,"batches":[' + b"[" * 5000,
        "\ud800".encode(errors="surrogatepass"),
    ],
)
def test_it_reads_no_content_of_another_form(one_bank: Bank, phone: Phone, line: bytes) -> None:
    data = write(seal(server_point(phone), 1, deflate(line + b"\n" + b"0" * 64)))

    assert codes(one_bank, iter([data])) == {"bundle_unreadable"}


def test_it_knows_no_device_that_was_never_enrolled(one_bank: Bank, phone: Phone) -> None:
    line = b'{"v":1,"device":"nobody","made_at":1,"batches":[]}'
    data = write(seal(server_point(phone), 0, deflate(line + b"\n" + b"0" * 64)))

    assert codes(one_bank, iter([data])) == {"bundle_unproved"}


def test_it_keeps_a_spoilt_bundle_once(one_bank: Bank, phone: Phone) -> None:
    spoilt = bundle_of(phone)[:-1]
    carrier = one_bank.phone(ZHANG_MIN)
    for _ in range(3):
        answer = one_bank.http.post("/v1/courier", data=spoilt, headers=carrier.headers(spoilt))
        assert (answer.status_code, code_of(answer)) == (202, "bundle_damaged")

    kept = one_bank.app.extensions["settings"].data_dir / "courier"
    assert [path.read_bytes() for path in kept.iterdir()] == [spoilt]
    digest = hashlib.sha256(spoilt).hexdigest()
    assert [(row.id, row.state) for row in one_bank.rows(CourierBundle)] == [(digest, "kept")]


def test_it_refuses_a_body_larger_than_any_bundle(one_bank: Bank, phone: Phone) -> None:
    answer = one_bank.http.post("/v1/courier", data=bundle_of(phone) + bytes(512_000))

    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


def test_it_reads_a_file_as_bytes_or_as_text_and_trusts_neither() -> None:
    bundle = Bundle(
        id=bytes(16), count=1, key_id=bytes(8), point=bytes(65), nonce=bytes(12), sealed=bytes(40)
    )
    data = write(bundle)
    wrapped = "\r\n".join(to_text(data)[at : at + 40] for at in range(0, 400, 40)).encode()

    assert from_file(data) == from_file(to_text(data).encode()) == from_file(wrapped) == data
    for other in (b"", b"doorstep:", b"doorstep:!!!", b"\xff\xfe\x00", b"hello"):
        with pytest.raises(Problem, match="bundle_invalid"):
            read_bundle(from_file(other))
