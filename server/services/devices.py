"""Which device a request comes from, by its signature or by the secret of its enrolment."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from server.clock import now_ms
from server.db import snapshot
from server.device_key import verify
from server.tables import Device
from sync.base64url import from_base64url
from sync.problems import Problem

# "Last seen" is for a person; a write for every empty sync would cost more than it tells.
SEEN_EVERY_MS = 10 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """The device that a request comes from, after its proof was checked.

    is_resumed  Proved by the secret of enrolment instead of the key: a wiped phone comes back.
    """

    branch_id: str
    id: str
    officer_id: str
    ack_secret: bytes
    is_revoked: bool
    is_resumed: bool
    last_seen_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a request brought: the device it names, and a signature or the mark of the secret."""

    device_id: str
    signature: str
    resume: str


def authenticate(proof: Proof, body: bytes) -> KnownDevice:
    """The device that these bytes come from. A revoked one is known too: what it holds is kept.

    Refuses `device_unknown` and `bad_request_signature`.
    """
    with snapshot() as session:
        row = session.scalar(select(Device).where(Device.id == proof.device_id))
    if row is None:
        raise Problem("device_unknown")
    secret = from_base64url(row.ack_secret)
    assert secret is not None, "the secret was written by the enrolment"
    if not is_proved_by(row.public_key, secret, proof, body):
        raise Problem("bad_request_signature")
    return _known(row, secret, is_resumed=bool(proof.resume))


def vouched(device_id: str, holds: Callable[[bytes], bool]) -> KnownDevice | None:
    """The device of this id, if something holds that only its secret of enrolment can have made.

    Nobody may be at the line: a bundle is carried by somebody else.
    """
    with snapshot() as session:
        row = session.scalar(select(Device).where(Device.id == device_id))
    secret = from_base64url(row.ack_secret) if row else None
    if row is None or secret is None or not holds(secret):
        return None
    return _known(row, secret, is_resumed=True)


def _known(row: Device, secret: bytes, *, is_resumed: bool) -> KnownDevice:
    return KnownDevice(
        branch_id=row.branch_id,
        id=row.id,
        officer_id=row.officer_id,
        ack_secret=secret,
        is_revoked=row.status != "active",
        is_resumed=is_resumed,
        last_seen_at_ms=row.last_seen_at_ms,
    )


def require_device(device_id: str) -> None:
    """Somebody names a device of ours; it is not proved. Refuses `device_unknown`."""
    with snapshot() as session:
        if session.scalar(select(Device.id).where(Device.id == device_id)) is None:
            raise Problem("device_unknown")


def is_proved_by(public_key: str, secret: bytes, proof: Proof, body: bytes) -> bool:
    """Does the proof hold with this key, or with this secret of enrolment?"""
    if not proof.resume:
        return verify(public_key, body, proof.signature)
    mark = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return proof.resume.isascii() and hmac.compare_digest(mark, proof.resume)


def is_seen_lately(device: KnownDevice) -> bool:
    """It was here a moment ago, and that is written down."""
    last = device.last_seen_at_ms
    return last is not None and now_ms() - last < SEEN_EVERY_MS
