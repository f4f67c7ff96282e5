"""The connection breaks in the middle of a photo, and what had come is not sent again.

Method: the real server as a process; a socket that says it will send 12,000 bytes, sends fewer
and hangs up; SIGKILL of the server between pieces.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.services.attachments import attachment_path
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.specimens import photo_body
from tests.photos import PIECE, checksum_of, proof
from tests.sim.server_process import ServerProcess
from tests.small_bank import BRANCH, Bank

PHOTO = b"\xff\xd8\xff\xe0" + b"".join(
    hashlib.sha256(bytes([n // 256, n % 256])).digest() for n in range(400)
)


@pytest.fixture
def server(one_bank: Bank, tmp_path: Path) -> Iterator[ServerProcess]:
    """The bank as a process of its own."""
    process = ServerProcess(one_bank.url, tmp_path)
    process.start()
    yield process
    process.close()


def head_lines(phone: Phone, offset: int, data: bytes) -> bytes:
    path, checksum = f"/v1/attachments/{sha256_hex(PHOTO)}", checksum_of(data)
    headers = {
        **proof(phone, f"PATCH {path} {offset} {checksum}"),
        **{"Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {checksum}"},
        **{"Content-Type": PIECE, "Content-Length": str(len(data)), "Host": "branch"},
    }
    lines = [f"PATCH {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def send_and_hang_up(server: ServerProcess, phone: Phone, offset: int, count: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(head_lines(phone, offset, PHOTO[offset:]) + PHOTO[offset : offset + count])


def offset_of(server: ServerProcess, phone: Phone) -> tuple[int, str | None]:
    path = f"/v1/attachments/{sha256_hex(PHOTO)}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("HEAD", path, headers=proof(phone, f"HEAD {path}"))
    answer = connection.getresponse()
    connection.close()
    return int(answer.headers["Upload-Offset"]), answer.headers.get("Doorstep-State")


def wait_for(server: ServerProcess, phone: Phone, offset: int) -> tuple[int, str | None]:
    """What the server says once it has noticed that the line is dead."""
    deadline = time.monotonic() + 10
    while (found := offset_of(server, phone))[0] < offset and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_it_keeps_what_came_before_the_break_and_before_a_kill(
    one_bank: Bank, server: ServerProcess
) -> None:
    phone = one_bank.phone()
    phone.record("attachment.added", photo_body(PHOTO))
    phone.sync(one_bank.send)

    send_and_hang_up(server, phone, 0, 5000)
    assert wait_for(server, phone, 5000) == (5000, None)
    server.kill()
    server.start()
    send_and_hang_up(server, phone, 5000, 3)
    assert wait_for(server, phone, 5003) == (5003, None)
    send_and_hang_up(server, phone, 5003, len(PHOTO) - 5003)
    assert wait_for(server, phone, len(PHOTO)) == (len(PHOTO), "stored")

    with one_bank.app.app_context():
        assert attachment_path(BRANCH, sha256_hex(PHOTO)).read_bytes() == PHOTO
