"""/v1/attachments/<sha256>: photos in pieces (tus 1.0.0 and its checksum), after their events.

Method: an officer's phone names a photo by its hash and syncs; then pieces are sent, and what the
server says it has is compared with what lies there. tests/hostile sends the wrong ones.
"""

from __future__ import annotations

import os

from server.db import transaction
from server.services.attachments import attachment_path
from server.services.uploads import PARTIAL_DAYS_MAX, forget_partials
from server.tables import Attachment
from sync.canonical import sha256_hex
from tests.photos import JPEG, TEXT, head, kept, named, partials, patch
from tests.small_bank import BRANCH, ZHANG_MIN, Bank


def test_it_takes_a_photo_in_pieces_and_says_how_far_it_is(bank: Bank) -> None:
    phone, sha256 = named(bank, JPEG), sha256_hex(JPEG)

    before = head(bank, phone, sha256)
    first = patch(bank, phone, sha256, (0, JPEG[:4000]))
    between = head(bank, phone, sha256)
    second = patch(bank, phone, sha256, (4000, JPEG[4000:]))
    after = head(bank, phone, sha256)

    assert [each.headers["Upload-Offset"] for each in (before, first, between, second, after)] == [
        *("0", "4000", "4000", str(len(JPEG)), str(len(JPEG)))
    ]
    assert (first.status_code, second.status_code, after.status_code) == (204, 204, 200)
    assert after.headers["Upload-Length"] == str(len(JPEG))
    assert after.headers["Cache-Control"] == "no-store"
    assert "Doorstep-State" not in between.headers
    assert (after.headers["Doorstep-State"], after.data) == ("stored", b"")
    assert kept(bank, JPEG) == JPEG
    assert partials(bank) == []


def test_it_notes_when_a_photo_was_promised_and_when_it_came(bank: Bank) -> None:
    phone = named(bank, JPEG)
    promised = bank.clock.now
    bank.clock.pass_minutes(90)

    patch(bank, phone, sha256_hex(JPEG), (0, JPEG))

    (row,) = bank.rows(Attachment)
    assert (row.state, row.reason) == ("stored", None)
    assert (row.promised_at_ms, row.stored_at_ms) == (promised, promised + 90 * 60_000)


def test_it_keeps_what_is_no_picture_apart(bank: Bank) -> None:
    phone = named(bank, TEXT)

    answer = patch(bank, phone, sha256_hex(TEXT), (0, TEXT))

    assert answer.headers["Doorstep-State"] == "quarantined"
    assert [(row.state, row.reason) for row in bank.rows(Attachment)] == [
        ("quarantined", "not_an_image")
    ]
    assert kept(bank, TEXT) == TEXT


def test_it_keeps_one_object_for_the_same_photo_of_two_phones(one_bank: Bank) -> None:
    li_wei, zhang_min = named(one_bank, JPEG), named(one_bank, JPEG, one_bank.phone(ZHANG_MIN))
    sha256 = sha256_hex(JPEG)
    patch(one_bank, zhang_min, sha256, (0, JPEG[:100]))

    patch(one_bank, li_wei, sha256, (0, JPEG))

    assert head(one_bank, zhang_min, sha256).headers["Doorstep-State"] == "stored"
    again = patch(one_bank, zhang_min, sha256, (100, JPEG[100:]))
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, str(len(JPEG)))
    assert len(one_bank.rows(Attachment)) == 1


def test_it_says_when_a_photo_lies_in_a_backup(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    patch(one_bank, phone, sha256, (0, JPEG))
    assert "Doorstep-Archived" not in head(one_bank, phone, sha256).headers

    archive(one_bank)

    assert head(one_bank, phone, sha256).headers["Doorstep-Archived"] == "1"


def archive(bank: Bank) -> None:
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="archive") as tx:
        for row in bank.rows(Attachment):
            tx.session.merge(row).archived = True


def test_it_goes_on_after_the_server_was_killed(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    patch(one_bank, phone, sha256, (0, JPEG[:5000]))
    (path,) = partials(one_bank)
    path.write_bytes(JPEG)  # the last piece was flushed; the kill came before the move

    assert head(one_bank, phone, sha256).headers["Doorstep-State"] == "stored"
    assert kept(one_bank, JPEG) == JPEG


def test_it_finds_the_bytes_again_when_the_database_was_restored(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    with one_bank.app.app_context():
        path = attachment_path(BRANCH, sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(JPEG)

    assert head(one_bank, phone, sha256).headers["Doorstep-State"] == "stored"
    assert one_bank.rows(Attachment)[0].state == "stored"


def test_it_asks_again_for_bytes_that_the_disk_has_lost(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    patch(one_bank, phone, sha256, (0, JPEG))
    with one_bank.app.app_context():
        attachment_path(BRANCH, sha256).unlink()

    assert head(one_bank, phone, sha256).headers["Upload-Offset"] == "0"
    assert patch(one_bank, phone, sha256, (0, JPEG)).headers["Doorstep-State"] == "stored"
    assert kept(one_bank, JPEG) == JPEG


def test_it_forgets_what_nobody_went_on_with_for_sixty_days(one_bank: Bank) -> None:
    phone, sha256 = named(one_bank, JPEG), sha256_hex(JPEG)
    patch(one_bank, phone, sha256, (0, JPEG[:5000]))
    (path,) = partials(one_bank)

    def after(days: int) -> int:
        then = one_bank.clock.now / 1000 - days * 86_400
        os.utime(path, (then, then))
        with one_bank.app.app_context():
            return forget_partials()

    assert (after(PARTIAL_DAYS_MAX - 1), after(PARTIAL_DAYS_MAX + 1)) == (0, 1)
    assert head(one_bank, phone, sha256).headers["Upload-Offset"] == "0"
    assert one_bank.rows(Attachment)[0].state == "promised"


def test_it_tells_what_it_can_do(one_bank: Bank) -> None:
    answer = one_bank.http.options(f"/v1/attachments/{'0' * 64}")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "checksum"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256"
    assert answer.headers["Tus-Max-Size"] == str(512 * 1024)
