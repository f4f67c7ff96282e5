"""Taking in a batch: every event is stored, judged, and given a verdict.

One batch is one transaction, with a savepoint for each event. Storing comes first; one bad event
never holds back the rest; the same events again, in any split and order, change nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.anchor import anchor_holds
from sync.books import Leg, balances, cash_of, receipt_legs, reversal, suspense_legs
from sync.events import Envelope
from sync.judge import judge
from sync.lane import Head, expand_batch, extend
from sync.problems import Problem
from sync.store import Busy, Clash, LaneKey, LaneState, PushStore, Recorded
from sync.time_bounds import day_of, effective_at
from sync.upcast import restated
from sync.verdicts import APPLIED, Verdict, quarantined

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
    lane = store.lane(batch.lane)
    store.expect(batch.events)
    keys = _keys(store, lane, batch, delivery) if lane else ()
    signed = _signed(batch, keys, delivery.verify)
    intake = _Intake(store, lane, delivery)
    known = store.verdicts([event.hash for event in batch.events])
    for event in batch.events:
        recorded = _recorded(store, lane, event, delivery, event.hash in signed)
        intake.take(replace(recorded, sig=batch.sigs.get(event.seq)), known.get(event.hash))
    intake.retry()
    head = _advance(store, lane, batch, signed) if lane else None
    results = (Result(event.seq, event.hash, *intake.results[event.hash]) for event in batch.events)
    return Outcome(head, tuple(results))


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


def _recorded(
    store: PushStore, lane: LaneState | None, event: Envelope, delivery: Delivery, is_signed: bool
) -> Recorded:
    received = delivery.received_at_ms
    at_ms = effective_at(event.occurred_at, _anchor_at(store, lane, event, delivery), received)
    return Recorded(
        event=event,
        holder=lane.officer if lane and is_signed else delivery.officer,
        effective_at_ms=at_ms,
        effective_on=day_of(at_ms),
        recorded_at_ms=received,
        is_signed=is_signed,
        via=delivery.via,
        sender=delivery.device,
    )


def _anchor_at(
    store: PushStore, lane: LaneState | None, event: Envelope, delivery: Delivery
) -> int | None:
    """When the server issued the anchor of an event; None if it bears none of ours."""
    if lane is None or event.anchor is None:
        return None
    tick, mac = event.anchor["tick"], event.anchor["mac"]
    if not isinstance(tick, int) or not isinstance(mac, str):
        return None
    return store.tick_at(tick) if anchor_holds(delivery.secret, lane.device, tick, mac) else None


def _advance(store: PushStore, lane: LaneState, batch: Batch, signed: set[str]) -> Head:
    """Move the head over what follows it without a gap and with good signatures."""
    vouched = [event for event in batch.events if event.hash in signed]
    head = extend(lane.head, vouched).head
    while (following := store.follower(lane.id, head)) is not None:
        head = following
    if head != lane.head:
        store.move_head(lane.id, head)
    return head


@dataclass(slots=True)
class _Intake:
    """The events of one batch, one after the other, and then what had waited for them."""

    store: PushStore
    lane: LaneState | None
    delivery: Delivery
    results: dict[str, tuple[Verdict, bool]] = field(default_factory=dict)
    arrived: deque[str] = field(default_factory=deque)

    def take(self, recorded: Recorded, known: Verdict | None) -> None:
        """Store and judge an event, unless it was here before."""
        event_hash = recorded.event.hash
        if event_hash in self.results:
            return
        if known is not None and not (known.reason == "bad_signature" and recorded.is_signed):
            self.results[event_hash] = (known, True)
            return
        verdict = self.settle(recorded, is_new=known is None)
        self.results[event_hash] = (verdict, False)
        self.note_arrival(recorded, verdict)

    def note_arrival(self, recorded: Recorded, verdict: Verdict) -> None:
        """What has been judged may be what another event waits for."""
        if verdict.is_final:
            self.arrived.append(recorded.event.hash)
            if recorded.event.kind == "visit.started" and recorded.event.visit:
                self.arrived.append(f"visit:{recorded.event.visit}")

    def settle(self, recorded: Recorded, *, is_new: bool) -> Verdict:
        """Store an event if it is new, judge it, and write what follows; never fail for it."""
        for _ in range(2):  # a clash with another lane is looked at once more
            try:
                with self.store.savepoint():
                    return self.write(recorded, None, is_new=is_new)
            except Busy:
                raise
            except Clash:
                stored = self.store.verdicts([recorded.event.hash])
                if is_new and stored:  # the same event came over another connection
                    return stored[recorded.event.hash]
            except Exception as error:
                self.store.report(recorded, error)
                break
        return self.keep(recorded, is_new=is_new)

    def keep(self, recorded: Recorded, *, is_new: bool) -> Verdict:
        """Our own mistake: event, verdict and cash are kept, with its rows if those can be made."""
        failed = quarantined("internal_error")
        try:
            with self.store.savepoint():
                return self.write(recorded, failed, is_new=is_new)
        except Busy:
            raise
        except Exception as error:
            self.store.report(recorded, error)
        with self.store.savepoint():
            return self.write(recorded, failed, is_new=is_new, with_rows=False)

    def write(
        self, recorded: Recorded, verdict: Verdict | None, *, is_new: bool, with_rows: bool = True
    ) -> Verdict:
        """Inside a savepoint: the event, its verdict, its legs and its rows."""
        store, event = self.store, recorded.event
        is_fork = is_new and recorded.is_signed and store.holds_seq(event.lane, event.seq)
        if is_new:
            store.put(recorded)
        recorded = replace(recorded, event=restated(event))  # stored as it came, judged as of today
        verdict = verdict or judge(store, self.lane, recorded)
        if is_fork:
            verdict = verdict.with_risk("fork")
        movement = _movement(store, recorded, verdict)
        if event.kind == "cash.receipt" and verdict != APPLIED and cash_of(event.body) is None:
            verdict = verdict.with_risk("cash_uncounted")
        store.post(recorded, movement)
        store.conclude(recorded, verdict)
        if with_rows:
            store.project(recorded, verdict)
        return verdict

    def retry(self) -> None:
        """Judge again what was parked until something came that is here now."""
        while self.arrived:
            for waiting in self.store.waiting(self.arrived.popleft()):
                verdict = self.again(waiting)
                if waiting.event.hash in self.results:
                    self.results[waiting.event.hash] = (verdict, False)
                self.note_arrival(waiting, verdict)

    def again(self, waiting: Recorded) -> Verdict:
        """Judge a parked event of any lane of the branch once more."""
        own = self.lane is not None and waiting.event.lane == self.lane.id
        intake = self if own else replace(self, lane=self.store.lane(waiting.event.lane))
        return intake.settle(waiting, is_new=False)


def _movement(store: PushStore, recorded: Recorded, verdict: Verdict) -> tuple[Leg, ...]:
    """The legs that a verdict leads to, on top of the undoing of those posted before."""
    event, is_applied = recorded.event, verdict.verdict == "applied"
    if event.kind == "cash.void" and is_applied:
        return reversal(_standing(store.legs(str(event.body["target"]))))
    if event.kind != "cash.receipt":
        return ()
    undone = reversal(_standing(store.legs(event.hash)))
    if is_applied:
        return undone + receipt_legs(event.body, recorded.holder)
    total = cash_of(event.body)
    return undone + (suspense_legs(total, recorded.holder) if total else ())


def _standing(legs: Iterable[Leg]) -> list[Leg]:
    return [Leg(account, fen) for account, fen in balances(legs).items()]
