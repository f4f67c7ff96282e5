"""POST /v1/sync: what a phone has for us, and what we have for the phone, in one round trip."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.api.answers import answer, finish
from server.api.body import known_device, read_body, read_json
from server.api.endpoint import Form, endpoint
from server.clock import now_ms
from server.keys import running_settings
from server.schemas.exchange import SyncAnswerSchema, SyncSchema
from server.services.devices import KnownDevice, note_seen
from server.services.give_out import Given, give_out
from server.services.raw_inbox import keep_raw
from server.services.take_in import take_in
from sync.anchor import ack_mac
from sync.problems import Problem
from sync.pull import Wish
from sync.push import Batch, Outcome, Result, read_batch

bp = Blueprint("sync", __name__, description="The exchange of a phone with its branch")
bp.after_request(finish)


@endpoint(bp, "POST", "/sync", Form(takes=SyncSchema, gives=SyncAnswerSchema))
def post_sync() -> Response:
    """Take in a batch of events, each with a verdict, and give out a page of the feed.

    The answer is 200 even if every event is quarantined, for they have all happened. One bad
    event never holds back the rest. Only a body that is no batch is refused, and is kept.
    """
    body = read_body(running_settings().request_bytes_max)
    device = known_device(body)
    message = read_json(body, SyncSchema(), device_id=device.id)
    batch = _read_batch(message["push"], body, device)
    outcome = take_in(device, batch) if batch else None
    note_seen(device)
    given = give_out(device, Wish(**message["pull"]) if message["pull"] else None)
    return answer(
        {
            "req_id": message["req_id"],
            "epoch": given.epoch,
            "now": now_ms(),
            "anchor": {"tick": given.tick, "mac": given.anchor_mac},
            "ack": _ack(device, batch, outcome, (given.epoch, message["req_id"])),
            "verdicts": [_verdict(result) for result in outcome.results] if outcome else [],
            "pull": _page(given),
        }
    )


def _read_batch(push: dict[str, Any] | None, body: bytes, device: KnownDevice) -> Batch | None:
    if push is None:
        return None
    try:
        return read_batch(push)
    except Problem as problem:
        keep_raw(body, device_id=device.id, error=problem.code)
        raise


def _ack(
    device: KnownDevice, batch: Batch | None, outcome: Outcome | None, tail: tuple[str, str]
) -> dict[str, object] | None:
    if batch is None or outcome is None or outcome.head is None:
        return None
    seq, head_hash = outcome.head.seq, outcome.head.hash
    return {
        "lane": batch.lane,
        "head_seq": seq,
        "head_hash": head_hash,
        "mac": ack_mac(device.ack_secret, batch.lane, seq, head_hash, tail),
    }


def _verdict(result: Result) -> dict[str, object]:
    said = result.verdict
    told: dict[str, object] = {"seq": result.seq, "hash": result.hash, "verdict": said.verdict}
    if result.is_repeat:
        told |= {"verdict": "duplicate", "first": said.verdict}
    if said.reason is not None:
        told["reason"] = said.reason
    if said.needs is not None:
        told["needs"] = said.needs
    return told


def _page(given: Given) -> dict[str, object] | None:
    """A revoked device is told so in the pull part; what it pushed has been stored."""
    if given.error is not None:
        return {"error": given.error}
    return given.page.to_json() if given.page else None
