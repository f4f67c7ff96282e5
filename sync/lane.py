"""A lane: the chain of events of one device. Where a batch stands, and how it travels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sync.columns import Limits, pack, unpack
from sync.events import ZERO_HASH, Envelope
from sync.fields import check_fields
from sync.problems import Problem
from sync.squeeze import squeeze, unsqueeze

# One batch is one transaction and one answer. A field day has some 150 events, 20 kB as it travels.
BATCH_EVENTS_MAX = 400

# What the columns of a batch may unfold to: 250 leaves an event, and 20 kB of text in each.
BATCH_LIMITS = Limits(records=BATCH_EVENTS_MAX, values=100_000, chars=8 * 1024 * 1024)

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
    records = _check_batch(push)
    prev, first_seq = push["prev"], push["first_seq"]
    assert isinstance(first_seq, int)
    expanded: list[Envelope] = []
    hashes: list[str] = []
    for index, record in enumerate(records):
        if set(record) != set(EVENT_KEYS):
            raise Problem("batch_invalid", field=f"events[{index}]", rule="keys_exactly")
        body = record["body"]
        envelope = Envelope.from_json(
            {
                **record,
                "body": unsqueeze(body, hashes) if isinstance(body, dict) else body,
                "v": 1,
                "lane": push["lane"],
                "seq": first_seq + index,
                "prev": prev,
                "actor": push["actor"],
                "app": push["app"],
            }
        )
        prev = envelope.hash
        hashes.append(prev)
        expanded.append(envelope)
    return expanded


def pack_batch(batch: Sequence[Envelope], sig: str) -> dict[str, object]:
    """The wire form of consecutive events of one actor and one app; expand_batch undoes it.

    sig  Signature of the last event, base64url. Through the chain it vouches for all before it.
    """
    first = batch[0]
    assert all(event.seq == first.seq + index for index, event in enumerate(batch)), "consecutive"
    assert all((event.actor, event.app) == (first.actor, first.app) for event in batch)
    hashes = [event.hash for event in batch]
    records = []
    for index, event in enumerate(batch):
        told = event.to_json()
        body = squeeze(event.body, hashes[:index])
        records.append({key: told[key] for key in EVENT_KEYS} | {"body": body})
    return {
        "v": 1,
        "lane": first.lane,
        "first_seq": first.seq,
        "prev": first.prev,
        "actor": first.actor,
        "app": first.app,
        "events": pack(records),
        "sig": sig,
    }


def next_batch(unacked: Sequence[Envelope], most: int = BATCH_EVENTS_MAX) -> list[Envelope]:
    """The first events that may travel together: consecutive, of one actor and one app."""
    batch: list[Envelope] = []
    for event in unacked[:most]:
        if batch and not _follows(batch[-1], event):
            break
        batch.append(event)
    return batch


def _follows(last: Envelope, event: Envelope) -> bool:
    """Stands it right behind the other, and is it of the same hand?"""
    return (event.lane, event.seq, event.actor, event.app) == (
        last.lane,
        last.seq + 1,
        last.actor,
        last.app,
    )


def _place(head: Head, event: Link) -> Place:
    if event.seq <= head.seq:
        return "behind"
    if event.seq > head.seq + 1:
        return "gap"
    return "next" if event.prev == head.hash else "fork"


def _check_batch(push: Mapping[str, object]) -> list[dict[str, object]]:
    """The packed events of a batch whose other keys are in order."""
    plain = {name: value for name, value in push.items() if name not in ("events", "sig")}
    for fault in check_fields(_BATCH, plain):
        raise Problem("batch_invalid", field=fault.field[:40], rule=fault.rule)
    sig = push.get("sig")
    # Any text is taken for a signature: a wrong one is evidence, and gets a verdict.
    if not isinstance(sig, str) or len(sig) > 200:
        raise Problem("batch_invalid", field="sig", rule="text_of_200")
    try:
        records = unpack(push.get("events"), BATCH_LIMITS)
    except Problem as problem:
        raise Problem("batch_invalid", field="events", rule=problem.details["rule"]) from None
    if not records:
        raise Problem("batch_invalid", field="events", rule=f"1_to_{BATCH_EVENTS_MAX}")
    return records
