"""A small world to try a Store in, and the pen and the phone's keys to write to it with.

The suite in tests/contract runs over MemoryStore, SQLite and PostgreSQL alike. The small world is
always this: two officers with a lane each, three households with a loan each that both officers
hold, a book of receipts on each lane, and the first officer's feed holding all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

import sync.specimens as say
from sync.events import ZERO_HASH, Envelope
from sync.kinds import version_of
from sync.lane import Head
from sync.memory_store import MemoryStore
from sync.pull import Reader
from sync.push import Batch, Delivery, Outcome, take_in
from sync.receipts import Book
from sync.store import LaneKey, LaneState, PullStore, PushStore, Stint

OFFICERS = ("officer-1", "officer-2")
DEVICES = ("device-1", "device-2")
LANES = ("1a" * 16, "2b" * 16)
KEYS = ("key-1", "key-2")
HOUSEHOLDS = ("W1", "W2", "W3")
BOOKS = (Book("SJ", 101, 150, 6), Book("SJ", 201, 250, 6))
BOOK_IDS = ("book-1", "book-2")
SECRET = b"the secret of the server"
MORNING = 1_772_413_200_000  # 2026-03-02 09:00 in Shanghai, ms UTC

__all__ = ["Bench", "MemoryBench", "MemoryStore", "Pen", "deliver", "fake_verify"]


def fake_sign(key: str, data: bytes) -> str:
    """A signature for tests, much faster than a real one: nobody attacks here."""
    return f"{key}:{data.hex()}"


def fake_verify(alg: str, key: str, data: bytes, sig: str) -> bool:
    """Does a signature of fake_sign hold?"""
    return alg == "ES256" and sig == fake_sign(key, data)


class Bench(Protocol):
    """A store filled with the small world, in whatever keeps it."""

    clock: list[int]  # its one item is now, ms UTC

    def transaction(self) -> AbstractContextManager[PushStore]:
        """One transaction; leaving commits it with a tick if anything visible changed."""

    def take_in(self, batch: Batch, delivery: Delivery) -> Outcome:
        """A batch arrives: one transaction."""

    def reading(self) -> AbstractContextManager[PullStore]:
        """One snapshot, seen by the first officer."""

    def balances(self) -> dict[str, int]:
        """Every account that is not zero, in fen."""

    def count(self, receipt_hash: str) -> None:
        """The cashier takes over the cash of this receipt."""

    def forget_evictions(self, tick: int) -> None:
        """The horizon moves up to this tick."""

    def settle(self, event: Envelope) -> None:
        """Its lane is settled up to this event."""

    def fail_on(self, kind: str | None) -> None:
        """From now on writing the rows of this kind fails; None: nothing fails."""

    def take_away(self, household: str, who: int = 0) -> int:
        """The household is taken from an officer now; the tick of that."""

    def forget(self, household: str) -> None:
        """Nobody has ever held this household."""

    def shut(self, day: str) -> None:
        """The cashier closes a day."""

    def take_no_cash(self) -> None:
        """The branch takes transfers and cheques only."""

    def give_back(self, used_to: int) -> None:
        """The first officer gives back the slips behind this number."""

    def revoke(self, who: int = 0) -> None:
        """The phone of an officer is revoked."""


class MemoryBench:
    """The small world in memory."""

    def __init__(self) -> None:
        self.clock = [MORNING]
        self.store = MemoryStore(lambda: self.clock[0])
        with self.store.transaction() as store:
            for lane in small_lanes():
                store.state.lanes[lane.id] = lane
            store.state.books |= {lane: (book,) for lane, book in zip(LANES, BOOKS, strict=True)}
            for household in HOUSEHOLDS:
                store.state.loans[f"L-{household}"] = household
                for officer in OFFICERS:
                    store.state.stints[household, officer] = (Stint(1, None),)
                store.give("household", household)
                store.give("loan", f"L-{household}")

    def transaction(self) -> AbstractContextManager[MemoryStore]:
        """See Bench."""
        return self.store.transaction()

    def take_in(self, batch: Batch, delivery: Delivery) -> Outcome:
        """See Bench."""
        with self.store.transaction() as store:
            return take_in(store, batch, delivery)

    def reading(self) -> AbstractContextManager[MemoryStore]:
        """See Bench."""
        return self.store.transaction()  # nothing is written, so it ends without a tick

    def balances(self) -> dict[str, int]:
        """See Bench."""
        return self.store.balances()

    def count(self, receipt_hash: str) -> None:
        """See Bench."""
        self.store.state.counted.add(receipt_hash)

    def forget_evictions(self, tick: int) -> None:
        """See Bench."""
        self.store.horizon_tick = tick

    def settle(self, event: Envelope) -> None:
        """See Bench."""
        self.store.state.settled[event.lane] = event.seq

    def fail_on(self, kind: str | None) -> None:
        """See Bench."""
        self.store.fail_on = failing(kind)

    def take_away(self, household: str, who: int = 0) -> int:
        """See Bench."""
        with self.store.transaction() as store:
            tick = store.tick() + 1
            store.state.stints[household, OFFICERS[who]] = (Stint(1, tick),)
            store.give("household", household)
        return tick

    def forget(self, household: str) -> None:
        """See Bench."""
        for officer in OFFICERS:
            del self.store.state.stints[household, officer]

    def take_no_cash(self) -> None:
        """See Bench."""
        self.store.state.not_taken.add("cash")

    def shut(self, day: str) -> None:
        """See Bench."""
        self.store.state.shut.add(day)

    def give_back(self, used_to: int) -> None:
        """See Bench."""
        book = BOOKS[0]
        rest = range(used_to + 1, book.to_no + 1)
        self.store.state.given_back |= {book.number(n) for n in rest}

    def revoke(self, who: int = 0) -> None:
        """See Bench."""
        lane = self.store.state.lanes[LANES[who]]
        self.store.state.lanes[lane.id] = replace(lane, is_revoked=True)


def small_lanes() -> list[LaneState]:
    """The two lanes of the small world, empty, each with the key of its device."""
    return [
        LaneState(
            id=lane,
            device=device,
            officer=officer,
            is_revoked=False,
            head=Head(),
            keys=(LaneKey(1, "ES256", key),),
        )
        for lane, device, officer, key in zip(LANES, DEVICES, OFFICERS, KEYS, strict=True)
    ]


def failing(kind: str | None) -> Callable[[Any], None]:
    """A check that raises for events of a kind."""

    def check(recorded: Any) -> None:
        if recorded.event.kind == kind:
            raise RuntimeError("made to fail by a test")

    return check


class Pen:
    """Writes the lane of one officer, as his phone does, and packs what is to be sent.

    who  0 or 1: which officer of the small world.
    """

    def __init__(self, who: int = 0) -> None:
        self.who, self.lane = who, LANES[who]
        self.key, self.numbers = KEYS[who], 0
        self.log: list[Envelope] = []
        self.keys: dict[str, str] = {}

    def write(self, kind: str, body: dict[str, Any], **envelope: Any) -> Envelope:
        """Append an event to the lane; the clock of the phone goes on by a minute each time."""
        event = Envelope(
            lane=self.lane,
            seq=len(self.log) + 1,
            prev=self.log[-1].hash if self.log else ZERO_HASH,
            kind=kind,
            sv=envelope.pop("sv", version_of(kind)),
            actor=envelope.pop("actor", OFFICERS[self.who]),
            occurred_at=envelope.pop("occurred_at", MORNING - 3_600_000 + 60_000 * len(self.log)),
            boot=1,
            app="test",
            body=body,
            **envelope,
        )
        self.log.append(event)
        self.keys[event.hash] = self.key
        return event

    def receipt(self, fen: int = 600_00, household: str = "W1", **changes: Any) -> Envelope:
        """A receipt under the next number of the book."""
        book = BOOKS[self.who]
        number = BOOK_IDS[self.who], book.number(book.from_no + self.numbers)
        self.numbers += 1
        body = {**say.receipt_body(number, fen, household), **changes}
        return self.write("cash.receipt", body)

    def visit(self, visit_id: str, household: str = "W1") -> Envelope:
        """The start of a visit."""
        return self.write("visit.started", say.visit_body(household), visit=visit_id)

    def notice(self, number: str = "T-1", household: str = "W1") -> Envelope:
        """A notice that was made."""
        return self.write("notice.made", say.notice_body(number, household))

    def rotate(self, key: str) -> Envelope:
        """The phone lost its key, and makes a new one."""
        self.key = key
        body = {"device": DEVICES[self.who], "alg": "ES256", "public_key": key}
        return self.write("key.rotated", body)

    def batch(self, first: int = 1, last: int | None = None, **changes: Any) -> Batch:
        """The events from one place of the lane to another, signed as the phone signs them."""
        events = tuple(self.log[first - 1 : last])
        sig = fake_sign(self.keys[events[-1].hash], bytes.fromhex(events[-1].hash))
        batch = {"events": events, "sigs": {events[-1].seq: sig}, **changes}
        return Batch(**batch)

    def fork(self, length: int) -> Pen:
        """The same phone with an older memory: it has forgotten all after so many events."""
        other = Pen(self.who)
        other.log, other.keys, other.key = self.log[:length], dict(self.keys), self.key
        other.numbers = sum(event.kind == "cash.receipt" for event in other.log)
        return other


def deliver(bench: Bench, batch: Batch, *, sender: int = 0, **changes: Any) -> Outcome:
    """Bring a batch to the server in one transaction, from the phone of officer 0 or 1."""
    delivery = {
        "device": DEVICES[sender],
        "officer": OFFICERS[sender],
        "received_at_ms": bench.clock[0],
        "secret": SECRET,
        "verify": fake_verify,
        **changes,
    }
    return bench.take_in(batch, Delivery(**delivery))


def verdicts(outcome: Outcome) -> list[str]:
    """The verdicts of a batch in its order, each as 'verdict' or 'verdict:reason'."""
    told = []
    for result in outcome.results:
        word = "duplicate" if result.is_repeat else result.verdict.verdict
        told.append(f"{word}:{result.verdict.reason}" if result.verdict.reason else word)
    return told


def hand(bench: Bench, who: int = 0) -> int:
    """The cash that the books put into an officer's hand, in fen."""
    return bench.balances().get(f"hand:{OFFICERS[who]}", 0)


def reader(who: int = 0) -> Reader:
    """For whom the feed is read."""
    return Reader(branch="branch-1", officer=OFFICERS[who], secret=SECRET)
