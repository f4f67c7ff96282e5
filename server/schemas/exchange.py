"""The wire form of an exchange. Shape is checked here; meaning is checked in sync/."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from sync.canonical import INT_MAX, canonical_bytes
from sync.digest import BUCKETS
from sync.problems import Problem
from sync.pull import PROJECTION

HEX_32 = validate.Regexp(r"\A[0-9a-f]{32}\Z")
HEX_16 = validate.Regexp(r"\A[0-9a-f]{16}\Z")
INTEGER = validate.Range(min=-INT_MAX, max=INT_MAX)
WHOLE = validate.Range(min=0, max=INT_MAX)
BUCKET = validate.Regexp(r"\A([0-9a-f]{16})?\Z")
CURSOR_CHARS_MAX = 300
# There are some ten types of rows; 16 of them make 80 kB of bucket digests, before they are packed.
TYPES_MAX = 16
TYPE_CHARS_MAX = 32
PROJECTIONS_MAX = 1_000_000
INCIDENTS_MAX = 20
DETAILS_BYTES_MAX = 2048


def check_details(details: Mapping[str, object]) -> None:
    """The details of an incident are kept as canonical JSON: they must have one, and be short."""
    try:
        size = len(canonical_bytes(details))
    except Problem as problem:
        raise ValidationError(str(problem.details["rule"])) from None
    if size > DETAILS_BYTES_MAX:
        raise ValidationError(f"bytes_max_{DETAILS_BYTES_MAX}")


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


class BeaconSchema(Schema):
    """The word of a phone about its lane: how far it is, and the cash in the officer's hand."""

    class Meta:
        unknown = RAISE

    lane = fields.String(required=True, validate=HEX_32)
    head_seq = fields.Integer(required=True, strict=True, validate=WHOLE)
    head_hash = fields.String(required=True, validate=HEX_16)
    hand_fen = fields.Integer(required=True, strict=True, validate=INTEGER)
    at = fields.Integer(required=True, strict=True, validate=INTEGER)


class IncidentSchema(Schema):
    """Something that went wrong on a phone, and that a person should know."""

    class Meta:
        unknown = RAISE

    kind = fields.String(required=True, validate=validate.Regexp(r"\A[a-z][a-z0-9_]{0,63}\Z"))
    details = fields.Dict(keys=fields.String(), required=True, validate=check_details)
    at = fields.Integer(required=True, strict=True, validate=INTEGER)


class SyncSchema(Schema):
    """One exchange. The push part is read by sync.push.read_batch, which rebuilds its hashes."""

    class Meta:
        unknown = RAISE

    req_id = fields.String(required=True, validate=HEX_32)
    sent_at = fields.Integer(required=True, strict=True)
    push = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    pull = fields.Nested(PullSchema, required=True, allow_none=True)
    beacon = fields.Nested(BeaconSchema, load_default=None, allow_none=True)
    incidents = fields.List(
        fields.Nested(IncidentSchema),
        load_default=list,
        validate=validate.Length(max=INCIDENTS_MAX),
    )


class AnchorSchema(Schema):
    """The newest tick, with the server's mark for this device."""

    tick = fields.Integer(required=True)
    mac = fields.String(required=True)


class LanePrefixesSchema(Schema):
    """A lane of the device, and where its prefixes end: stored, in a backup, settled."""

    lane = fields.String(required=True)
    head_seq = fields.Integer(required=True)
    head_hash = fields.String(required=True)
    archived_seq = fields.Integer(required=True)
    settled_seq = fields.Integer(required=True)
    settled_hash = fields.String(required=True)


class EnvelopeSchema(Schema):
    """The second line of an answer. took: runs of [count, verdict, reason, needs, is_repeat]."""

    req_id = fields.String(required=True)
    epoch = fields.String(required=True)
    now = fields.Integer(required=True)
    anchor = fields.Nested(AnchorSchema, required=True)
    lanes = fields.List(fields.Nested(LanePrefixesSchema), required=True)
    took = fields.List(fields.List(fields.Raw()), required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class PackedSchema(Schema):
    """Records as columns: how many, which table each is in, and the tables."""

    n = fields.Integer(required=True)
    order = fields.List(fields.Integer(), required=True)
    tables = fields.List(fields.List(fields.Raw()), required=True)


class PageSchema(Schema):
    """The first line of an answer: a page of the feed, or null.

    rows      Packed objects of etype, eid, tick, op, row.
    verdicts  [lane, runs of [from, to, hash16, tick, verdict, reason, needs]].
    alone     [hash, tick, verdict, reason, needs] of events beside the chain.
    """

    reset = fields.Boolean(required=True)
    cursor = fields.String(required=True)
    complete = fields.Boolean(required=True)
    rows = fields.Nested(PackedSchema, required=True)
    verdicts = fields.List(fields.List(fields.Raw()), required=True)
    alone = fields.List(fields.List(fields.Raw()), required=True)
    digest = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, allow_none=True
    )
    repair = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Integer()),
        required=True,
        allow_none=True,
    )


class UploadSchema(Schema):
    """How much of a body has come, and whether its answer can be fetched."""

    upload_offset = fields.Integer(required=True)
    answered = fields.Boolean(required=True)
