"""The envelope of an event, the check of its body, and who may sign a notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sync.books import is_by_bank
from sync.canonical import canonical_bytes, sha256_hex
from sync.capitals import capitals
from sync.fields import Fault, check_fields
from sync.handovers import check_handover
from sync.kinds import FIELDS, version_of
from sync.parts import PARTS
from sync.problems import Problem

# Read from here by everyone who deals with events, though two of them lie in files of their own.
__all__ = ["PARTS", "Envelope", "Fault", "check_body", "may_sign", "signed_too_early"]

ZERO_HASH = "0" * 64
SCHEMA_VERSION = 1  # of the office's own kinds, and of the officers' unless kinds.py says more

# One event as canonical bytes: a signature of 6,000 numbers is 30 kB, a notice text 12 kB.
EVENT_BYTES_MAX = 64 * 1024

OFFICER_KINDS = tuple(FIELDS)
OFFICE_KINDS = (
    "master.imported",
    "sweep.published",
    "case.reassigned",
    "book.issued",
    "cash.counted",
    "cash.deposited",
    "day.closed",
    "evidence.reviewed",
    "report.issued",
    "report.corrected",
    "device.enrolled",
    "device.revoked",
    "assist.requested",
    "service.requested",
    "plan.noted",
    "unit.merged",
    "staff.added",
    "book.moved",
    "quarantine.resolved",
    "core.matched",
    "core.exception_settled",
    "core.exported",
    "sheet.prepared",
    "sheet.audited",
    "sheet.released",
    "book.returned",
    "book.suspended",
    "book.hole_explained",
    "export.made",
    "deposit.extended",
    "custody.item_moved",
    "void.decided",
    "reversal.asked",
    "reversal.decided",
    "credit.refunded",
    "transfer.cleared",
    "transfer.bounced",
)

_ANCHOR = {"tick": "int:0", "mac": "hex:16"}
_ENVELOPE: dict[str, object] = {
    "v": "int:1:1",
    "lane": "hex:32",
    "seq": "int:1",
    "prev": "hex:64",
    "kind": "id",
    "sv": "int:1:1000000",
    "actor": "id",
    "case?": "id",
    "visit?": "hex:32",
    "subject?": "id",
    "base_rev?": "int:0",
    "anchor?": _ANCHOR,
    "occurred_at": "int",
    "tz": "int:-720:840",
    "boot": "int:0",
    "app": "id",
    "body": "object",
}
ENVELOPE_KEYS = tuple(name.removesuffix("?") for name in _ENVELOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event of one lane, exactly what is hashed and signed.

    seq, prev    Position in the lane from 1, and the hash of the event before it.
    occurred_at  The device's claim, ms UTC. Testimony, never altered.
    tz           Minutes east of UTC on the device: 480 in China.
    base_rev     The as_of tick of the row the officer looked at; anchor: the last tick she held.
    canonical    The bytes that are hashed and signed.
    hash         The identity of the event, computed here and never sent.
    """

    lane: str
    seq: int
    prev: str
    kind: str
    actor: str
    occurred_at: int
    boot: int
    app: str
    body: Mapping[str, object]
    case: str | None = None
    visit: str | None = None
    subject: str | None = None
    base_rev: int | None = None
    anchor: Mapping[str, object] | None = None
    tz: int = 480
    sv: int = SCHEMA_VERSION
    v: int = 1
    canonical: bytes = field(init=False, repr=False, compare=False)
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        said = self.to_json()
        faults = check_fields(_ENVELOPE, said)
        if faults:
            raise Problem("envelope_invalid", field=faults[0].field, rule=faults[0].rule)
        object.__setattr__(self, "canonical", canonical_bytes(said))
        object.__setattr__(self, "hash", sha256_hex(self.canonical))

    def to_json(self) -> dict[str, object]:
        """The envelope as it is hashed: exactly the keys of ENVELOPE_KEYS."""
        return {key: getattr(self, key) for key in ENVELOPE_KEYS}

    @classmethod
    def from_json(cls, mapping: Mapping[str, object]) -> Envelope:
        """Read an envelope. Refuses `envelope_invalid` for its shape, never for its body."""
        wrong = sorted(set(mapping) ^ set(ENVELOPE_KEYS))
        if wrong:
            raise Problem("envelope_invalid", field=wrong[0][:40], rule="keys_exactly")
        values: dict[str, Any] = dict(mapping)
        return cls(**values)


