"""The wire form of what a carrier is told."""

from __future__ import annotations

from marshmallow import fields

from server.schemas.enrolment import ProblemSchema


class CourierAnswerSchema(ProblemSchema):
    """The acknowledgement to carry back; or, with status 202, the code why there is none yet."""

    code = fields.String()
    message = fields.String()
    message_en = fields.String()
    next = fields.String()
    next_en = fields.String()
    bundle = fields.String(required=True)
    ack = fields.String(required=True, allow_none=True)
    mark = fields.String()
