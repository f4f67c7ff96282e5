"""The lines of an export as values, and the form that each must have (docs/export.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.books import Leg
from sync.verdicts import Verdict

FORMAT = 1
MARK_CHARS = 8  # of the SHA-256 of a line: enough to point at it; the seal is the proof
BLOCKS_MAX = 256  # of lines, whose marks the seal itself holds

_TEXT_OR_NONE = (str, type(None))
_INT_OR_NONE = (int, type(None))
Form = Mapping[str, type | tuple[type, ...]]

# Type of a line -> its fields beside "t", in the order in which the types stand in a file.
FORMS: dict[str, Form] = {
    "export": {
        "format": int,
        "branch": str,
        "epoch": str,
        "tick": int,
        "at_ms": int,
        "office_lane": str,
        "office_alg": str,
        "office_key": str,
    },
    "device": {"id": str, "officer": str, "status": str},
    "lane": {
        "id": str,
        "code": str,
        "device": _TEXT_OR_NONE,
        "officer": _TEXT_OR_NONE,
        "replaces": _TEXT_OR_NONE,
        "head_seq": int,
        "head_hash": str,
        "keys": list,
    },
    "book": {
        "id": str,
        "prefix": str,
        "from_no": int,
        "to_no": int,
        "width": int,
        "lane": _TEXT_OR_NONE,
        "holder": str,
        "state": str,
        "used_to": _INT_OR_NONE,
    },
    "event": {
        "hash": str,
        "lane": str,
        "seq": int,
        "canonical": str,
        "sig": _TEXT_OR_NONE,
        "signature_ok": bool,
        "via": str,
        "sender": _TEXT_OR_NONE,
        "recorded_at": int,
        "effective_at": int,
        "verdicts": list,
        "legs": list,
    },
    "receipt": {
        "event": str,
        "receipt_no": str,
        "book": _TEXT_OR_NONE,
        "loan": str,
        "officer": str,
        "amount_fen": int,
        "principal_fen": int,
        "interest_fen": int,
        "penalty_fen": int,
        "cost_fen": int,
        "method": str,
        "effective_on": str,
        "state": str,
        "counted_by": _TEXT_OR_NONE,
        "handed_to": _TEXT_OR_NONE,
        "posted_on": _TEXT_OR_NONE,
        "posted_by": _TEXT_OR_NONE,
    },
    "count": {
        "event": str,
        "officer": str,
        "cashier": str,
        "day": str,
        "expected_fen": int,
        "counted_fen": int,
        "variance_fen": int,
        "cause": _TEXT_OR_NONE,
        "denominations": dict,
    },
    "close": {
        "event": str,
        "day": str,
        "cashier": str,
        "receipts_fen": int,
        "counted_fen": int,
        "variance_fen": int,
        "deposited_fen": int,
    },
    "report": {"event": str, "report_no": str, "corrects": _TEXT_OR_NONE, "document": str},
    "attachment": {
        "sha256": str,
        "event": str,
        "size": int,
        "media_type": str,
        "role": str,
        "state": str,
    },
    "account": {"account": str, "fen": int},
    "daily": {
        "day": str,
        "opening_fen": int,
        "receipts_fen": int,
        "counted_fen": int,
        "variance_fen": int,
        "deposited_fen": int,
        "closing_fen": int,
    },
    "monthly": {
        "month": str,
        "opening_fen": int,
        "in_fen": int,
        "out_fen": int,
        "closing_fen": int,
        "variance_fen": int,
        "used": int,
        "void": int,
        "days": list,
    },
    "digest": {"lines": int, "marks": list},
    "seal": {"canonical": str, "sig": str},
}
ORDER = {name: place for place, name in enumerate(FORMS)}

# What stands in the lists of a line.
KEY_FORM: Form = {"from_seq": int, "alg": str, "public_key": str}
VERDICT_FORM = (int, str, _TEXT_OR_NONE, _TEXT_OR_NONE, _TEXT_OR_NONE, int, _TEXT_OR_NONE)
LEG_FORM = (str, int, str)

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as the export gives it: its number, its words, and the tick at which it fell."""

    n: int
    verdict: Verdict
    tick: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of the export. body in today's words; empty for kinds that move no cash.

    holder  Who answers for its cash: the officer of the lane, or of the phone that sent it if no
            good signature stands behind it.
    """

    line: int
    hash: str
    lane: str
    seq: int
    prev: str
    kind: str
    sv: int
    actor: str
    body: Mapping[str, Any]
    faults: tuple[str, ...]
    sig: str | None
    signature_ok: bool
    holder: str
    recorded_at: int
    recorded_on: str
    effective_on: str
    verdicts: tuple[Said, ...]
    legs: tuple[Leg, ...]
    value_days: frozenset[str]

    @property
    def latest(self) -> Verdict | None:
        """The verdict that counts."""
        return self.verdicts[-1].verdict if self.verdicts else None

    @property
    def is_applied(self) -> bool:
        """Does the verdict that counts say that it is applied?"""
        return self.latest is not None and self.latest.verdict == "applied"

    @property
    def tick(self) -> int:
        """The tick at which it was judged first: 0 if nobody has."""
        return self.verdicts[0].tick if self.verdicts else 0


def is_of_form(form: Form, line: Mapping[str, object]) -> bool:
    """Has a line exactly these fields, each of its type? A bool is no int here."""
    if len(line) != len(form) + 1:
        return False
    return all(name in line and _is_a(line[name], kind) for name, kind in form.items())


def are_of_form(form: tuple[type | tuple[type, ...], ...], values: object) -> bool:
    """The same of a list of values in their order."""
    if not isinstance(values, list) or len(values) != len(form):
        return False
    return all(_is_a(value, kind) for value, kind in zip(values, form, strict=True))


def _is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind)
