"""Old bodies in the words of today: one pure function for each step from a version to the next.

A phone may record for weeks with an old build, and its events are accepted for ever. What is
judged is the body in its newest version; what is stored, hashed and signed is the body as it was
recorded. A step is never changed or removed once a build has shipped with it: `sync/corpus` holds
what phones of every release have recorded, and what it means in each later version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

from sync.events import Envelope
from sync.kinds import FIELDS, version_of

Body = Mapping[str, object]
Step = Callable[[Body], Body]


class Restated(Envelope):
    """An event in the words of today. Its hash is still that of what was recorded."""

    __slots__ = ()

    def to_json(self) -> dict[str, object]:
        """Nobody may ask: the bytes of an event are those that were recorded."""
        raise AssertionError("an event that was restated has other bytes than those of its hash")


def upcast(kind: str, sv: int, body: Body, *, to: int | None = None) -> Body:
    """The body of a known kind in version `to` (default: the newest), step by step.

    A step fills in what nobody could say then (null), and never fails, whatever a body holds:
    what is wrong in it is found afterwards, by the check of the newest version.
    """
    for version in range(sv, version_of(kind) if to is None else to):
        body = STEPS[kind, version](body)
    return body


def is_known(kind: str, sv: int) -> bool:
    """Can an event of this kind and version be judged here? If not, a later build may."""
    return kind in FIELDS and 1 <= sv <= version_of(kind)


def restated(event: Envelope) -> Envelope:
    """The same fact in today's words, to be judged and applied.

    An event of a kind or version that is not known here is given back as it is.
    """
    if not is_known(event.kind, event.sv) or event.sv == version_of(event.kind):
        return event
    said = object.__new__(Restated)
    for each in fields(Envelope):
        object.__setattr__(said, each.name, getattr(event, each.name))
    object.__setattr__(said, "body", upcast(event.kind, event.sv, event.body))
    object.__setattr__(said, "sv", version_of(event.kind))
    return said


def _photo_without_time(body: Body) -> Body:
    """Before version 2 nobody said when the picture was taken."""
    return {"taken_at": None, **body}


def _receipt_in_cash(body: Body) -> Body:
    """Before version 2 every receipt was for cash, and none said which one it corrects."""
    return {"evidence_no": None, "corrects": None, **body}


# (kind, version) -> the step to the next version.
STEPS: dict[tuple[str, int], Step] = {
    ("attachment.added", 1): _photo_without_time,
    ("cash.receipt", 1): _receipt_in_cash,
}

assert {(kind, version) for kind in FIELDS for version in range(1, version_of(kind))} == set(STEPS)
