"""POST /v1/sync: what a phone has for us, and what we have for the phone, in one round trip."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.api.answers import accepts, answer, encoded, finish
from server.api.body import known_device, read_body, read_json, unpacked
from server.api.endpoint import Form, endpoint
from server.api.pieces import HEADER, WrongOffset, asked_progress, progress_of, receive_piece
from server.clock import now_ms
from server.keys import running_settings
from server.schemas.exchange import SyncSchema, UploadSchema
from server.services.devices import KnownDevice
from server.services.give_out import Given, give_out
from server.services.note_beacon import Word, note_beacon
from server.services.packed_pages import finished, packed_page
from server.services.raw_inbox import keep_raw
from server.services.take_in import take_in
from server.services.wire_files import Upload, keep_answer
from sync.answer import NO_PAGE, write_page, write_tail
from sync.problems import Problem
from sync.pull import Wish
from sync.push import Batch, read_batch
from sync.runs import took

bp = Blueprint("sync", __name__, description="The exchange of a phone with its branch")
bp.after_request(finish)

# What is shorter comes as fast as the question where it was left.
KEPT_BYTES_MIN = 1024

LINES: dict[str, object] = {
    "type": "string",
    "description": "Three lines: Page or null, Envelope, HMAC-SHA256 of both in hex",
}
SYNC = Form(takes=SyncSchema, gives=LINES, gives_type="text/plain")


@endpoint(bp, "POST", "/sync", SYNC)
def post_sync() -> Response:
    """Take in a batch of events, each with a verdict, and give out a page of the feed.

    The answer is 200 even if every event is quarantined, for they have all happened. One bad
    event never holds back the rest. Only a body that is no batch is refused, and is kept. With
    Doorstep-Upload the body is a piece; 202 asks for the rest, 409 says where to go on.
    """
    bytes_max = running_settings().request_bytes_max
    try:
        upload = receive_piece(bytes_max)
    except WrongOffset as wrong:
        return answer(wrong.to_json(), wrong.status)
    if upload is None:
        return _exchange(read_body(bytes_max), None)
    if not upload.is_whole:
        return answer(progress_of(upload).to_json(), 202)
    try:
        return _exchange(unpacked(upload.read()), upload)
    except Problem:
        upload.drop()
        raise


@endpoint(bp, "GET", "/sync", Form(gives=UploadSchema))
def get_sync() -> Response:
    """How much of a body in pieces has come, and whether it has been answered."""
    return answer(asked_progress().to_json())


def _exchange(body: bytes, upload: Upload | None) -> Response:
    device = known_device(body)
    message = read_json(body, SyncSchema(), device_id=device.id)
    if upload is not None and upload.req_id != message["req_id"]:
        raise Problem("request_invalid", field=HEADER, rule="req_id_of_body")
    batch = _read_batch(message["push"], body, device)
    word = Word(message["beacon"], message["incidents"])
    outcome = take_in(device, batch, word) if batch else None
    if outcome is None:
        note_beacon(device, word)
    given = give_out(device, Wish(**message["pull"]) if message["pull"] else None)
    envelope = {
        "req_id": message["req_id"],
        "epoch": given.epoch,
        "now": now_ms(),
        "anchor": {"tick": given.tick, "mac": given.anchor_mac},
        "lanes": given.lanes,
        "took": took(outcome.results) if outcome else None,
        "error": given.error,
    }
    return _respond(device, given, envelope, upload)


def _respond(
    device: KnownDevice, given: Given, envelope: dict[str, object], upload: Upload | None
) -> Response:
    """The three lines, kept if they are long or their question was."""
    packed = _tightly_packed(device, given)
    line = packed[0] if packed else write_page(given.page) if given.page else NO_PAGE
    tail = write_tail(line, envelope, device.ack_secret)
    plain = line + b"\n" + tail
    if upload is not None or len(plain) > KEPT_BYTES_MIN:
        keep_answer(device.id, str(envelope["req_id"]), plain)
    if upload is not None:
        upload.drop()
    response = Response(plain, mimetype="text/plain")
    return encoded(response, finished(packed[1], tail), "br") if packed else response


def _tightly_packed(device: KnownDevice, given: Given) -> tuple[bytes, bytes] | None:
    """The page from the cache, if it is a whole scope and the phone unpacks brotli."""
    page = given.page
    is_whole = page is not None and page.reset and page.complete
    return packed_page(device, page) if page and is_whole and accepts("br") else None


def _read_batch(push: dict[str, Any] | None, body: bytes, device: KnownDevice) -> Batch | None:
    if push is None:
        return None
    try:
        return read_batch(push)
    except Problem as problem:
        keep_raw(body, device_id=device.id, error=problem.code)
        raise
