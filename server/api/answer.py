"""GET /v1/answer: what is missing of the last answer, from the byte where the line broke."""

from __future__ import annotations

import re
import zlib

from flask import Response, request
from flask_smorest import Blueprint

from server.api.answers import finish
from server.api.endpoint import Form, endpoint
from server.services.wire_files import kept_answer
from sync.problems import Problem

bp = Blueprint("answer", __name__, description="The rest of an answer that broke off")
bp.after_request(finish)

# As far back as deflate can look.
DICTIONARY_BYTES = 32_768

_ANSWER = re.compile(r"([0-9a-f]{32});(0|[1-9][0-9]{0,8})")
_RANGE = re.compile(r"bytes=(0|[1-9][0-9]{0,8})-")
REST: dict[str, object] = {"type": "string", "format": "binary", "description": "Raw deflate"}


@endpoint(bp, "GET", "/answer", Form(gives=REST, status=206, gives_type="application/octet-stream"))
def get_answer() -> Response:
    """The plain answer from byte `base` on as raw deflate, from compressed byte k on.

    Its dictionary is what the phone holds before `base`. req_id is random and is the right to
    read; 404 means that the request must be sent again.
    """
    found = _ANSWER.fullmatch(request.headers.get("Doorstep-Answer", ""))
    if found is None:
        raise Problem("request_invalid", field="Doorstep-Answer", rule="req_id;base")
    wanted = _RANGE.fullmatch(request.headers.get("Range", "bytes=0-"))
    if wanted is None:
        raise Problem("request_invalid", field="Range", rule="bytes=k-")
    plain = kept_answer(request.headers.get("Doorstep-Device", ""), found[1])
    base, start = int(found[2]), int(wanted[1])
    if plain is None or base > len(plain):
        raise Problem("answer_gone")
    packed = rest_of(plain, base)
    response = Response(packed[start:], 206, mimetype="application/octet-stream")
    response.headers["Doorstep-Length"] = str(len(packed))
    if start < len(packed):
        response.headers["Content-Range"] = f"bytes {start}-{len(packed) - 1}/{len(packed)}"
    return response


def rest_of(plain: bytes, base: int) -> bytes:
    """The bytes from `base` on, packed with those before it in mind. Always the same bytes."""
    before = plain[max(0, base - DICTIONARY_BYTES) : base]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, before)
    return packer.compress(plain[base:]) + packer.flush()
