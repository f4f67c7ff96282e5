"""A phone becomes a device of an officer: a code from the supervisor, used once."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import Tx, snapshot, transaction
from server.device_key import check_public_key
from server.keys import installation_secret, random_bytes, server_key
from server.services import feed, office_events
from server.services.installation import epoch
from server.services.readmit import issue_ticket
from server.services.waiting_books import bind_waiting_books
from server.stores.lanes import next_code
from server.tables import Branch, Device, DeviceKey, EnrolCode, Lane, Staff
from sync.base64url import to_base64url
from sync.crockford import encode_code, normal_code, show_code
from sync.events import ZERO_HASH
from sync.problems import Problem

CODE_BYTES = 5
ACK_SECRET_BYTES = 32
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhone:
    """What a phone says when it enrols. Its private key stays where it was made."""

    code: str
    alg: str
    public_key: str
    lane: str


def issue_code(branch_id: str, officer_id: str, *, issued_by: str, minutes: int) -> str:
    """A new code for one phone of an officer, as people read it: XXXX-XXXX."""
    code = encode_code(random_bytes(CODE_BYTES))
    with transaction(branch_id, actor=issued_by, cause="issue_code") as tx:
        tx.session.add(
            EnrolCode(
                branch_id=branch_id,
                code_hash=_hash(code),
                officer_id=officer_id,
                issued_by=issued_by,
                issued_at_ms=tx.now_ms,
                expires_at_ms=tx.now_ms + minutes * MINUTE_MS,
                used_by_device=None,
            )
        )
    return show_code(code)


def enrol(phone: NewPhone) -> dict[str, object]:
    """Make the phone a device with a lane of its own, and say what it must keep.

    Refuses a code that is unknown, expired or used. The same phone asking again while the code
    lives gets the same answer, for the first one may have been lost on the way.
    """
    check_public_key(phone.alg, phone.public_key)
    code_hash = _hash(normal_code(phone.code))
    with snapshot() as session:
        branch_id = session.scalar(
            select(EnrolCode.branch_id).where(EnrolCode.code_hash == code_hash)
        )
    if branch_id is None:
        raise Problem("code_unknown")
    with transaction(branch_id, actor="enrolment", cause="enrol") as tx:
        office_events.branch_lane(tx)  # the branch enrols one phone at a time
        code = tx.session.get_one(EnrolCode, (branch_id, code_hash), with_for_update=True)
        if code.used_by_device is None:
            _check_life(code)
            device = _make_device(tx, code, phone)
        else:
            device = _same_phone_again(tx.session, code, phone)
        return _answer(tx.session, device)


def _check_life(code: EnrolCode) -> None:
    if code.expires_at_ms <= now_ms():
        raise Problem("code_expired")


def _same_phone_again(session: Session, code: EnrolCode, phone: NewPhone) -> Device:
    device = session.get_one(Device, (code.branch_id, code.used_by_device))
    lane = session.get(Lane, (code.branch_id, phone.lane))
    is_same = device.public_key == phone.public_key and lane and lane.device_id == device.id
    if not is_same or code.expires_at_ms <= now_ms():
        raise Problem("code_used")
    return device


def _make_device(tx: Tx, code: EnrolCode, phone: NewPhone) -> Device:
    if tx.session.get(Lane, (tx.branch_id, phone.lane)) is not None:
        raise Problem("lane_taken", lane=phone.lane)
    device = Device(
        branch_id=tx.branch_id,
        id=random_bytes(16).hex(),
        officer_id=code.officer_id,
        alg=phone.alg,
        public_key=phone.public_key,
        ack_secret=to_base64url(random_bytes(ACK_SECRET_BYTES)),
        status="active",
        enrolled_at_ms=tx.now_ms,
        revoked_at_ms=None,
        last_seen_at_ms=None,
    )
    tx.session.add_all([device, _first_key(device)])
    lane_code = next_code(tx.session, tx.branch_id)
    tx.session.add(
        Lane(
            branch_id=tx.branch_id,
            id=phone.lane,
            code=lane_code,
            device_id=device.id,
            officer_id=device.officer_id,
            head_seq=0,
            head_hash=ZERO_HASH,
            archived_seq=0,
        )
    )
    code.used_by_device = device.id
    _record(tx, device, phone.lane, lane_code)
    bind_waiting_books(tx, device.officer_id, phone.lane)
    return device


def _first_key(device: Device) -> DeviceKey:
    return DeviceKey(
        branch_id=device.branch_id,
        device_id=device.id,
        from_seq=1,
        alg=device.alg,
        public_key=device.public_key,
    )


def _record(tx: Tx, device: Device, lane_id: str, lane_code: str) -> None:
    body = {
        "device": device.id,
        "officer": device.officer_id,
        "lane": lane_id,
        "lane_code": lane_code,
        "alg": device.alg,
        "public_key": device.public_key,
    }
    office_events.record(tx, "device.enrolled", body, actor=device.officer_id)
    feed.touch_phone_holders(tx)  # all may check what the new phone signs
    feed.touch_me(tx, device.officer_id)


def _answer(session: Session, device: Device) -> dict[str, object]:
    session.flush()
    branch = session.get_one(Branch, device.branch_id)
    officer = session.get_one(Staff, (device.branch_id, device.officer_id))
    lane = session.scalars(
        select(Lane).where(
            Lane.branch_id == device.branch_id,
            Lane.device_id == device.id,
            Lane.replaces.is_(None),
        )
    ).one()
    return {
        "device": device.id,
        "lane": {"id": lane.id, "code": lane.code},
        "officer": {"id": officer.id, "name": officer.name},
        "branch": {"id": branch.branch_id, "name": branch.name},
        "ack_secret": device.ack_secret,
        "server_key": server_key(),
        "ticket": issue_ticket(device, lane),
        "epoch": epoch(session),
        "now": now_ms(),
    }


def _hash(code: str) -> str:
    """What is kept of a code: nobody who reads the database can enrol with it."""
    words = f"enrol|{code}".encode()
    return hmac.new(installation_secret(), words, hashlib.sha256).hexdigest()
