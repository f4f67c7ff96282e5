"""A phone's outbox as a sealed bundle, for tests: as the phone's own program makes it."""

from __future__ import annotations

from typing import Any

from server.seal import open_answer, seal
from sync.base64url import from_base64url
from sync.bundle import Content, inflate, pack_content, read_answer, write
from sync.canonical import strict_json
from sync.client import Phone
from sync.events import Envelope
from sync.lane import next_batch, pack_batch


def secret_of(phone: Phone) -> bytes:
    """The secret of a phone's enrolment."""
    assert phone.identity
    secret = from_base64url(phone.identity["ack_secret"])
    assert secret
    return secret


def server_point(phone: Phone) -> bytes:
    """The server's key as the phone got it at enrolment."""
    assert phone.identity
    point = from_base64url(phone.identity["server_key"])
    assert point
    return point


def batches(phone: Phone, events: list[Envelope] | None = None) -> list[dict[str, Any]]:
    """Events (if not given: the outbox) as batches of the wire."""
    rest, packed = list(phone.unacked if events is None else events), []
    while rest:
        batch = next_batch(rest)
        packed.append(pack_batch(batch, phone.sigs[batch[-1].hash]))
        rest = rest[len(batch) :]
    return packed


def packed_content(
    phone: Phone, *, pushes: list[dict[str, Any]] | None = None, secret: bytes | None = None
) -> bytes:
    """What is inside a bundle, as it is sealed."""
    assert phone.identity
    content = Content(
        device=phone.identity["device"],
        made_at=phone.world.now_ms(),
        batches=tuple(batches(phone) if pushes is None else pushes),
    )
    return pack_content(content, secret or secret_of(phone))


def bundle_of(phone: Phone, events: list[Envelope] | None = None) -> bytes:
    """A bundle of a phone's outbox, or of these events."""
    pushes = batches(phone, events)
    count = len(phone.unacked if events is None else events)
    return write(seal(server_point(phone), count, packed_content(phone, pushes=pushes)))


def told_by(ack: str, phone: Phone) -> dict[str, Any]:
    """The acknowledgement, opened by the phone that made the bundle."""
    data = from_base64url(ack)
    assert data
    told: dict[str, Any] = strict_json(
        inflate(open_answer(read_answer(data), secret_of(phone))).decode()
    )
    return told
