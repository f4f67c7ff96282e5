"""A lane: the chain of events of one device. Where a batch stands, and how it travels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sync.events import ZERO_HASH, Envelope
from sync.fields import check_fields
from sync.problems import Problem

# One batch is one transaction: 100 events of about 600 bytes are 60 kB, 12 s at 40 kbit/s.
BATCH_EVENTS_MAX = 100

Place = Literal["next", "behind", "gap", "fork"]

# What a batch says once for all its events, and what each event says for itself.
_BATCH: dict[str, object] = {
    "v": "int:1:1",
    "lane": "hex:32",
    "first_seq": "int:1",
    "prev": "hex:64",
    "actor": "id",
    "app": "id",
}
EVENT_KEYS = (
    "kind",
    "sv",
    "case",
    "visit",
    "subject",
    "base_rev",
    "anchor",
    "occurred_at",
    "tz",
    "boot",
    "body",
)


class Link(Protocol):
    """What the chain needs to know of an event; every Envelope is one."""

    @property
    def seq(self) -> int:
        """Position in the lane, from 1."""

    @property
    def prev(self) -> str:
        """Hash of the event before it."""

    @property
    def hash(self) -> str:
        """Hash of the event itself."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a lane that is held without a gap before it. seq 0 is an empty lane."""

    seq: int = 0
    hash: str = ZERO_HASH


@dataclass(frozen=True, slots=True)
class Extension:
    """Where each event of a batch stands, and the head afterwards."""

    head: Head
    places: tuple[Place, ...]


def extend(head: Head, batch: Sequence[Link]) -> Extension:
    """Walk a batch from the head and say of each event where it stands.

    next    It follows the head, which moves on to it.
    behind  Its place is taken: a repeat if its hash is stored, a fork if not. The store knows.
    gap     Something before it is missing. It is stored; the head waits.
    fork    It is next in number but names another event before it: two phones, or one restored.
    """
    places: list[Place] = []
    for event in batch:
        place = _place(head, event)
        if place == "next":
            head = Head(event.seq, event.hash)
        places.append(place)
    return Extension(head, tuple(places))


def expand_batch(push: Mapping[str, object]) -> list[Envelope]:
    """The full events of a wire batch: lane, number, actor and app put back, prev by hashing.

    Refuses `batch_invalid` (or the envelope's own refusal) for a shape that is no batch. What
    the bodies say is not asked here: one bad event never holds back the rest.
    """
    _check_batch(push)
    events = push["events"]
    assert isinstance(events, list)
    prev, first_seq = push["prev"], push["first_seq"]
    assert isinstance(first_seq, int)
    expanded: list[Envelope] = []
    for index, item in enumerate(events):
        if not isinstance(item, Mapping) or set(item) != set(EVENT_KEYS):
            raise Problem("batch_invalid", field=f"events[{index}]", rule="keys_exactly")
        envelope = Envelope.from_json(
            {
                **item,
                "v": 1,
                "lane": push["lane"],
                "seq": first_seq + index,
                "prev": prev,
                "actor": push["actor"],
                "app": push["app"],
            }
        )
        prev = envelope.hash
        expanded.append(envelope)
    return expanded


def pack_batch(batch: Sequence[Envelope], sig: str) -> dict[str, object]:
    """The wire form of consecutive events of one actor and one app; expand_batch undoes it.

    sig  Signature of the last event, base64url. Through the chain it vouches for all before it.
    """
    first = batch[0]
    assert all(event.seq == first.seq + index for index, event in enumerate(batch)), "consecutive"
    assert all((event.actor, event.app) == (first.actor, first.app) for event in batch)
    return {
        "v": 1,
        "lane": first.lane,
        "first_seq": first.seq,
        "prev": first.prev,
        "actor": first.actor,
        "app": first.app,
        "events": [{key: event.to_json()[key] for key in EVENT_KEYS} for event in batch],
        "sig": sig,
    }


def next_batch(unacked: Sequence[Envelope]) -> list[Envelope]:
    """The first events that may travel together: one actor, one app, 100 at most."""
    batch: list[Envelope] = []
    for event in unacked[:BATCH_EVENTS_MAX]:
        if batch and (event.actor, event.app) != (batch[0].actor, batch[0].app):
            break
        batch.append(event)
    return batch


def _place(head: Head, event: Link) -> Place:
    if event.seq <= head.seq:
        return "behind"
    if event.seq > head.seq + 1:
        return "gap"
    return "next" if event.prev == head.hash else "fork"


def _check_batch(push: Mapping[str, object]) -> None:
    plain = {name: value for name, value in push.items() if name not in ("events", "sig")}
    for fault in check_fields(_BATCH, plain):
        raise Problem("batch_invalid", field=fault.field[:40], rule=fault.rule)
    events = push.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= BATCH_EVENTS_MAX:
        raise Problem("batch_invalid", field="events", rule=f"list_of_1_to_{BATCH_EVENTS_MAX}")
    sig = push.get("sig")
    # Any text is taken for a signature: a wrong one is evidence, and gets a verdict.
    if not isinstance(sig, str) or len(sig) > 200:
        raise Problem("batch_invalid", field="sig", rule="text_of_200")