assert {item.name for item in fields(Envelope)} == {*ENVELOPE_KEYS, "canonical", "hash"}


def check_body(
    kind: str, sv: int, body: Mapping[str, object], bytes_max: int | None = None
) -> list[Fault]:
    """Every fault of a body, the deciding one first. An empty list means that it can be applied.

    bytes_max  It has so many bytes at most, if that is known already; else they are counted.

    What has happened is not refused: the reason of the first fault is the reason for quarantine.
    Only the newest version is known here: an older body is put into its words first (upcast.py).
    Rules between fields (parts and total, words and figures) are asked only of whole fields.
    """
    if kind not in FIELDS or sv != version_of(kind):
        return [Fault("kind", f"{kind}/{sv}", "known_kind", "schema_unknown")]
    if bytes_max is None or bytes_max > EVENT_BYTES_MAX:
        bytes_max = len(canonical_bytes(body))
    if bytes_max > EVENT_BYTES_MAX:
        return [Fault("body", None, "event_bytes_max", "body_invalid")]
    faults = check_fields(FIELDS[kind], body)
    if not faults and kind in _BETWEEN_FIELDS:
        faults = _BETWEEN_FIELDS[kind](body)
    return sorted(faults, key=lambda fault: fault.reason != "amount_invalid")


def may_sign(
    signer_role: str,
    *,
    lives_here: bool,
    adult: bool,
    relation: str | None,
    addressee_role: str = "borrower",
) -> bool:
    """May this person receive the notice with effect for its addressee?

    诉讼时效规定 (法释〔2020〕17号) art. 8(2): the addressee himself; an adult relative living with
    him, the relation written down; a person he authorised. A guarantor signs his own notice only.
    A neighbour never.
    """
    if signer_role == "adult_relative":
        return lives_here and adult and bool(relation)
    if signer_role == "authorised_person":
        return adult
    if addressee_role == "guarantor":
        return signer_role == "guarantor"
    return signer_role in ("debtor", "co_borrower")


def signed_too_early(made_on: str, signed_on: str) -> bool:
    """True if a notice was signed on a day before it was made: a blank form signed in advance."""
    return signed_on < made_on


def _check_receipt(body: Mapping[str, object]) -> list[Fault]:
    amount, parts = body["amount_fen"], [body[f"{part}_fen"] for part in PARTS]
    assert isinstance(amount, int)
    total = sum(part for part in parts if isinstance(part, int))
    if total != amount:
        return [Fault("amount_fen", amount, "parts_sum_to_amount", "parts_mismatch")]
    if body["words"] != capitals(amount):
        return [Fault("words", body["words"], "words_say_the_amount", "body_invalid")]
    if is_by_bank(body) and body["evidence_no"] is None:
        return [Fault("evidence_no", None, "transfer_has_evidence", "body_invalid")]
    return []


def _check_notice(body: Mapping[str, object]) -> list[Fault]:
    if sha256_hex(str(body["text"]).encode()) != body["text_hash"]:
        return [Fault("text_hash", body["text_hash"], "hash_of_text", "body_invalid")]
    return []


_BETWEEN_FIELDS: dict[str, Callable[[Mapping[str, object]], list[Fault]]] = {
    "cash.receipt": _check_receipt,
    "custody.handed": check_handover,
    "custody.taken": check_handover,
    "notice.made": _check_notice,
}
