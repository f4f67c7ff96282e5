"""Bringing a request to the server, and its whole answer back, over a line that may break anywhere.

docs/protocol.md section 10: bodies go on where they broke off, in small pieces; answers too.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.problems import Problem

# After a break so much is sent at a time: 0.8 s at 40 kbit/s, so that something gets through.
PIECE_BYTES = 4096

# A shorter body is sent whole again: asking how much of it came would cost as much.
WHOLE_BYTES_MAX = 1024

# Breaks in a row that brought nothing on: the line is dead, and the officer is told.
IDLE_MAX = 3

# A page is 1 MiB as a wish, and one tick is never cut.
ANSWER_BYTES_MAX = 64 * 1024 * 1024
DICTIONARY_BYTES = 32_768


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the server; path is such as /v1/sync."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. body is unpacked; is_whole: the connection did not break within it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True


# Raises OSError if the connection broke before an answer began.
Transport = Callable[[Request], Reply]


@dataclass(slots=True)
class Parcel:
    """One request on its way: how far its body is there, and its answer here.

    identity  The headers that name the device; proof those that prove the body.
    events    How many events it carries.
    begun     The plain bytes of the answer that came first; None before any came.
    rest      Compressed bytes of what follows them.
    """

    req_id: str
    body: bytes
    identity: Mapping[str, str]
    proof: Mapping[str, str]
    events: int = 0
    offset: int = 0
    is_tried: bool = False
    begun: bytes | None = None
    rest: bytes = b""
    restarts: int = 0

    @property
    def packed(self) -> bytes:
        """The body as it travels; the same bytes each time."""
        return gzip.compress(self.body, 9, mtime=0)

    @property
    def progress(self) -> tuple[int, int, int]:
        """Grows with everything that gets through."""
        return self.offset, len(self.begun or b""), len(self.rest)

    def start_again(self) -> None:
        """The server has nothing left of it."""
        self.offset, self.begun, self.rest = 0, None, b""
        self.restarts += 1


def carry(transport: Transport, parcel: Parcel) -> Reply:
    """The answer to a parcel, or the refusal of its request, after as many requests as it takes.

    Raises OSError when the line brings nothing on any more; the parcel can be carried on later.
    """
    idle, parcel.restarts = 0, 0
    while parcel.restarts <= IDLE_MAX:
        before = parcel.progress
        try:
            reply = _step(transport, parcel)
        except OSError:
            idle = 0 if parcel.progress > before else idle + 1
            if idle >= IDLE_MAX:
                raise
        else:
            if reply is not None:
                return reply
            idle = 0 if parcel.progress > before else idle + 1
            if idle >= IDLE_MAX:
                break
    raise ConnectionError("the exchange does not go on")


def _step(transport: Transport, parcel: Parcel) -> Reply | None:
    """One request. None: it brought something on, or showed where to go on."""
    if parcel.begun is not None:
        return _fetch_rest(transport, parcel)
    packed = parcel.packed
    if parcel.is_tried and len(packed) > WHOLE_BYTES_MAX:
        return _send_piece(transport, parcel, packed)
    parcel.is_tried = True
    return _sent(transport, parcel, packed, 0)


def _send_piece(transport: Transport, parcel: Parcel, packed: bytes) -> Reply | None:
    """After a break: ask how far the body is, then send a little at a time."""
    reply = transport(
        Request("GET", "/v1/sync", {**parcel.identity, "Doorstep-Upload": parcel.req_id})
    )
    told = _told(reply)
    if told is None:
        return reply if reply.is_whole else None
    if told["answered"]:
        parcel.begun = b""
        return None
    parcel.offset = told["upload_offset"]
    while True:
        end = parcel.offset + PIECE_BYTES
        answered = _sent(transport, parcel, packed[:end], parcel.offset, len(packed))
        if answered is not None or parcel.begun is not None:
            return answered


def _sent(
    transport: Transport, parcel: Parcel, upto: bytes, offset: int, total: int = 0
) -> Reply | None:
    """The body from an offset on. None if it was a piece, or the answer broke off."""
    total = total or len(upto)
    headers = {**parcel.identity, **parcel.proof, "Content-Encoding": "gzip"}
    if total > WHOLE_BYTES_MAX:
        headers["Doorstep-Upload"] = f"{parcel.req_id};{offset};{total}"
    reply = transport(Request("POST", "/v1/sync", headers, upto[offset:]))
    told = _told(reply) if reply.status in (202, 409) else None
    if told is not None:
        parcel.offset = told["upload_offset"]
        parcel.begun = b"" if told["answered"] else None
        return None
    if reply.is_whole or reply.status != 200:
        return reply
    parcel.begun = reply.body
    return None


def _fetch_rest(transport: Transport, parcel: Parcel) -> Reply | None:
    """What is missing of the answer; the parcel starts again if nobody has it."""
    assert parcel.begun is not None
    named = f"{parcel.req_id};{len(parcel.begun)}"
    headers = {**parcel.identity, "Doorstep-Answer": named, "Range": f"bytes={len(parcel.rest)}-"}
    reply = transport(Request("GET", "/v1/answer", headers))
    if reply.status == 404:
        parcel.start_again()
        return None
    if reply.status != 206:
        return reply
    parcel.rest += reply.body
    length = reply.headers.get("Doorstep-Length", "")
    if not length.isdecimal() or len(parcel.rest) < int(length):
        return None
    begun, rest = parcel.begun, parcel.rest
    parcel.start_again()  # what does not fit together is not held against the next try
    return Reply(200, begun + unpack_rest(begun, rest))


def unpack_rest(before: bytes, rest: bytes) -> bytes:
    """The plain bytes that were packed with those before them in mind. Refuses a broken stream."""
    unpacker = zlib.decompressobj(-15, zdict=before[-DICTIONARY_BYTES:])
    try:
        plain = unpacker.decompress(rest, ANSWER_BYTES_MAX)
    except zlib.error:
        raise Problem("answer_not_believed", rule="deflate") from None
    if not unpacker.eof:
        raise Problem("answer_not_believed", rule="deflate")
    return plain


def _told(reply: Reply) -> dict[str, Any] | None:
    """{"upload_offset", "answered"} of a reply that says so; None of any other."""
    try:
        told = json.loads(reply.body)
        offset, is_answered = told["upload_offset"], told["answered"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(offset, int) or offset < 0 or not isinstance(is_answered, bool):
        return None
    return {"upload_offset": offset, "answered": is_answered}
