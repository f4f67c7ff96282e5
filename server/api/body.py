"""Reading the body of a request within limits, and the proof of who sent it."""

from __future__ import annotations

import zlib
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from server.services.devices import KnownDevice, Proof, authenticate
from server.services.raw_inbox import keep_raw
from sync.canonical import strict_json
from sync.problems import Problem

# A field day of 123 events with 25 signatures is some 110 kB; packed twenty times, still no bomb.
PLAIN_BYTES_MAX = 1024 * 1024

_GZIP = 31  # zlib's word for "gzip, largest window"


def read_body(bytes_max: int, *, too_large: str = "body_too_large") -> bytes:
    """The plain bytes of the request. What is too large is refused before it is read whole."""
    # One byte more than the limit: of a body that does not say its length werkzeug reads so
    # much and no more, and says nothing.
    request.max_content_length = bytes_max + 1
    try:
        received = request.get_data(cache=False)
    except RequestEntityTooLarge:
        received = None
    if received is None or len(received) > bytes_max:
        raise Problem(too_large, max_bytes=bytes_max)
    return unpacked(received)


def unpacked(received: bytes) -> bytes:
    """The plain bytes of a body as it came. Refuses `body_not_gzip` and `body_too_large`."""
    if request.headers.get("Content-Encoding", "identity") == "identity":
        return received
    if request.headers["Content-Encoding"].strip().lower() != "gzip":
        raise Problem("body_not_gzip")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(received, PLAIN_BYTES_MAX + 1)
    except zlib.error:
        raise Problem("body_not_gzip") from None
    if len(plain) > PLAIN_BYTES_MAX:
        raise Problem("body_too_large", max_bytes=PLAIN_BYTES_MAX)
    if not unpacker.eof or unpacker.unused_data:
        raise Problem("body_not_gzip")
    return plain


def known_device(body: bytes) -> KnownDevice:
    """The device that signed these bytes. The bytes of a wrong proof are kept: they are evidence.

    Doorstep-Device     The id of the device.
    Doorstep-Signature  Its signature over the plain bytes of the body.
    Doorstep-Resume     Instead of it, from a phone that lost its key: the HMAC with the secret
                        of its enrolment.
    """
    proof = sent_proof()
    try:
        return authenticate(proof, body)
    except Problem as problem:
        is_known = problem.code == "bad_request_signature"
        keep_raw(body, device_id=proof.device_id if is_known else None, error=problem.code)
        raise


def sent_proof() -> Proof:
    """What the headers say of the sender; see known_device."""
    return Proof(
        device_id=request.headers.get("Doorstep-Device", ""),
        signature=request.headers.get("Doorstep-Signature", ""),
        resume=request.headers.get("Doorstep-Resume", ""),
    )


def read_json(body: bytes, schema: Schema, *, device_id: str | None) -> dict[str, Any]:
    """The body as an object of this form. What is not is refused, and kept as it came."""
    try:
        return load_json(body, schema)
    except Problem as problem:
        keep_raw(body, device_id=device_id, error=problem.code)
        raise


def load_json(body: bytes, schema: Schema) -> dict[str, Any]:
    """The body as an object of this form. Refuses `body_not_json` and `request_invalid`."""
    try:
        message = strict_json(body.decode())
    except ValueError:
        raise Problem("body_not_json") from None
    try:
        loaded: dict[str, Any] = schema.load(message)
    except ValidationError as error:
        field, rule = _first_fault(error.messages)
        raise Problem("request_invalid", field=field, rule=rule) from None
    return loaded


def _first_fault(messages: Any, path: str = "") -> tuple[str, str]:
    if isinstance(messages, dict) and messages:
        name, inner = next(iter(messages.items()))
        return _first_fault(inner, f"{path}.{name}".strip(".")[:60])
    first = messages[0] if isinstance(messages, list) and messages else messages
    return path or "body", str(first)
