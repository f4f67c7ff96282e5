"""Connections that break, on real sockets: what came is kept by a real gunicorn.

Method: the server runs as a process; a body is sent over a raw socket that is closed, or reset, in
the middle of it. Then the phone's own transport goes on, with a line that is cut in both
directions, until all is there once.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.rehearsal.line import Line
from sync.client import Phone
from sync.specimens import intention_body, receipt_body
from sync.transport import Parcel, Reply, Request, carry
from tests.sim.server_process import ServerProcess
from tests.small_bank import LI_WEI, Bank

WAIT_SECONDS_MAX = 20


@pytest.fixture
def server(bank: Bank, tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(bank.url, tmp_path)
    process.start()
    yield process
    process.close()


@pytest.fixture
def phone(bank: Bank) -> Phone:
    bank.publish(LI_WEI, ["W1", "W2", "W3"])
    phone = bank.phone()
    for number in range(60):
        note = phone.world.random_bytes(40).hex()  # packs badly, as signatures do
        phone.record("intention.recorded", intention_body(f"W{number % 3 + 1}") | {"note": note})
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    return phone


def parcel_of(phone: Phone) -> Parcel:
    body = phone.build_sync()
    headers = phone.headers(body)
    identity = {"Doorstep-Device": headers.pop("Doorstep-Device")}
    return Parcel(json.loads(body)["req_id"], body, identity, headers)


def send_and_break(server: ServerProcess, parcel: Parcel, count: int, *, reset: bool) -> None:
    """The head of the request and so many bytes of its body, and then nothing more."""
    packed = parcel.packed
    headers = {**parcel.identity, **parcel.proof, "Content-Encoding": "gzip", "Host": "x"}
    headers |= {"Content-Length": str(len(packed))}
    headers |= {"Doorstep-Upload": f"{parcel.req_id};0;{len(packed)}"}
    head = "POST /v1/sync HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(head.encode() + b"\r\n" + packed[:count])
        if reset:
            time.sleep(0.5)  # what was sent is read; a reset throws away what was not
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def offset_of(server: ServerProcess, parcel: Parcel, wanted: int) -> int:
    """How much has come; the server may need a moment to see it."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        headers = {**parcel.identity, "Doorstep-Upload": parcel.req_id}
        offset = json.loads(server.send(Request("GET", "/v1/sync", headers)).body)["upload_offset"]
        if offset == wanted or time.monotonic() > deadline:
            return int(offset)
        time.sleep(0.05)


@pytest.mark.parametrize("reset", [False, True])
def test_it_keeps_what_came_over_a_socket_that_broke(
    bank: Bank, server: ServerProcess, phone: Phone, reset: bool
) -> None:
    parcel = parcel_of(phone)
    count = 2 * 1024 + 500
    assert len(parcel.packed) > count + 500

    send_and_break(server, parcel, count, reset=reset)

    # Of a line that was reset, the piece that was just being read may be lost with it.
    wanted = count // 1024 * 1024 if reset else count
    assert offset_of(server, parcel, wanted) in (wanted, count)
    parcel.is_tried = True
    phone.absorb(carry(server.send, parcel).body)
    assert not phone.unacked
    assert bank.balance(f"hand:{LI_WEI}") == 600_00


def test_it_asks_a_silent_line_whether_it_is_still_there(server: ServerProcess) -> None:
    """Or the threads would one after the other wait for phones behind a mountain."""
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(b"POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        ours = f":{line.getsockname()[1]:04X}"
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        timers: list[str] = []
        while not timers and time.monotonic() < deadline:
            rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
            timers = [row[5][:2] for row in rows if row[2].endswith(ours)]

    assert timers == ["02"], "the kernel runs its keepalive timer for the accepted connection"


class CutLine:
    """Every connection carries so many bytes of a body one way and the other, and breaks."""

    def __init__(self, server: ServerProcess, cut: int) -> None:
        self.server, self.cut, self.breaks, self.carried = server, cut, 0, 0

    def __call__(self, request: Request) -> Reply:
        if len(request.body) > self.cut:
            self._send_some(request)
            self.breaks += 1
            raise ConnectionError("broken on the way up")
        self.carried += len(request.body)
        reply = Line("127.0.0.1", self.server.port)(
            Request(
                request.method,
                request.path,
                {"Accept-Encoding": "identity", **request.headers},
                request.body,
            )
        )
        is_whole = len(reply.body) <= self.cut
        self.breaks += not is_whole
        self.carried += min(self.cut, len(reply.body))
        return Reply(reply.status, reply.body[: self.cut], reply.headers, is_whole)

    def _send_some(self, request: Request) -> None:
        headers = {**request.headers, "Host": "x", "Content-Length": str(len(request.body))}
        head = f"{request.method} {request.path} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection(("127.0.0.1", self.server.port)) as line:
            line.sendall(head.encode() + b"\r\n" + request.body[: self.cut])
        self.carried += self.cut
        time.sleep(0.1)


def test_it_finishes_with_a_break_every_three_kilobytes(
    bank: Bank, server: ServerProcess, phone: Phone
) -> None:
    """Peers: PouchDB starts again and never ends; or says done while records are missing."""
    line = CutLine(server, 3000)
    phone.scope.cursor = None

    phone.sync(line)

    assert phone.is_done and not phone.unacked and not phone.incidents
    assert line.breaks >= 2
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
