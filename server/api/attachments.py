"""PUT /v1/attachments/<sha256>: the bytes of a photo, after the event that names it."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from server.api.answers import answer, finish
from server.api.body import known_device, read_body
from server.api.endpoint import Form, endpoint
from server.schemas.enrolment import AttachmentSchema
from server.services.attachments import store_attachment

bp = Blueprint("attachments", __name__, description="Photos")
bp.after_request(finish)

BYTES_MAX = 512 * 1024
PHOTO = Form(gives=AttachmentSchema, media_type="image/jpeg")


@endpoint(bp, "PUT", "/attachments/<sha256>", PHOTO)
def put_attachment(sha256: str) -> Response:
    """Keep the bytes of a photo. What is no picture is kept too, and said so."""
    data = read_body(BYTES_MAX, too_large="attachment_too_large")
    row = store_attachment(known_device(data), sha256, data)
    told = {"state": row.state, "reason": row.reason}
    return answer({name: value for name, value in told.items() if value is not None})
