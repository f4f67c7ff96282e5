"""How a request gets through a bad line, written from the page alone (sections 4, 10 and 11).

`send` carries one request; what it raises (OSError) or brings half (`Answer.is_whole`) is the
network's doing.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import brotli
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.independent.codec import b64, sha

SMALL_BYTES, PIECE_BYTES, TRIES = 1000, 4096, 40


@dataclass(frozen=True)
class Answer:
    """What came back: the bytes as they travelled, and whether all of them came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True


Send = Callable[[str, str, Mapping[str, str], bytes], Answer]


class Refused(Exception):
    """The server answered, but not with what was asked for."""


class Broken(OSError):
    """The line broke, and too often."""


class Key:
    """A key of P-256."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def point(self) -> str:
        """The public point."""
        public = self._key.public_key()
        return b64(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, data: bytes) -> str:
        """ES256: r and s, 32 bytes each."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@dataclass
class Line:
    """Everything that may be asked, from one device."""

    send: Send
    device: str

    def deliver(self, req_id: str, body: bytes, proof: Mapping[str, str]) -> bytes:
        """The plain answer to a body, over whatever line there is."""
        packed, offset, in_pieces = gzip.compress(body, mtime=0), 0, False
        told = {**proof, "Content-Encoding": "gzip", "Accept-Encoding": "br, gzip"}
        for _ in range(TRIES):
            end = min(len(packed), offset + PIECE_BYTES) if in_pieces else len(packed)
            if len(packed) > SMALL_BYTES:
                told["Doorstep-Upload"] = f"{req_id};{offset};{len(packed)}"
            try:
                answer = self.send("POST", "/v1/sync", told, packed[offset:end])
            except OSError:
                in_pieces, state = True, self._ask(req_id)
            else:
                if answer.status == 200:
                    return self._rest_of(req_id, plain(answer), answer.is_whole)
                if answer.status not in (202, 409):
                    raise Refused(answer.status, answer.body)
                state = json.loads(plain(answer))
            if state and state["answered"]:
                return self._rest_of(req_id, b"", False)
            offset = state["upload_offset"] if state else offset
        raise Broken("the body does not go through")

    def _ask(self, req_id: str) -> dict[str, Any] | None:
        """How much of the body is there; None where nobody answers."""
        told = {"Doorstep-Device": self.device, "Doorstep-Upload": req_id}
        try:
            answer = self.send("GET", "/v1/sync", told, b"")
        except OSError:
            return None
        state: dict[str, Any] = json.loads(plain(answer))
        return state if answer.status == 200 and answer.is_whole else None

    def _rest_of(self, req_id: str, held: bytes, is_whole: bool) -> bytes:
        """The whole plain answer, of which `held` has come."""
        came = b""
        for _ in range(0 if is_whole else TRIES):
            told = {
                "Doorstep-Device": self.device, "Doorstep-Answer": f"{req_id};{len(held)}",
                "Range": f"bytes={len(came)}-",
            }  # fmt: skip
            try:
                answer = self.send("GET", "/v1/answer", told, b"")
            except OSError:
                continue
            if answer.status != 206:
                raise Broken(answer.status, answer.body)
            came += answer.body
            if len(came) == int(answer.headers["doorstep-length"]):
                return held + zlib.decompressobj(-15, zdict=held[-32_768:]).decompress(came)
        if not is_whole:
            raise Broken("the answer does not come through")
        return held

    def upload_photo(self, key: Key, data: bytes, piece: int) -> dict[str, str]:
        """Bring a photo that an event named; the headers of the last answer."""
        path = f"/v1/attachments/{sha(data)}"
        device = {"Doorstep-Device": self.device, "Tus-Resumable": "1.0.0"}
        for _ in range(TRIES):
            told = {**device, "Doorstep-Signature": key.sign(f"HEAD {path}".encode())}
            try:
                answer = self.send("HEAD", path, told, b"")
                while answer.status in (200, 204, 409):
                    if answer.headers.get("doorstep-state") in ("stored", "quarantined"):
                        return dict(answer.headers)
                    if "upload-offset" not in answer.headers:
                        raise Broken("not even the head has come")
                    offset = int(answer.headers["upload-offset"])
                    told = _patch(key, path, offset, data[offset : offset + piece])
                    answer = self.send(
                        "PATCH", path, {**device, **told}, data[offset : offset + piece]
                    )
            except OSError:
                continue
            raise Refused(answer.status, answer.body)
        raise Broken("the photo does not go through")


def _patch(key: Key, path: str, offset: int, piece: bytes) -> dict[str, str]:
    check = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    return {
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {check}",
        "Content-Type": "application/offset+octet-stream",
        "Doorstep-Signature": key.sign(f"PATCH {path} {offset} {check}".encode()),
    }


def plain(answer: Answer) -> bytes:
    """As much of an answer as can be read of what came."""
    how = answer.headers.get("content-encoding")
    if how == "br":
        return bytes(brotli.Decompressor().process(answer.body)) if answer.body else b""
    if how == "gzip":
        return zlib.decompressobj(31).decompress(answer.body)
    return answer.body
