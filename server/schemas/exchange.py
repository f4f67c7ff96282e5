"""The wire form of an exchange. Shape is checked here; meaning is checked in sync/."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from sync.digest import BUCKETS
from sync.pull import PROJECTION

HEX_32 = validate.Regexp(r"\A[0-9a-f]{32}\Z")
BUCKET = validate.Regexp(r"\A([0-9a-f]{16})?\Z")
CURSOR_CHARS_MAX = 300
# There are some ten types of rows; 16 of them make 80 kB of bucket digests, before they are packed.
TYPES_MAX = 16
TYPE_CHARS_MAX = 32
PROJECTIONS_MAX = 1_000_000


class PullSchema(Schema):
    """What a phone asks for: the feed from a cursor, a page of about so many bytes."""

    class Meta:
        unknown = RAISE

    cursor = fields.String(
        required=True, allow_none=True, validate=validate.Length(max=CURSOR_CHARS_MAX)
    )
    limit_bytes = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    projection = fields.Integer(
        load_default=PROJECTION, strict=True, validate=validate.Range(min=1, max=PROJECTIONS_MAX)
    )
    repair = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=TYPE_CHARS_MAX)),
        values=fields.List(fields.String(validate=BUCKET), validate=validate.Length(equal=BUCKETS)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=TYPES_MAX),
    )


class SyncSchema(Schema):
    """One exchange. The push part is read by sync.push.read_batch, which rebuilds its hashes."""

    class Meta:
        unknown = RAISE

    req_id = fields.String(required=True, validate=HEX_32)
    sent_at = fields.Integer(required=True, strict=True)
    push = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    pull = fields.Nested(PullSchema, required=True, allow_none=True)


class AnchorSchema(Schema):
    """The newest tick, with the server's mark for this device."""

    tick = fields.Integer(required=True)
    mac = fields.String(required=True)


class AckSchema(Schema):
    """The end of the lane's contiguous prefix, marked with the secret of the enrolment."""

    lane = fields.String(required=True)
    head_seq = fields.Integer(required=True)
    head_hash = fields.String(required=True)
    mac = fields.String(required=True)


class VerdictSchema(Schema):
    """What became of an event; `first` is the verdict that a repeat had at first."""

    seq = fields.Integer()
    hash = fields.String(required=True)
    verdict = fields.String(
        required=True, validate=validate.OneOf(["applied", "duplicate", "parked", "quarantined"])
    )
    first = fields.String()
    reason = fields.String()
    needs = fields.String()
    tick = fields.Integer()


class FeedRowSchema(Schema):
    """One row that changed, or that left the officer's scope."""

    etype = fields.String(required=True)
    eid = fields.String(required=True)
    tick = fields.Integer(required=True)
    op = fields.String(required=True, validate=validate.OneOf(["upsert", "evict"]))
    row = fields.Dict(required=True, allow_none=True)


class PageSchema(Schema):
    """A page of the feed; `error` stands alone when there is none for this device."""

    error = fields.String()
    reset = fields.Boolean()
    rows = fields.List(fields.Nested(FeedRowSchema))
    verdicts = fields.List(fields.Nested(VerdictSchema))
    cursor = fields.String()
    complete = fields.Boolean()
    digest = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    repair = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Integer()), allow_none=True
    )


class SyncAnswerSchema(Schema):
    """The answer to an exchange. A phone believes no acknowledgement without its mac."""

    req_id = fields.String(required=True)
    epoch = fields.String(required=True)
    now = fields.Integer(required=True)
    anchor = fields.Nested(AnchorSchema, required=True)
    ack = fields.Nested(AckSchema, required=True, allow_none=True)
    verdicts = fields.List(fields.Nested(VerdictSchema), required=True)
    pull = fields.Nested(PageSchema, required=True, allow_none=True)
