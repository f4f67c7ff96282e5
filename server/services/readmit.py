"""A phone comes back to a server that was restored to a day before it was enrolled.

At its enrolment it was given a ticket: what the server must know of it, sealed with the secret of
the installation, which lies in every backup. Whoever can open it made it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import select

from server.db import Tx, transaction
from server.keys import installation_secret
from server.services import feed, office_events
from server.services.devices import Proof, is_proved_by
from server.tables import Branch, Device, DeviceKey, Lane, Staff
from sync.base64url import from_base64url, to_base64url
from sync.canonical import canonical_bytes
from sync.events import ZERO_HASH
from sync.problems import Problem

_FIELDS = frozenset(
    ("branch", "device", "officer", "lane", "code", "alg", "public_key", "ack_secret", "at")
)

log = logging.getLogger(__name__)


def issue_ticket(device: Device, lane: Lane) -> str:
    """The ticket of a device and its first lane, as base64url."""
    told = {
        "branch": device.branch_id,
        "device": device.id,
        "officer": device.officer_id,
        "lane": lane.id,
        "code": lane.code,
        "alg": device.alg,
        "public_key": device.public_key,
        "ack_secret": device.ack_secret,
        "at": device.enrolled_at_ms,
    }
    return to_base64url(_cipher().encrypt(canonical_bytes(told), None))


def readmit(ticket: str, proof: Proof, body: bytes) -> None:
    """Make the phone of this ticket a device again, as it was; nothing if it is one already.

    Refuses `ticket_invalid` for what is no ticket of ours or of another device, and
    `bad_request_signature` unless the phone proves itself with the key or secret of the ticket.
    """
    told = _open(ticket)
    if told is None or told["device"] != proof.device_id:
        raise Problem("ticket_invalid")
    secret = from_base64url(told["ack_secret"]) or b""
    if not is_proved_by(told["public_key"], secret, proof, body):
        raise Problem("bad_request_signature")
    with transaction(told["branch"], actor=told["officer"], cause="readmit") as tx:
        office_events.branch_lane(tx)  # one phone at a time, as at an enrolment
        if tx.session.get(Device, (tx.branch_id, told["device"])) is not None:
            return
        if tx.session.get(Staff, (tx.branch_id, told["officer"])) is None:
            raise Problem("ticket_invalid")
        _make_again(tx, told)
        log.error("device %s is admitted again by its ticket", told["device"])


def _open(ticket: str) -> dict[str, Any] | None:
    raw = from_base64url(ticket)
    if raw is None:
        return None
    try:
        plain = _cipher().decrypt(raw, None)
    except (InvalidTag, ValueError):
        return None
    told: dict[str, Any] = json.loads(plain)
    assert set(told) == _FIELDS, "a ticket says what issue_ticket wrote"
    return told


def _make_again(tx: Tx, told: dict[str, Any]) -> None:
    if tx.session.get(Branch, tx.branch_id) is None:
        raise Problem("ticket_invalid")
    device = Device(
        branch_id=tx.branch_id, id=told["device"], officer_id=told["officer"], alg=told["alg"],
        public_key=told["public_key"], ack_secret=told["ack_secret"], status="active",
        enrolled_at_ms=told["at"], revoked_at_ms=None, last_seen_at_ms=None,
    )  # fmt: skip
    key = DeviceKey(
        branch_id=tx.branch_id, device_id=device.id, from_seq=1, alg=device.alg,
        public_key=device.public_key,
    )  # fmt: skip
    tx.session.add_all([device, key])
    if tx.session.get(Lane, (tx.branch_id, told["lane"])) is None:
        lane = Lane(
            branch_id=tx.branch_id, id=told["lane"], code=_free_code(tx, told["code"]),
            device_id=device.id, officer_id=device.officer_id, head_seq=0, head_hash=ZERO_HASH,
            archived_seq=0,
        )  # fmt: skip
        tx.session.add(lane)
    body = {name: told[name] for name in ("device", "officer", "lane", "alg", "public_key")}
    event = body | {"lane_code": told["code"]}
    office_events.record(tx, "device.enrolled", event, actor=device.officer_id)
    feed.touch_me(tx, device.officer_id)
    feed.touch_phone_holders(tx)  # all may check what it signs


def _free_code(tx: Tx, code: str) -> str:
    """The code it had, unless another phone was given it meanwhile: codes are for people only."""
    taken = set(tx.session.scalars(select(Lane.code).where(Lane.branch_id == tx.branch_id)))
    while code in taken:
        code += "R"
    return code


def _cipher() -> AESSIV:
    """The same ticket for the same phone, whenever it is asked for: SIV needs no nonce."""
    return AESSIV(hashlib.sha512(b"ticket|" + installation_secret()).digest())
