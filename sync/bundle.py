"""A bundle that somebody else carries: its layout, what stands inside, and its way as text.

Whoever carries one sees a random id, how many records and how many bytes; docs/courier.md has the
layout. Sealing and opening need a cipher and are done outside (server/seal.py, device/seal.ts).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.base64url import from_base64url, to_base64url
from sync.canonical import strict_json
from sync.problems import Problem

MAGIC = b"DOOR"
VERSION = 1
BUNDLE, ANSWER = 1, 2

ID_BYTES, KEY_ID_BYTES, POINT_BYTES, NONCE_BYTES, CHECK_BYTES = 16, 8, 65, 12, 8
TAG_BYTES = 16

BUNDLE_BYTES_MAX = 512_000
# Two weeks of field days are some 1.4 MB of JSON; what is larger is a bomb.
PLAIN_BYTES_MAX = 4 * 1024 * 1024
BATCHES_MAX = 100

BUNDLE_INFO = b"doorstep bundle 1"
ANSWER_INFO = b"doorstep acknowledgement 1"

_COMMON = len(MAGIC) + 2 + ID_BYTES
_BUNDLE_HEAD = _COMMON + 4 + KEY_ID_BYTES + POINT_BYTES + NONCE_BYTES
_ANSWER_HEAD = _COMMON + NONCE_BYTES
_TEXT = "doorstep:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The outside of a bundle. count: the records inside, as the phone says that made it.

    key_id  The first 8 bytes of SHA-256 of the server's point that it is sealed to.
    point   The ephemeral public point, uncompressed.
    """

    id: bytes
    count: int
    key_id: bytes
    point: bytes
    nonce: bytes
    sealed: bytes = b""

    @property
    def head(self) -> bytes:
        """Everything before the ciphertext: it is authenticated with it."""
        return (
            _common(BUNDLE, self.id)
            + self.count.to_bytes(4)
            + self.key_id
            + self.point
            + self.nonce
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outside of a sealed acknowledgement; id is that of its bundle."""

    id: bytes
    nonce: bytes
    sealed: bytes = b""

    @property
    def head(self) -> bytes:
        """Everything before the ciphertext: it is authenticated with it."""
        return _common(ANSWER, self.id) + self.nonce


@dataclass(frozen=True, slots=True)
class Content:
    """What a phone puts into a bundle, after its mark was checked: batches as on the wire."""

    device: str
    made_at: int
    batches: tuple[Mapping[str, Any], ...]


def key_id(point: bytes) -> bytes:
    """The name of a server's key, from its public point."""
    return hashlib.sha256(point).digest()[:KEY_ID_BYTES]


def write(thing: Bundle | Answer) -> bytes:
    """The bytes that travel: head, ciphertext, and the start of the SHA-256 of both."""
    data = thing.head + thing.sealed
    return data + hashlib.sha256(data).digest()[:CHECK_BYTES]


def read_bundle(data: bytes) -> Bundle:
    """The parts of a bundle. Refuses `bundle_invalid` and `bundle_damaged`."""
    body = _checked(data, BUNDLE, _BUNDLE_HEAD)
    parts = _split(body[_COMMON:], (4, KEY_ID_BYTES, POINT_BYTES, NONCE_BYTES))
    count, server_key, point, nonce, sealed = parts
    return Bundle(
        id=_id(data),
        count=int.from_bytes(count),
        key_id=server_key,
        point=point,
        nonce=nonce,
        sealed=sealed,
    )


def read_answer(data: bytes) -> Answer:
    """The parts of an acknowledgement. Refuses `bundle_invalid` and `bundle_damaged`."""
    nonce, sealed = _split(_checked(data, ANSWER, _ANSWER_HEAD)[_COMMON:], (NONCE_BYTES,))
    return Answer(id=_id(data), nonce=nonce, sealed=sealed)


def looks_like_bundle(data: bytes) -> bool:
    """Does it begin as a bundle of ours does, whatever became of the rest?"""
    return data[: _COMMON - ID_BYTES] == _common(BUNDLE, b"")


def pack_content(content: Content, secret: bytes) -> bytes:
    """What is sealed: a line of JSON and its mark with the secret of enrolment, as raw deflate."""
    told = {
        "v": VERSION,
        "device": content.device,
        "made_at": content.made_at,
        "batches": list(content.batches),
    }
    line = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    return deflate(line + b"\n" + mark(secret, line).encode())


def open_content(plain: bytes) -> tuple[Content, bytes, str]:
    """The content, the line it stood in, and the mark to check. Refuses `bundle_unreadable`."""
    line, _, told_mark = inflate(plain).partition(b"\n")
    try:
        told = strict_json(line.decode())
        device, made_at, batches = told["device"], told["made_at"], told["batches"]
        is_good = told["v"] == VERSION and isinstance(device, str) and isinstance(made_at, int)
    except (ValueError, KeyError, TypeError):
        raise Problem("bundle_unreadable", rule="content") from None
    if not is_good or not isinstance(batches, list) or len(batches) > BATCHES_MAX:
        raise Problem("bundle_unreadable", rule="content")
    if not all(isinstance(batch, Mapping) for batch in batches):
        raise Problem("bundle_unreadable", rule="batches")
    return Content(device, made_at, tuple(batches)), line, told_mark.decode(errors="replace")


def mark(secret: bytes, line: bytes) -> str:
    """HMAC-SHA256 with the secret of enrolment, hex: who holds it made the line."""
    return hmac.new(secret, line, hashlib.sha256).hexdigest()


def mark_holds(secret: bytes, line: bytes, told: str) -> bool:
    """Is this the mark of the line?"""
    return told.isascii() and hmac.compare_digest(mark(secret, line), told)


def deflate(plain: bytes) -> bytes:
    """Raw deflate, without any header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(plain) + packer.flush()


def inflate(packed: bytes) -> bytes:
    """The plain bytes, at most 4 MiB. Refuses `bundle_unreadable`."""
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(packed, PLAIN_BYTES_MAX)
    except zlib.error:
        raise Problem("bundle_unreadable", rule="deflate") from None
    if not unpacker.eof or unpacker.unused_data:
        raise Problem("bundle_unreadable", rule="deflate")
    return plain


def to_text(data: bytes) -> str:
    """A bundle or an acknowledgement as the text of a file, for phones share text most easily."""
    return f"{_TEXT}{to_base64url(data)}\n"


def from_file(data: bytes) -> bytes:
    """The bytes of a file, whether it holds them as they are or as text."""
    if data[: len(MAGIC)] == MAGIC:
        return data
    text = "".join(data.decode("ascii", errors="replace").split()).removeprefix("\ufeff")
    found = from_base64url(text.removeprefix(_TEXT)) if text.startswith(_TEXT) else None
    return data if found is None else found


def _common(kind: int, bundle_id: bytes) -> bytes:
    return MAGIC + bytes([VERSION, kind]) + bundle_id


def _checked(data: bytes, kind: int, head: int) -> bytes:
    if data[: _COMMON - ID_BYTES] != _common(kind, b""):
        raise Problem("bundle_invalid")
    body, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
    is_whole = len(body) >= head + TAG_BYTES
    if not is_whole or hashlib.sha256(body).digest()[:CHECK_BYTES] != check:
        raise Problem("bundle_damaged")
    return body


def _id(data: bytes) -> bytes:
    return data[_COMMON - ID_BYTES : _COMMON]


def _split(data: bytes, sizes: tuple[int, ...]) -> list[bytes]:
    parts: list[bytes] = []
    for size in sizes:
        parts.append(data[:size])
        data = data[size:]
    return [*parts, data]
