"""Photos sent wrong: at other offsets, changed, too large, at once, unsigned, from elsewhere.

Method: a photo is promised through the API; then one thing of a right request is made wrong, and
what lies on the disk is looked at.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.device_key import DeviceKey
from server.services import uploads
from server.services.branches import NewStaff, add_staff, create_branch
from server.services.enrolment import issue_code
from server.tables import Attachment
from sync.canonical import sha256_hex
from sync.client import Phone
from tests.photos import JPEG, PIECE, TEXT, checksum_of, head, kept, named, partials, patch, proof
from tests.small_bank import PASSWORD, Bank


@pytest.mark.parametrize("offset", [1, 4001, 10**8])
def test_it_says_where_to_go_on_after_a_wrong_offset(one_bank: Bank, offset: int) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    patch(one_bank, phone, sha256, (0, JPEG[:4000]))

    answer = patch(one_bank, phone, sha256, (offset, JPEG[4000:5000]))

    assert (answer.status_code, answer.json["code"]) == (409, "upload_offset_wrong")
    assert answer.headers["Upload-Offset"] == "4000"
    assert [path.read_bytes() for path in partials(one_bank)] == [JPEG[:4000]]


def test_it_keeps_nothing_of_a_piece_that_was_changed_on_the_way(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    path, checksum = f"/v1/attachments/{sha256}", checksum_of(JPEG)
    headers = {
        **proof(phone, f"PATCH {path} 0 {checksum}"),
        **{"Upload-Offset": "0", "Content-Type": PIECE, "Upload-Checksum": f"sha256 {checksum}"},
    }

    answer = one_bank.http.patch(path, data=JPEG[:-1] + b"x", headers=headers)

    assert answer.status_code == 460
    assert head(one_bank, phone, sha256).headers["Upload-Offset"] == "0"


def test_it_begins_anew_when_all_bytes_have_come_and_are_others(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)

    answer = patch(one_bank, phone, sha256, (0, JPEG[:-1] + b"x"))

    assert (answer.status_code, answer.json["code"]) == (422, "attachment_hash_mismatch")
    assert one_bank.rows(Attachment)[0].state == "promised"
    assert patch(one_bank, phone, sha256, (0, JPEG)).headers["Doorstep-State"] == "stored"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"Tus_Resumable": "0.2.2"}, 412, "upload_version_wrong"),
        ({"Tus_Resumable": ""}, 412, "upload_version_wrong"),
        ({"Content_Type": "image/jpeg"}, 415, "upload_type_wrong"),
        ({"Upload_Offset": "-1"}, 400, "request_invalid"),
        ({"Upload_Offset": "1e3"}, 400, "request_invalid"),
        ({"Upload_Offset": "٣"}, 400, "request_invalid"),
        ({"Upload_Offset": "9" * 40}, 400, "request_invalid"),
        ({"Upload_Checksum": "md5 AAAA"}, 400, "request_invalid"),
        ({"Upload_Checksum": "sha256 ???"}, 400, "request_invalid"),
        ({"Upload_Checksum": "sha256 AAAA"}, 400, "request_invalid"),
        ({"Upload_Checksum": ""}, 400, "request_invalid"),
        ({"Doorstep_Signature": "AAAA"}, 401, "bad_request_signature"),
        ({"Doorstep_Device": "nobody"}, 401, "device_unknown"),
    ],
    ids=str,
)
def test_it_refuses_headers_that_say_something_else(
    one_bank: Bank, changes: dict[str, str], status: int, code: str
) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    if "٣" in changes.values():
        changes = {"Upload_Offset": "٣".encode().decode("latin-1")}

    answer = patch(one_bank, phone, sha256, (0, JPEG), **changes)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert partials(one_bank) == []


def test_it_believes_no_signature_for_another_place_photo_or_piece(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    other = f"HEAD /v1/attachments/{'0' * 64}"
    place = f"PATCH /v1/attachments/{sha256} 4 {checksum_of(JPEG)}"
    bytes_ = f"PATCH /v1/attachments/{sha256} 0 {checksum_of(TEXT)}"

    for words in (other, place, bytes_):
        signature = phone.headers(words.encode())["Doorstep-Signature"]
        answer = patch(one_bank, phone, sha256, (0, JPEG), Doorstep_Signature=signature)
        assert answer.status_code == 401
    assert (
        one_bank.http.head(f"/v1/attachments/{sha256}", headers=proof(phone, other)).status_code
        == 401
    )


@pytest.mark.parametrize("sha256", ["0" * 64, "..%2f..%2fsecret.key", "x", "%00"])
def test_it_knows_nothing_that_no_event_names(one_bank: Bank, sha256: str) -> None:
    phone = one_bank.phone()

    assert head(one_bank, phone, sha256).status_code in (401, 404, 405)
    assert patch(one_bank, phone, sha256, (0, JPEG)).status_code in (401, 404, 405)
    assert partials(one_bank) == []


@pytest.mark.parametrize("more", [1, 100_000, 2_000_000])
def test_it_refuses_more_bytes_than_were_promised(one_bank: Bank, more: int) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)

    answer = patch(one_bank, phone, sha256, (0, JPEG + bytes(more)))

    assert (answer.status_code, answer.json["code"]) == (413, "attachment_too_large")
    assert partials(one_bank) == []


def test_it_takes_a_thousand_tiny_pieces(one_bank: Bank) -> None:
    data = JPEG[:1000]
    phone, sha256 = named(one_bank, data), sha256_hex(data)

    statuses = {
        patch(one_bank, phone, sha256, (at, data[at : at + 1])).status_code for at in range(1000)
    }

    assert statuses == {204}
    assert kept(one_bank, data) == data


def test_it_writes_once_what_many_send_at_once(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    pieces = [(at, JPEG[at : at + 2048]) for at in range(0, len(JPEG), 2048)]

    with ThreadPoolExecutor(8) as pool:
        for piece in pieces[:-1]:
            sent = [pool.submit(patch, one_bank, phone, sha256, piece) for _ in range(8)]
            statuses = sorted(each.result().status_code for each in sent)
            assert statuses == [204] + [409] * 7
        last = [pool.submit(patch, one_bank, phone, sha256, pieces[-1]) for _ in range(8)]
        assert {each.result().status_code for each in last} <= {204, 409}

    assert kept(one_bank, JPEG) == JPEG
    assert partials(one_bank) == []


def test_it_takes_no_new_photo_of_a_phone_that_sent_too_many(
    one_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = JPEG + b"another"
    phone = named(one_bank, other, named(one_bank, JPEG))
    monkeypatch.setattr(uploads, "DEVICE_BYTES_A_DAY_MAX", len(JPEG) + 100)
    patch(one_bank, phone, sha256_hex(JPEG), (0, JPEG))

    refused = patch(one_bank, phone, sha256_hex(other), (0, other))
    one_bank.clock.pass_minutes(25 * 60)

    assert (refused.status_code, refused.json["code"]) == (429, "photos_too_many")
    assert patch(one_bank, phone, sha256_hex(other), (0, other)).status_code == 204


def test_it_holds_i24_no_photo_is_seen_from_another_branch(one_bank: Bank) -> None:
    named(one_bank, JPEG)
    with one_bank.app.app_context():
        create_branch("other", code="13", name="他社", institution="信用社", contact_phone="1")
        stranger = NewStaff(
            id="officer-9", name="某人", username="nine", password=PASSWORD, roles=("collector",)
        )
        add_staff("other", stranger)
        code = issue_code("other", "officer-9", issued_by="officer-9", minutes=10)
    phone = Phone(DeviceKey(), one_bank.world())
    phone.absorb_enrolment(one_bank.http.post("/v1/enrol", data=phone.enrol_request(code)).data)

    assert head(one_bank, phone, sha256_hex(JPEG)).status_code == 404
    assert patch(one_bank, phone, sha256_hex(JPEG), (0, JPEG)).status_code == 404
    assert one_bank.rows(Attachment)[0].state == "promised"


def test_it_tells_a_busy_disk_to_come_again(
    one_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)

    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    answer = patch(one_bank, phone, sha256, (0, JPEG))
    monkeypatch.undo()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    offset = int(head(one_bank, phone, sha256).headers["Upload-Offset"])
    patch(one_bank, phone, sha256, (offset, JPEG[offset:]))
    assert kept(one_bank, JPEG) == JPEG
