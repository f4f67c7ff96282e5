"""POST /v1/courier: a sealed bundle of somebody else's records, from a colleague or a kiosk."""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, request
from flask_smorest import Blueprint

from server.api.answers import answer, finish
from server.api.body import known_device, read_body
from server.api.endpoint import Form, endpoint
from server.clock import now_ms
from server.guesses import couriers, sender
from server.schemas.courier import CourierAnswerSchema
from server.services.courier import Carrier, Delivered, deliver
from server.services.devices import KnownDevice
from server.services.kept_bundles import NO_BRANCH
from sync.base64url import to_base64url
from sync.bundle import BUNDLE_BYTES_MAX

bp = Blueprint("courier", __name__, description="Records that somebody else carries")
bp.after_request(finish)

BUNDLE = Form(gives=CourierAnswerSchema, media_type="application/octet-stream")
VIA = ("courier", "qr")


@endpoint(bp, "POST", "/courier", BUNDLE)
def post_courier() -> Response:
    """Take in a bundle, and answer with the sealed acknowledgement for the phone that made it.

    200 if it was opened; 202 with a code if it could only be kept, and a person is told. Whoever
    brings it gets no right over what is inside: a device signs, and a kiosk need not, but may come
    only so often.
    """
    data = read_body(BUNDLE_BYTES_MAX)
    device = known_device(data) if "Doorstep-Device" in request.headers else None
    if device is None:
        couriers().pass_once(sender(), now_ms())
    via = request.headers.get("Doorstep-Via", VIA[0])
    carrier = Carrier(
        device_id=device.id if device else None,
        branch_id=device.branch_id if device else NO_BRANCH,
        via=via if via in VIA else VIA[0],
    )
    return _said(deliver(data, carrier), device)


def _said(delivered: Delivered, device: KnownDevice | None) -> Response:
    ack = to_base64url(delivered.answer) if delivered.answer else None
    problem = delivered.problem
    told: dict[str, object] = problem.to_json() if problem else {}
    told |= {"bundle": delivered.id, "ack": ack}
    if device is not None:
        # Status 200 is no proof: a carrier believes what his own secret has marked.
        words = f"{delivered.id}|{ack or ''}".encode()
        told["mark"] = hmac.new(device.ack_secret, words, hashlib.sha256).hexdigest()
    return answer(told, problem.status if problem else 200)
