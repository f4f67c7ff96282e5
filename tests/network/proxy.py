"""A TCP proxy that does to a connection what the country does: between a real client and server.

It runs in a thread of the test, on one port for its whole life, because the origin of a browser's
storage includes the port. `weather` may be changed at any time; connections that are open go on
under the new weather. Everything that passed is counted.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

READ_BYTES = 1024

# A client that reads nothing more must not hold a cut connection open.
CLOSE_SECONDS_MAX = 2

PORTAL = b"<!doctype html><title>Free WLAN</title><h1>Sign in to use this network</h1>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What happens to connections.

    cut_after       A connection ends when so many bytes have passed in both directions; what has
                    passed arrives.
    up_kbit, down_kbit, delay_ms
                    The link: rates shared by all connections, and the time of one way.
    swallow         "up" or "down": that direction is a black hole; bytes vanish, nothing closes.
    portal          A sign-in page answers every request with 200, and the server hears nothing.
    error           The status with which everything is answered by somebody on the way.
    caches          Somebody on the way keeps the first answer to a path and gives it to all.
    closed          Nobody listens: connections are refused.
    """

    cut_after: int | None = None
    up_kbit: float | None = None
    down_kbit: float | None = None
    delay_ms: int = 0
    swallow: str | None = None
    portal: bool = False
    error: int | None = None
    caches: bool = False
    closed: bool = False


CALM = Weather()
EDGE = Weather(up_kbit=40, down_kbit=80, delay_ms=300)


@dataclass(slots=True)
class Passed:
    """What went through, in bytes of TCP payload, headers included."""

    up: int = 0
    down: int = 0
    connections: int = 0
    requests: int = 0
    cuts: int = 0

    @property
    def both(self) -> int:
        """Bytes in both directions."""
        return self.up + self.down


@dataclass(slots=True)
class _Link:
    """One direction of the radio: bytes leave it one after the other, whoever sends them."""

    free_at: float = 0.0

    def leaves_at(self, now: float, count: int, kbit: float | None) -> float:
        """When the last of these bytes has left, in seconds of the loop's clock."""
        if kbit is None:
            return now
        self.free_at = max(now, self.free_at) + count * 8 / (kbit * 1000)
        return self.free_at


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection of the client, with its own to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    passed: int = 0
    kept: bytearray = field(default_factory=bytearray)
    path: bytes = b""
    is_cut: bool = False

    def abort(self) -> None:
        """Break both ends at once, without a farewell."""
        for writer in (self.client, self.server):
            writer.transport.abort()


