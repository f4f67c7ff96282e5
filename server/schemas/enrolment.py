"""The wire form of an enrolment."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from server.schemas.exchange import HEX_32


class EnrolSchema(Schema):
    """A phone with a code, its public key (base64url of the point) and the lane it has made."""

    class Meta:
        unknown = RAISE

    code = fields.String(required=True, validate=validate.Length(max=40))
    alg = fields.String(required=True, validate=validate.Length(max=20))
    public_key = fields.String(required=True, validate=validate.Length(max=200))
    lane = fields.String(required=True, validate=HEX_32)
    app = fields.String(required=True, validate=validate.Length(max=64))


class NamedSchema(Schema):
    """An officer or a branch."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class LaneSchema(Schema):
    """The lane as the branch calls it."""

    id = fields.String(required=True)
    code = fields.String(required=True)


class EnrolledSchema(Schema):
    """What the phone keeps from now on."""

    device = fields.String(required=True)
    lane = fields.Nested(LaneSchema, required=True)
    officer = fields.Nested(NamedSchema, required=True)
    branch = fields.Nested(NamedSchema, required=True)
    ack_secret = fields.String(required=True)
    server_key = fields.String(required=True)
    ticket = fields.String(required=True)
    epoch = fields.String(required=True)
    now = fields.Integer(required=True)


class ReadmitSchema(Schema):
    """The ticket of an enrolment that the server has forgotten."""

    class Meta:
        unknown = RAISE

    ticket = fields.String(required=True, validate=validate.Length(max=2000))


class HelloSchema(Schema):
    """Which history the server holds, its clock, and the oldest app it can talk to."""

    epoch = fields.String(required=True)
    now = fields.Integer(required=True)
    app_min = fields.String(required=True)


class ProblemSchema(Schema):
    """The one shape of a refusal: the code, what is so, and the next step."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    message_en = fields.String(required=True)
    next = fields.String(required=True)
    next_en = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), values=fields.String())
