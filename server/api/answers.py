"""How answers leave: JSON that nobody may keep, packed if the phone can unpack."""

from __future__ import annotations

import gzip
from typing import Any

from flask import Response, jsonify, request

# Below this packing saves less than its own header.
PACK_BYTES_MIN = 600
_LEVEL = 6


def answer(message: Any, status: int = 200) -> Response:
    """An answer to a phone."""
    response = jsonify(message)
    response.status_code = status
    return response


def finish(response: Response) -> Response:
    """After every request of a phone: not kept on the way, not guessed at, and small."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if "gzip" not in request.headers.get("Accept-Encoding", "") or response.is_streamed:
        return response
    plain = response.get_data()
    if len(plain) >= PACK_BYTES_MIN and "Content-Encoding" not in response.headers:
        response.set_data(gzip.compress(plain, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response
