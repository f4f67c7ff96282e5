"""The fault proxy itself does what it says, so that tests behind it mean something.

Method: a small server of sockets that answers every request with a known body; plain sockets as
clients; what arrives and what is counted are compared.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.network.proxy import FaultProxy

BODY = b"x" * 10_000
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"


def _answer_all(listener: socket.socket, heard: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            data = connection.recv(65536)
            heard.append(data)
            if data:
                try:
                    connection.sendall(HEAD + BODY)
                except OSError:
                    continue


@pytest.fixture
def heard() -> list[bytes]:
    """What the server has heard."""
    return []


@pytest.fixture
def proxy(heard: list[bytes]) -> Iterator[FaultProxy]:
    """A proxy in front of a server that always answers the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_all, args=(listener, heard), daemon=True)
        thread.start()
        with FaultProxy(listener.getsockname()[1]) as proxy:
            yield proxy
        listener.shutdown(socket.SHUT_RDWR)


def ask(proxy: FaultProxy, timeout: float = 10) -> tuple[bytes, bool]:
    """One request over a fresh connection: what came, and whether the connection broke."""
    came = b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=timeout) as client:
        try:
            client.sendall(REQUEST)
            while data := client.recv(65536):
                came += data
                if came == HEAD + BODY:
                    break
        except (ConnectionError, TimeoutError):
            return came, True
    return came, False


def test_it_carries_everything_when_it_is_calm(proxy: FaultProxy) -> None:
    came, broke = ask(proxy)

    assert (came, broke) == (HEAD + BODY, False)
    assert proxy.passed.up == len(REQUEST) and proxy.passed.down == len(HEAD + BODY)
    assert proxy.passed.requests == 1 and proxy.passed.cuts == 0


def test_it_cuts_after_so_many_bytes_of_both_directions(proxy: FaultProxy) -> None:
    proxy.change(cut_after=3000)

    came, _ = ask(proxy)

    assert (HEAD + BODY).startswith(came) and len(came) <= 3000 - len(REQUEST)
    assert proxy.passed.both == 3000
    assert proxy.passed.cuts >= 1


def test_it_is_as_slow_as_the_link(proxy: FaultProxy) -> None:
    proxy.change(down_kbit=160, delay_ms=50)
    start = time.monotonic()

    came, _ = ask(proxy)

    assert came == HEAD + BODY
    assert time.monotonic() - start > 10_000 * 8 / 160_000


@pytest.mark.parametrize("direction", ["up", "down"])
def test_it_swallows_one_direction(proxy: FaultProxy, heard: list[bytes], direction: str) -> None:
    proxy.change(swallow=direction)

    came, broke = ask(proxy, timeout=1)

    assert came == b"" and broke
    assert bool(heard and heard[0]) == (direction == "down")


def test_it_answers_for_the_server_as_a_portal_and_as_a_gateway(
    proxy: FaultProxy, heard: list[bytes]
) -> None:
    proxy.change(portal=True)
    page, _ = ask(proxy)
    proxy.change(error=502)
    refusal, _ = ask(proxy)

    assert page.startswith(b"HTTP/1.1 200") and b"Sign in" in page
    assert refusal.startswith(b"HTTP/1.1 502")
    assert heard == []


def test_it_gives_the_first_answer_again_when_it_caches(
    proxy: FaultProxy, heard: list[bytes]
) -> None:
    proxy.change(caches=True)

    answers = [ask(proxy)[0] for _ in range(3)]

    assert answers == [HEAD + BODY] * 3
    assert len([data for data in heard if data]) == 1
