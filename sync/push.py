"""Taking in a batch: every event is stored, judged, and given a verdict.

One batch is one transaction, with a savepoint for each event. Storing comes first; one bad event
never holds back the rest; the same events again, in any split and order, change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.events import Envelope
from sync.flags import clock_is_off, seen_tick
from sync.intake import Intake
from sync.judge import Hearing
from sync.lane import Head, expand_batch, extend
from sync.problems import Problem
from sync.store import Busy, Clash, LaneKey, LaneState, PushStore, Recorded
from sync.time_bounds import day_of, effective_at
from sync.verdicts import Verdict

# (algorithm, public key, signed bytes, signature) -> does it hold?
Verify = Callable[[str, str, bytes, str], bool]

SIGS_MAX = 100
SIG_CHARS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A push as it was read: its events with their hashes, and the signatures that came along.

    sigs     Place in the lane -> signature; that of the last event is always there.
    new_key  The point of a key that a wiped phone has made, or None.
    """

    events: tuple[Envelope, ...]
    sigs: Mapping[int, str]
    new_key: str | None = None

    @property
    def lane(self) -> str:
        """The lane of all its events."""
        return self.events[0].lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Who brought the batch, when (ms UTC), and with what the server can check it.

    device, officer   Of the sender. The lane may be another's: a colleague may carry it.
    may_rotate        The request was proved by the secret of enrolment: a new key is believed.
    secret            The server's own, under its anchors.
    """

    device: str
    officer: str
    received_at_ms: int
    secret: bytes
    verify: Verify
    may_rotate: bool = False
    via: str = "https"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one event of a batch; a repeat keeps the verdict it had."""

    seq: int
    hash: str
    verdict: Verdict
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The head of the lane afterwards (None for a lane nobody enrolled), and every verdict."""

    head: Head | None
    results: tuple[Result, ...]


def read_batch(push: Mapping[str, Any]) -> Batch:
    """Read the push part of a request. Refuses `batch_invalid` and `envelope_invalid`."""
    plain = {name: value for name, value in push.items() if name not in ("sigs", "new_key")}
    events = expand_batch(plain)
    new_key = push.get("new_key")
    if new_key is not None and (not isinstance(new_key, str) or len(new_key) > SIG_CHARS_MAX):
        raise Problem("batch_invalid", field="new_key", rule="point_as_base64url")
    sigs = _read_sigs(push.get("sigs"))
    sigs[events[-1].seq] = plain["sig"]
    return Batch(events=tuple(events), sigs=sigs, new_key=new_key)


def _read_sigs(given: object) -> dict[int, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or len(given) > SIGS_MAX:
        raise Problem("batch_invalid", field="sigs", rule="object")
    sigs: dict[int, str] = {}
    for seq, sig in given.items():
        if not seq.isascii() or not seq.isdecimal() or len(seq) > 16:
            raise Problem("batch_invalid", field="sigs", rule="keys_are_numbers")
        if not isinstance(sig, str) or len(sig) > SIG_CHARS_MAX:
            raise Problem("batch_invalid", field="sigs", rule="text_of_200")
        sigs[int(seq)] = sig
    return sigs


def take_in(store: PushStore, batch: Batch, delivery: Delivery) -> Outcome:
    """Take in a batch within one transaction of the store, and say what became of each event."""
    lane = store.lane(batch.lane) or _replacing(store, batch, delivery.verify)
    store.expect(batch.events)
    keys = _keys(store, lane, batch, delivery) if lane else ()
    signed = _signed(batch, keys, delivery.verify)
    intake = Intake(store, lane, delivery.secret)
    known = store.verdicts([event.hash for event in batch.events])
    for event in batch.events:
        hearing = _heard(store, lane, event, delivery, event.hash in signed)
        recorded = replace(hearing.recorded, sig=batch.sigs.get(event.seq))
        intake.take(replace(hearing, recorded=recorded, prior=known.get(event.hash)))
    intake.retry()
    head = _advance(store, lane, batch, signed) if lane else None
    results = (Result(event.seq, event.hash, *intake.results[event.hash]) for event in batch.events)
    return Outcome(head, tuple(results))


def _replacing(store: PushStore, batch: Batch, verify: Verify) -> LaneState | None:
    """A lane that nobody enrolled, made now if its first event proves whose it is.

    A phone whose memory went back gives up its lane and says so in the first event of a new one,
    signed with the key that the old lane knows (section 9 of the protocol).
    """
    first = batch.events[0]
    replaced = first.body.get("replaces")
    if (first.seq, first.kind) != (1, "lane.opened") or not isinstance(replaced, str):
        return None
    old = store.lane(replaced)
    if old is None or first.body.get("device") != old.device:
        return None
    keys = tuple(replace(key, from_seq=1) for key in old.keys)
    if first.hash not in _signed(batch, keys, verify):
        return None
    try:
        with store.savepoint():
            return store.open_lane(batch.lane, old)
    except Clash as clash:  # another connection was opening a lane just now: come again
        raise Busy from clash


def _keys(
    store: PushStore, lane: LaneState, batch: Batch, delivery: Delivery
) -> tuple[LaneKey, ...]:
    """The keys of the lane, with the one a wiped phone brings if it may and does sign with it."""
    new = _rotation(lane, batch) if delivery.may_rotate else None
    if new is None or delivery.device != lane.device or lane.is_revoked:
        return lane.keys
    if new.public_key in {key.public_key for key in lane.keys}:
        return lane.keys
    keys = (*lane.keys, new)
    rotated = next(event for event in batch.events if event.seq == new.from_seq)
    if rotated.hash not in _signed(batch, keys, delivery.verify):
        return lane.keys
    store.add_key(lane, new)
    return keys


def _rotation(lane: LaneState, batch: Batch) -> LaneKey | None:
    for event in batch.events:
        body = event.body
        if event.kind == "key.rotated" and batch.new_key == body.get("public_key"):
            if body.get("device") == lane.device and isinstance(body.get("alg"), str):
                return LaneKey(event.seq, str(body["alg"]), str(batch.new_key))
    return None


def _signed(batch: Batch, keys: tuple[LaneKey, ...], verify: Verify) -> set[str]:
    """The hashes that a good signature vouches for.

    A new key starts a new stretch of the lane. The signature of the last event of a stretch
    vouches, through the chain of hashes, for all before it in the stretch.
    """
    signed: set[str] = set()
    for stretch in _stretches(batch.events, {key.from_seq for key in keys}):
        last = stretch[-1]
        digest, sig = bytes.fromhex(last.hash), batch.sigs.get(last.seq, "")
        if any(verify(key.alg, key.public_key, digest, sig) for key in _of_time(keys, last.seq)):
            signed |= {event.hash for event in stretch}
    return signed


def _stretches(events: Iterable[Envelope], starts: set[int]) -> list[list[Envelope]]:
    stretches: list[list[Envelope]] = []
    for event in events:
        if not stretches or event.seq in starts:
            stretches.append([])
        stretches[-1].append(event)
    return stretches


def _of_time(keys: tuple[LaneKey, ...], seq: int) -> list[LaneKey]:
    """The key in force at a place; several if two memories of one phone rotated there."""
    start = max((key.from_seq for key in keys if key.from_seq <= seq), default=0)
    return [key for key in keys if key.from_seq == start]


def _heard(
    store: PushStore, lane: LaneState | None, event: Envelope, delivery: Delivery, is_signed: bool
) -> Hearing:
    """An event as it arrives: its instant clamped to what can be vouched for, and its flags."""
    received = delivery.received_at_ms
    issued = _anchor_at(store, lane, event, delivery)
    at_ms = effective_at(event.occurred_at, issued, received)
    flags = _arrival_flags(store, event, issued, received) if lane and is_signed else frozenset()
    recorded = Recorded(
        event=event,
        holder=lane.officer if lane and is_signed else delivery.officer,
        effective_at_ms=at_ms,
        effective_on=day_of(at_ms),
        recorded_at_ms=received,
        is_signed=is_signed,
        via=delivery.via,
        sender=delivery.device,
    )
    return Hearing(recorded=recorded, prior=None, secret=delivery.secret, flags=flags)


def _arrival_flags(
    store: PushStore, event: Envelope, issued: int | None, received: int
) -> frozenset[str]:
    found = set()
    if store.holds_seq(event.lane, event.seq):
        found.add("fork")
    if clock_is_off(event.occurred_at, issued, received, store.beside(event)):
        found.add("clock")
    return frozenset(found)


def _anchor_at(
    store: PushStore, lane: LaneState | None, event: Envelope, delivery: Delivery
) -> int | None:
    """When the server issued the anchor of an event; None if it bears none of ours."""
    if lane is None or event.anchor is None:
        return None
    tick = seen_tick(event, lane, delivery.secret)
    return None if tick is None else store.tick_at(tick)


def _advance(store: PushStore, lane: LaneState, batch: Batch, signed: set[str]) -> Head:
    """Move the head over what follows it without a gap and with good signatures."""
    vouched = [event for event in batch.events if event.hash in signed]
    head = extend(lane.head, vouched).head
    while (following := store.follower(lane.id, head)) is not None:
        head = following
    if head != lane.head:
        store.move_head(lane.id, head)
    return head
