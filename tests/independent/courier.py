"""Bundles, acknowledgements and moving codes, written from docs/courier.md alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.independent.client import Event, Phone
from tests.independent.codec import Bad, b64, canonical, unb64
from tests.independent.line import Refused, plain

BLOCK_BYTES, BITS = 500, 0xFFFF_FFFF


@dataclass(frozen=True)
class Bundle:
    """The bytes, and what lies inside, batch by batch, for when the acknowledgement comes."""

    data: bytes
    batches: Sequence[Sequence[Event]]

    @property
    def id(self) -> bytes:
        """Its random name."""
        return self.data[6:22]


def _key(secret: bytes, salt: bytes, info: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, info).derive(secret))


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _checked(data: bytes) -> bytes:
    return data + hashlib.sha256(data).digest()[:8]


def seal(phone: Phone, batches: Sequence[Sequence[Event]], server_key: str) -> Bundle:
    """The outbox of a phone, for the server only."""
    told = {
        "v": 1, "device": phone.memory.device, "made_at": phone.now(),
        "batches": [phone.batch(events) for events in batches],
    }  # fmt: skip
    line = canonical(told)
    mark = hmac.new(phone.memory.secret, line, hashlib.sha256).hexdigest()
    server, own = unb64(server_key), ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    far = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server)
    name, nonce = os.urandom(16), os.urandom(12)
    count = sum(map(len, batches)).to_bytes(4, "big")
    head = b"DOOR\x01\x01" + name + count + hashlib.sha256(server).digest()[:8] + point + nonce
    key = _key(own.exchange(ec.ECDH(), far), name, b"doorstep bundle 1" + point + server)
    sealed = key.encrypt(nonce, _deflated(line + b"\n" + mark.encode()), head)
    return Bundle(_checked(head + sealed), batches)


def carry(phone: Phone, data: bytes) -> bytes | None:
    """A colleague's phone brings a bundle; the acknowledgement if the server's mark is good."""
    told = {**phone.proof(data), "Content-Type": "application/octet-stream"}
    answer = phone.send("POST", "/v1/courier", told, data)
    if answer.status not in (200, 202):
        raise Refused(answer.status, answer.body)
    got = json.loads(plain(answer))
    words = f"{got['bundle']}|{got['ack'] or ''}".encode()
    mark = hmac.new(phone.memory.secret, words, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mark, got["mark"]):
        raise Refused("no mark of ours")
    return unb64(got["ack"]) if got["ack"] else None


def open_answer(data: bytes, secret: bytes) -> dict[str, Any]:
    """What an acknowledgement says to the phone that made the bundle."""
    if data[:6] != b"DOOR\x01\x02":
        raise Bad("bundle_invalid")
    if _checked(data[:-8]) != data:
        raise Bad("bundle_damaged")
    key = _key(secret, data[6:22], b"doorstep acknowledgement 1")
    text = key.decrypt(data[22:34], data[34:-8], data[:34])
    told: dict[str, Any] = json.loads(zlib.decompressobj(-15).decompress(text))
    return told


def hear(phone: Phone, bundle: Bundle, data: bytes) -> None:
    """Take an acknowledgement in: by hash, and in its epoch."""
    told = open_answer(data, phone.memory.secret)
    if told["bundle"] != bundle.id.hex() or told["epoch"] != phone.memory.epoch:
        return
    for events, runs in zip(bundle.batches, told["took"], strict=True):
        verdicts = [run for run in runs or [] for _ in range(run[0])]
        for event, run in zip(events, verdicts, strict=bool(verdicts)):
            phone.memory.acknowledged.add(event.hash)
            phone.memory.took[event.hash] = run[1:]
    for lane in told["lanes"]:
        phone.hear_lane(lane)


def as_text(data: bytes) -> str:
    """The file."""
    return f"doorstep:{b64(data)}\n"


def from_text(text: str) -> bytes:
    """The bytes of a file, whatever a mail program did to its lines."""
    packed = "".join(text.split())
    if not packed.startswith("doorstep:"):
        raise Bad("bundle_invalid")
    return unb64(packed.removeprefix("doorstep:"))


# Section 5


def _mix(value: int) -> int:
    value ^= value >> 16
    value = value * 0x7FEB352D & BITS
    value ^= value >> 15
    value = value * 0x846CA68B & BITS
    return value ^ value >> 16


def _mask(number: int, blocks: int) -> int:
    """Which blocks are in a frame, bit by bit."""
    if number < blocks:
        return 1 << number
    words = range(-(-blocks // 32))
    mask = sum(_mix((_mix(number) + (word + 1) * 0x9E3779B1) & BITS) << 32 * word for word in words)
    return mask & (1 << blocks) - 1 or 1 << number % blocks


def _cut(length: int) -> tuple[int, int]:
    blocks = -(-length // BLOCK_BYTES)
    return blocks, -(-length // blocks)


def frame(message: bytes, number: int) -> bytes:
    """One picture of the moving code."""
    blocks, size = _cut(len(message))
    mask, data = _mask(number, blocks), 0
    for block in range(blocks):
        if mask >> block & 1:
            part = message[block * size : (block + 1) * size].ljust(size, b"\0")
            data ^= int.from_bytes(part, "big")
    head = b"\xf1" + hashlib.sha256(message).digest()[:4] + len(message).to_bytes(3, "big")
    return head + number.to_bytes(2, "big") + data.to_bytes(size, "big")


def receive(frames: Sequence[bytes]) -> bytes | None:
    """The message of some frames, if they are enough."""
    length = int.from_bytes(frames[0][5:8], "big")
    blocks, size = _cut(length)
    solved: dict[int, tuple[int, int]] = {}
    for one in frames:
        mask, data = (
            _mask(int.from_bytes(one[8:10], "big"), blocks),
            int.from_bytes(one[10:], "big"),
        )
        while mask and mask.bit_length() in solved:
            other = solved[mask.bit_length()]
            mask, data = mask ^ other[0], data ^ other[1]
        if mask:
            solved[mask.bit_length()] = (mask, data)
    if len(solved) < blocks:
        return None
    found: list[int] = []
    for top in range(1, blocks + 1):
        mask, data = solved[top]
        for block, value in enumerate(found):
            data ^= value if mask >> block & 1 else 0
        found.append(data)
    message = b"".join(value.to_bytes(size, "big") for value in found)[:length]
    return message if hashlib.sha256(message).digest()[:4] == frames[0][1:5] else None
