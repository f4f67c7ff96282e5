"""A bundle that somebody else carried here: opened, taken in, and answered for its phone."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.clock import now_ms
from server.db import snapshot
from server.keys import running_settings, sealing_key
from server.seal import seal_answer, unseal
from server.services.devices import KnownDevice, vouched
from server.services.give_out import lanes_of
from server.services.installation import epoch
from server.services.kept_bundles import Came, keep_bundle, note_bundle
from server.services.raw_inbox import keep_raw
from server.services.take_in import take_in
from sync.bundle import (
    Bundle,
    Content,
    deflate,
    looks_like_bundle,
    mark_holds,
    open_content,
    read_bundle,
    write,
)
from sync.problems import Problem
from sync.push import Outcome, read_batch
from sync.runs import took

log = logging.getLogger(__name__)

LANE_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who brought a bundle: a device, or a kiosk (no id, no branch). It gives no rights over it.

    via  courier or qr: how it says it got the bundle.
    """

    device_id: str | None
    branch_id: str
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of a bundle: its sealed acknowledgement, or the code why it was only kept."""

    id: str
    answer: bytes | None
    problem: Problem | None


def deliver(data: bytes, carrier: Carrier) -> Delivered:
    """Take in what is inside a bundle, from whoever brought it, as if its phone had sent it.

    Its phone was not in touch all the same, and has seen nothing of ours: that is not noted.

    What cannot be opened is kept as it came, and a person is told. Again is no change. Refuses
    `bundle_invalid` for what nobody sealed, `courier_full`, and raises Busy.
    """
    if not looks_like_bundle(data):
        raise Problem("bundle_invalid")
    digest = hashlib.sha256(data).hexdigest()
    try:
        bundle, content, device = _opened(data)
    except Problem as problem:
        keep_bundle(data, Came(digest, carrier.device_id, carrier.branch_id), problem.code)
        log.warning("bundle kept sha256=%s code=%s", digest[:16], problem.code)
        return Delivered(id=data[6:22].hex(), answer=None, problem=problem)
    outcomes = [_take(device, batch, carrier.via) for batch in content.batches]
    came = Came(digest, carrier.device_id, device.branch_id)
    note_bundle(came, lane_id=_lane(content), events=_count(outcomes), size=len(data))
    told = _told(device, bundle, outcomes)
    answer = write(seal_answer(device.ack_secret, bundle.id, deflate(told)))
    return Delivered(id=bundle.id.hex(), answer=answer, problem=None)


def _opened(data: bytes) -> tuple[Bundle, Content, KnownDevice]:
    bundle = read_bundle(data)
    try:
        key = sealing_key(running_settings(), bundle.key_id)
    except KeyError:
        raise Problem("bundle_key_unknown") from None
    content, line, told_mark = open_content(unseal(bundle, key))
    device = vouched(content.device, lambda secret: mark_holds(secret, line, told_mark))
    if device is None:
        raise Problem("bundle_unproved")
    return bundle, content, device


def _take(device: KnownDevice, push: Mapping[str, Any], via: str) -> Outcome | None:
    """One batch of the bundle; None if it is no batch, which never holds back the others."""
    try:
        batch = read_batch(push)
    except Problem as problem:
        keep_raw(json.dumps(push).encode(), device_id=device.id, error=problem.code)
        return None
    return take_in(device, batch, via=via)


def _count(outcomes: list[Outcome | None]) -> int:
    return sum(len(outcome.results) for outcome in outcomes if outcome)


def _lane(content: Content) -> str | None:
    """The lane of the first batch, if it is one of ours to write down."""
    lane = content.batches[0].get("lane") if content.batches else None
    return lane if isinstance(lane, str) and len(lane) == LANE_CHARS else None


def _told(device: KnownDevice, bundle: Bundle, outcomes: list[Outcome | None]) -> bytes:
    """What a phone may believe: how far its lanes are, and the verdicts in the order it sent."""
    with snapshot() as session:
        told = {
            "v": 1,
            "bundle": bundle.id.hex(),
            "epoch": epoch(session),
            "now": now_ms(),
            "lanes": lanes_of(session, device),
            "took": [None if outcome is None else took(outcome.results) for outcome in outcomes],
        }
    return json.dumps(told, separators=(",", ":")).encode()
