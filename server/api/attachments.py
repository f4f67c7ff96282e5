"""/v1/attachments/<sha256>: the bytes of a photo in pieces, as tus 1.0.0 with its checksum.

A phone proves itself by a signature over what it asks, not over the bytes: so a piece whose
connection broke in the middle can be kept as far as it came. In the end the hash decides.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import ClientDisconnected

from server.api.answers import answer, finish
from server.api.endpoint import Form, endpoint
from server.services.devices import KnownDevice, Proof, authenticate
from server.services.uploads import Upload, append_piece, check_quota, upload_of
from sync.problems import Problem

bp = Blueprint("attachments", __name__, description="Photos, resumable: tus 1.0.0")

PATH = "/attachments/<sha256>"
TUS = "1.0.0"
PHOTO_BYTES_MAX = 512 * 1024
PIECE_TYPE = "application/offset+octet-stream"
_READ_BYTES = 4096  # of what arrives; whatever came before a break is kept
_OFFSET = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the headers of a PATCH say: where its bytes belong, and their SHA-256."""

    offset: int
    checksum: str  # as it came: base64

    @property
    def digest(self) -> bytes:
        """The 32 bytes."""
        return base64.b64decode(self.checksum, validate=True)


def speak_tus(response: Response) -> Response:
    """Every answer names the version, the refusals too, and nobody keeps it."""
    response = finish(response)
    response.headers["Tus-Resumable"] = TUS
    if response.status_code == 412:
        response.headers["Tus-Version"] = TUS
    return response


bp.after_request(speak_tus)


@endpoint(bp, "OPTIONS", PATH, Form(status=204))
def options_attachment(sha256: str) -> Response:
    """What this server can do."""
    response = Response(status=204)
    response.headers["Tus-Version"] = TUS
    response.headers["Tus-Extension"] = "checksum"
    response.headers["Tus-Checksum-Algorithm"] = "sha256"
    response.headers["Tus-Max-Size"] = str(PHOTO_BYTES_MAX)
    return response


@endpoint(bp, "HEAD", PATH, Form())
def head_attachment(sha256: str) -> Response:
    """How far a photo has come, whether it is a picture, and whether it lies in a backup."""
    _check_version()
    return _told(upload_of(_proved(f"HEAD /v1/attachments/{sha256}"), sha256), 200)


@endpoint(bp, "PATCH", PATH, Form(status=204, media_type=PIECE_TYPE))
def patch_attachment(sha256: str) -> Response:
    """Keep a piece. 409 says where to go on, 460 that the bytes were changed on the way."""
    _check_version()
    ask = _ask()
    words = f"PATCH /v1/attachments/{sha256} {ask.offset} {ask.checksum}"
    device = _proved(words)
    upload = upload_of(device, sha256)
    if upload.offset != ask.offset:
        return _elsewhere(upload.offset)
    check_quota(device, upload)
    data = _read(upload.size - upload.offset, ask)
    try:
        return _told(append_piece(device, upload, data), 204)
    except Problem as problem:
        if problem.code != "upload_offset_wrong":
            raise
        return _elsewhere(upload_of(device, sha256).offset)


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != TUS:
        raise Problem("upload_version_wrong", version=TUS)


def _ask() -> Ask:
    if request.mimetype != PIECE_TYPE:
        raise Problem("upload_type_wrong", media_type=PIECE_TYPE)
    offset = request.headers.get("Upload-Offset", "")
    if not _OFFSET.fullmatch(offset):
        raise Problem("request_invalid", field="Upload-Offset", rule="whole_number")
    algorithm, _, checksum = request.headers.get("Upload-Checksum", "").partition(" ")
    ask = Ask(int(offset), checksum)
    try:
        is_digest = algorithm == "sha256" and len(ask.digest) == hashlib.sha256().digest_size
    except (binascii.Error, ValueError):
        is_digest = False
    if not is_digest:
        raise Problem("request_invalid", field="Upload-Checksum", rule="sha256_as_base64")
    return ask


def _proved(words: str) -> KnownDevice:
    """The device that signed these words: method, path, and for a piece its place and sum."""
    proof = Proof(
        device_id=request.headers.get("Doorstep-Device", ""),
        signature=request.headers.get("Doorstep-Signature", ""),
        resume=request.headers.get("Doorstep-Resume", ""),
    )
    return authenticate(proof, words.encode())


def _read(bytes_max: int, ask: Ask) -> bytes:
    """The bytes of a piece, checked if they are all there; of a broken connection what came."""
    request.max_content_length = bytes_max + 1  # one more, or werkzeug cuts and says nothing
    announced = request.content_length or 0
    if announced > bytes_max:
        raise Problem("attachment_too_large", max_bytes=bytes_max)
    received = bytearray()
    with suppress(ClientDisconnected, OSError):
        while piece := request.stream.read(_READ_BYTES):
            received += piece
    if len(received) < announced:
        return bytes(received)
    if len(received) > bytes_max:
        raise Problem("attachment_too_large", max_bytes=bytes_max)
    if hashlib.sha256(received).digest() != ask.digest:
        raise Problem("upload_checksum_wrong")
    return bytes(received)


def _told(upload: Upload, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(upload.offset)
    response.headers["Upload-Length"] = str(upload.size)
    if upload.is_whole:
        response.headers["Doorstep-State"] = upload.state
    if upload.is_archived:
        response.headers["Doorstep-Archived"] = "1"
    return response


def _elsewhere(offset: int) -> Response:
    response = answer(Problem("upload_offset_wrong", offset=offset).to_json(), 409)
    response.headers["Upload-Offset"] = str(offset)
    return response
