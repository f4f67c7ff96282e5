"""POST /v1/beacon: how far a phone is, from one whose events cannot travel yet.

Some 250 bytes pass where a batch does not; and should the phone be lost, the branch knows what of.
"""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from server.api.answers import finish
from server.api.body import known_device, read_body, read_json
from server.api.endpoint import Form, endpoint
from server.schemas.exchange import BeaconSchema
from server.services.note_beacon import Word, note_beacon

bp = Blueprint("beacon", __name__, description="The word of a phone about itself")
bp.after_request(finish)

BYTES_MAX = 1024


@endpoint(bp, "POST", "/beacon", Form(takes=BeaconSchema, status=204))
def post_beacon() -> Response:
    """Keep what is new of it; from a revoked phone too, for it may hold somebody's cash."""
    body = read_body(BYTES_MAX)
    device = known_device(body)
    note_beacon(device, Word(read_json(body, BeaconSchema(), device_id=device.id)))
    return Response(status=204)
