"""Bodies in pieces: what arrives is kept, also when the connection breaks in the middle.

Doorstep-Upload: req_id;offset;total   The body is bytes from `offset` on of a packed body of
`total` bytes. docs/protocol.md section 10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import request

from server.services.devices import require_device
from server.services.wire_files import Upload, kept_answer
from sync.problems import Problem

HEADER = "Doorstep-Upload"

_REQ_ID = re.compile(r"[0-9a-f]{32}")
_PIECE = re.compile(r"([0-9a-f]{32});(0|[1-9][0-9]{0,8});([1-9][0-9]{0,8})")

# Read at a time: of a line that stands still so much at most is not on the disk yet.
READ_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a body has come, and whether its answer can be fetched."""

    upload_offset: int
    answered: bool

    def to_json(self) -> dict[str, object]:
        """As it travels."""
        return {"upload_offset": self.upload_offset, "answered": self.answered}


class WrongOffset(Problem):
    """The piece does not begin where the body goes on; the phone is told where."""

    def __init__(self, progress: Progress) -> None:
        super().__init__("piece_offset_wrong", upload_offset=progress.upload_offset)
        self.progress = progress

    def to_json(self) -> dict[str, object]:
        """The refusal, and with it the place to go on from."""
        return {**super().to_json(), **self.progress.to_json()}


def receive_piece(bytes_max: int) -> Upload | None:
    """Keep the piece that this request brings; None if its body is no piece.

    Refuses `request_invalid`, `body_too_large`, `device_unknown` and `piece_offset_wrong`.
    """
    if HEADER not in request.headers:
        return None
    found = _PIECE.fullmatch(request.headers[HEADER])
    if found is None:
        raise Problem("request_invalid", field=HEADER, rule="req_id;offset;total")
    offset, total = int(found[2]), int(found[3])
    if total > bytes_max:
        raise Problem("body_too_large", max_bytes=bytes_max)
    if offset + (request.content_length or 0) > total:
        raise Problem("request_invalid", field=HEADER, rule="offset_within_total")
    upload = Upload(_device_id(), found[1], total)
    require_device(upload.device_id)
    upload.begin()
    if offset != upload.offset:
        raise WrongOffset(progress_of(upload))
    _keep_body(upload, offset)
    return upload


def asked_progress() -> Progress:
    """How far the body of the request that is named in the header has come."""
    req_id = request.headers.get(HEADER, "")
    if not _REQ_ID.fullmatch(req_id):
        raise Problem("request_invalid", field=HEADER, rule="req_id")
    return progress_of(Upload(_device_id(), req_id, 0))


def progress_of(upload: Upload) -> Progress:
    """How much there is, and whether it has been answered."""
    is_answered = kept_answer(upload.device_id, upload.req_id) is not None
    return Progress(upload.offset, is_answered)


def _keep_body(upload: Upload, at: int) -> None:
    """All that arrives, until the body ends or the connection does.

    The stream is read as the server gives it: the framework's own refuses a body that is shorter
    than it said, and here such a body is a broken line and its bytes are dear.
    """
    stream = request.environ["wsgi.input"]
    length = request.content_length
    left = upload.total - at if length is None else length
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return
    while left > 0:
        try:
            data = stream.read(min(left, READ_BYTES))
        except OSError:
            return
        if not data:
            return
        upload.write(at, data)
        at, left = at + len(data), left - len(data)


def _device_id() -> str:
    return request.headers.get("Doorstep-Device", "")
