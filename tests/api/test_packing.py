"""How answers are packed: brotli, gzip, or not; a whole scope once, as tightly as can be.

Method: the same exchange is asked for with each encoding and unpacked by the library, which must
give the same three lines; the kept page is then used by another phone, and made old.
"""

from __future__ import annotations

import gzip
import json
import os
from typing import Any

import brotli
import pytest

from server.services import packed_pages
from server.services.packed_pages import STORED_BYTES_MAX, finished, open_stream
from server.services.wire_files import KEEP_MS, forget_old_files, wire_folder
from sync.client import Phone
from sync.specimens import receipt_body
from tests.small_bank import LI_WEI, Bank
from tests.wire import lines_of


def exchange(bank: Bank, phone: Phone, accept: str, **pull: Any) -> tuple[Any, bytes]:
    """The response of one exchange, and its plain bytes."""
    message = json.loads(phone.build_sync())
    message["pull"] |= pull
    body = json.dumps(message).encode()
    headers = {**phone.headers(body), "Accept-Encoding": accept}
    answer = bank.http.post("/v1/sync", data=body, headers=headers)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    return answer, unpack.get(answer.headers.get("Content-Encoding", ""), bytes)(answer.data)


@pytest.fixture
def phone(one_bank: Bank) -> Phone:
    one_bank.publish(LI_WEI, ["W1", "W2", "W3"])
    return one_bank.phone()


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("*", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("is_reset", [True, False])
def test_it_packs_what_the_phone_unpacks(
    one_bank: Bank, phone: Phone, accept: str, encoding: str | None, is_reset: bool
) -> None:
    changes = {"cursor": None} if is_reset else {}

    answer, plain = exchange(one_bank, phone, accept, **changes)

    assert answer.headers.get("Content-Encoding") == encoding
    page, envelope = lines_of(plain)
    assert page["complete"] and page["reset"] is is_reset
    assert envelope["error"] is None
    if not is_reset:
        phone.absorb(plain)
        assert phone.is_done


def test_it_packs_a_whole_scope_once_for_every_request(
    one_bank: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[int] = []

    def counting(data: bytes) -> bytes:
        packed.append(len(data))
        return open_stream(data)

    monkeypatch.setattr(packed_pages, "open_stream", counting)
    other = one_bank.phone(numbers=0)

    first = exchange(one_bank, phone, "br", cursor=None)[1]
    second = exchange(one_bank, other, "br", cursor=None)[1]

    assert len(packed) == 1, "both phones of an officer see the same page"
    assert lines_of(first)[0]["rows"] == lines_of(second)[0]["rows"]
    assert first != second, "but each answer is its own"
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    phone.sync(one_bank.send)
    third = exchange(one_bank, phone, "br", cursor=None)[1]
    assert lines_of(third)[0]["rows"] != lines_of(first)[0]["rows"]
    assert len(packed) == 2


def test_it_gives_a_page_with_an_older_cursor_only_if_nothing_else_differs(
    one_bank: Bank, phone: Phone
) -> None:
    first, _ = lines_of(exchange(one_bank, phone, "br", cursor=None)[1])
    one_bank.publish("officer-2", ["W4"])  # moves the tick, and nothing that she sees
    second, _ = lines_of(exchange(one_bank, phone, "br", cursor=None)[1])
    loose, _ = lines_of(exchange(one_bank, phone, "gzip", cursor=None)[1])

    assert second == first
    assert loose["rows"] == second["rows"] and loose["cursor"] != second["cursor"]
    phone.scope.cursor = second["cursor"]
    phone.sync(one_bank.send)
    assert phone.is_done and not phone.incidents


def test_it_answers_at_once_while_another_page_is_being_packed(
    one_bank: Bank, phone: Phone
) -> None:
    with packed_pages._packing:
        answer, plain = exchange(one_bank, phone, "br", cursor=None)

    assert answer.headers["Content-Encoding"] == "br"
    assert lines_of(plain)[0]["complete"]
    with one_bank.app.app_context():
        assert not (wire_folder() / "pages").exists()


@pytest.mark.parametrize(
    "size", [0, 1, 7, 255, STORED_BYTES_MAX - 1, STORED_BYTES_MAX, STORED_BYTES_MAX + 1, 200_000]
)
@pytest.mark.parametrize("line", [b"", b"null\n", b"x" * 100_001])
def test_it_finishes_a_stream_with_any_number_of_bytes(line: bytes, size: int) -> None:
    tail = os.urandom(size)

    whole = finished(open_stream(line), tail)

    assert brotli.decompress(whole) == line + tail


def test_it_forgets_what_is_a_day_old(one_bank: Bank, phone: Phone) -> None:
    exchange(one_bank, phone, "br", cursor=None)
    with one_bank.app.app_context():
        folder = wire_folder().parent
    files = [path for path in (folder / "wire").rglob("*") if path.is_file()]
    assert len(files) == 2, "an answer and a page"
    newest = max(path.stat().st_mtime_ns // 1_000_000 for path in files)

    forget_old_files(folder, newest + KEEP_MS - 60_000)
    assert all(path.exists() for path in files)
    forget_old_files(folder, newest + KEEP_MS + 60_000)
    assert not any(path.exists() for path in files)


def test_it_makes_room_for_nobody_elses_files(one_bank: Bank, phone: Phone) -> None:
    """What the phone says of itself is never a name of a file."""
    exchange(one_bank, phone, "br", cursor=None)

    with one_bank.app.app_context():
        names = [path.name for path in wire_folder().rglob("*") if path.is_file()]
    assert names and all(len(name) == 64 and int(name, 16) >= 0 for name in names)