class FaultProxy:
    """The proxy itself. Use as a context manager."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.weather = CALM
        self.passed = Passed()
        self.on_bytes: Callable[[str, int], None] = lambda direction, total: None
        self.port = 0
        self._cache: dict[bytes, bytes] = {}
        self._links = {"up": _Link(), "down": _Link()}
        self._open: set[_Connection] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def change(self, **weather: object) -> None:
        """Calm weather but for what is given; open connections feel it with their next bytes."""
        self.weather = replace(CALM, **weather)  # type: ignore[arg-type]  # checked by the class

    def reset_counts(self) -> None:
        """Count from zero again."""
        self.passed = Passed()

    def break_all(self) -> None:
        """Break every open connection now."""

        def abort() -> None:
            for connection in list(self._open):
                connection.abort()

        self._loop.call_soon_threadsafe(abort)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for connection in list(self._open):
            connection.abort()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=CLOSE_SECONDS_MAX)
        for task in (left := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the next turn of the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._serve_in(self.weather, reader, writer)
        finally:
            writer.transport.abort()
            await _gone(writer)

    async def _serve_in(
        self, weather: Weather, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if weather.closed:
            return
        self.passed.connections += 1
        if weather.portal or weather.error is not None:
            await self._answer_for_the_server(reader, writer)
            return
        await asyncio.sleep(2 * weather.delay_ms / 1000)  # the handshake
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        connection = _Connection(writer, far_writer)
        self._open.add(connection)
        try:
            up = self._pump("up", connection, reader, far_writer)
            down = self._pump("down", connection, far_reader, writer)
            await asyncio.gather(up, down)
        finally:
            connection.abort()
            self._open.discard(connection)
            await _gone(far_writer)

    async def _answer_for_the_server(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """A portal, or a gateway that has lost the server. It reads the head and answers."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.passed.requests += 1
        self.passed.up += len(head)
        status = self.weather.error or 200
        body = PORTAL
        answer = (
            f"HTTP/1.1 {status} Somebody Else\r\nContent-Type: text/html\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode() + body
        self.passed.down += len(answer)
        writer.write(answer)
        await writer.drain()
        writer.close()
        await _gone(writer)

    async def _pump(
        self,
        direction: str,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Carry one direction until it ends, through the link and the weather."""
        queue: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
        delivery = asyncio.ensure_future(self._deliver(queue, connection, writer))
        try:
            while data := await reader.read(READ_BYTES):
                data = self._counted(direction, connection, data)
                if self.weather.swallow != direction and data:
                    kbit = getattr(self.weather, f"{direction}_kbit")
                    now = self._loop.time()
                    left = self._links[direction].leaves_at(now, len(data), kbit)
                    queue.put_nowait((left + self.weather.delay_ms / 1000, data))
                if self._is_cut(connection):
                    break
        finally:
            queue.put_nowait(None)
            await delivery
        if self._is_cut(connection):
            await self._cut(connection)
        elif not writer.is_closing() and self.weather.swallow != direction:
            with suppress(OSError, RuntimeError):
                writer.write_eof()

    def _counted(self, direction: str, connection: _Connection, data: bytes) -> bytes:
        """What may pass of these bytes, counted; the rest falls to the cut."""
        limit = self.weather.cut_after
        if limit is not None:
            data = data[: max(0, limit - connection.passed)]
        connection.passed += len(data)
        setattr(self.passed, direction, getattr(self.passed, direction) + len(data))
        if direction == "up":
            self.passed.requests += _heads(data)
        if self.weather.caches:
            data = self._through_cache(direction, connection, data)
        self.on_bytes(direction, self.passed.both)
        return data

    async def _cut(self, connection: _Connection) -> None:
        """What has passed arrives; then both ends are on their own."""
        if connection.is_cut:
            return
        connection.is_cut = True
        self.passed.cuts += 1
        for writer in (connection.client, connection.server):
            with suppress(OSError, RuntimeError, TimeoutError):
                writer.close()
                await asyncio.wait_for(writer.wait_closed(), CLOSE_SECONDS_MAX)
        connection.abort()

    def _is_cut(self, connection: _Connection) -> bool:
        limit = self.weather.cut_after
        return limit is not None and connection.passed >= limit

    def _through_cache(self, direction: str, connection: _Connection, data: bytes) -> bytes:
        """Remember the first answer to a request line; give it instead of any later one."""
        if direction == "up":
            if _heads(data):
                connection.path, connection.kept = data.split(b"\r\n", 1)[0], bytearray()
                stored = self._cache.get(connection.path)
                if stored is not None:
                    connection.client.write(stored)
                    return b""
            return b"" if connection.path in self._cache else data
        connection.kept += data
        if connection.path and _is_whole(bytes(connection.kept)):
            self._cache[connection.path] = bytes(connection.kept)
        return data

    async def _deliver(
        self,
        queue: asyncio.Queue[tuple[float, bytes] | None],
        connection: _Connection,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Hand bytes over when the link has carried them."""
        while (item := await queue.get()) is not None:
            at, data = item
            wait = at - self._loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if writer.is_closing():
                return
            with suppress(OSError, RuntimeError):
                writer.write(data)
                await writer.drain()


async def _gone(writer: asyncio.StreamWriter) -> None:
    """Wait until a closed connection is really closed."""
    with suppress(OSError):
        await writer.wait_closed()


def _heads(data: bytes) -> int:
    """How many requests begin in these bytes."""
    return sum(data.startswith(verb) for verb in (b"GET ", b"POST ", b"PATCH ", b"HEAD ", b"PUT "))


def _is_whole(answer: bytes) -> bool:
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False
