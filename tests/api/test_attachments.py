"""PUT /v1/attachments/<sha256>: photos, after the event that names them.

Method: an officer's phone names a photo by its hash and syncs; then bytes are sent.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.api.attachments import BYTES_MAX
from server.services.attachments import attachment_path
from server.tables import Attachment
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.specimens import photo_body
from tests.small_bank import BRANCH, Bank

JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 10
TEXT = "这是一份文字，不是照片".encode()


def put(bank: Bank, phone: Phone, data: bytes, sha256: str | None = None) -> Any:
    return bank.http.put(
        f"/v1/attachments/{sha256 or sha256_hex(data)}", data=data, headers=phone.headers(data)
    )


def named(bank: Bank, data: bytes) -> Phone:
    phone = bank.phone()
    phone.record("attachment.added", photo_body(data))
    phone.sync(bank.send)
    return phone


def test_it_keeps_the_bytes_of_a_photo(bank: Bank) -> None:
    phone = named(bank, JPEG)

    first, second = put(bank, phone, JPEG), put(bank, phone, JPEG)

    assert (first.status_code, first.json) == (200, {"state": "stored"})
    assert second.json == first.json
    with bank.app.app_context():
        assert attachment_path(BRANCH, sha256_hex(JPEG)).read_bytes() == JPEG


def test_it_keeps_a_text_file_apart(bank: Bank) -> None:
    phone = named(bank, TEXT)

    answer = put(bank, phone, TEXT)

    assert answer.json == {"state": "quarantined", "reason": "not_an_image"}
    assert [(row.state, row.reason) for row in bank.rows(Attachment)] == [
        ("quarantined", "not_an_image")
    ]
    with bank.app.app_context():
        assert attachment_path(BRANCH, sha256_hex(TEXT)).read_bytes() == TEXT


def test_it_refuses_other_bytes_under_a_hash(one_bank: Bank) -> None:
    phone = named(one_bank, JPEG)

    answer = put(one_bank, phone, JPEG + b"x", sha256_hex(JPEG))

    assert (answer.status_code, answer.json["code"]) == (422, "attachment_hash_mismatch")
    assert one_bank.rows(Attachment)[0].state == "promised"


@pytest.mark.parametrize("sha256", ["0" * 64, "..%2f..%2fsecret.key", "x"])
def test_it_refuses_what_no_event_names(one_bank: Bank, sha256: str) -> None:
    answer = put(one_bank, one_bank.phone(), JPEG, sha256)

    assert answer.status_code in (404, 405)


def test_it_refuses_a_photo_that_is_too_large(one_bank: Bank) -> None:
    answer = put(one_bank, one_bank.phone(), JPEG + bytes(BYTES_MAX))

    assert (answer.status_code, answer.json["code"]) == (413, "attachment_too_large")


def test_it_refuses_bytes_that_nobody_signed(one_bank: Bank) -> None:
    phone = named(one_bank, JPEG)
    headers = phone.headers(b"something else")

    answer = one_bank.http.put(f"/v1/attachments/{sha256_hex(JPEG)}", data=JPEG, headers=headers)

    assert answer.status_code == 401
