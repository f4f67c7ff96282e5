"""What must hold of the server's database after every request (sync-design 3).

Read with plain SQL over a connection of its own: what is checked is what is on the disk.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.sim.world.server import Server
from tests.sim.world.setting import BRANCH
from tests.sim.world.trace import Broken


@dataclass(slots=True)
class Stored:
    """An event as it lies in the database."""

    hash: str
    lane: str
    seq: int
    kind: str
    amount_fen: int
    target: str | None
    sender: str | None


@dataclass(slots=True)
class ServerChecks:
    """What was ever seen of the database, by epoch.

    stored   Epoch -> hashes that were ever stored in it.
    applied  Epoch -> hash -> the tick at which it was applied.
    said     Hash -> every verdict that it ever had.
    """

    server: Server
    epoch: str = ""
    tick: int = 0
    events: dict[str, Stored] = field(default_factory=dict)
    latest: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    stored: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    applied: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _rows: tuple[int, int, int] = (0, 0, 0)

    def look(self) -> None:
        """Check everything that may have changed. Raises Broken."""
        [(epoch,)] = self.server.sql("SELECT epoch FROM epoch")
        if epoch != self.epoch:
            self._begin(epoch)
        [(tick,)] = self.server.sql("SELECT tick FROM clock WHERE branch_id = ?", BRANCH)
        if tick == self.tick:
            return
        if tick < self.tick:
            raise Broken("I8", f"the tick went back from {self.tick} to {tick}")
        self.tick = tick
        self._read_events()
        self._read_verdicts()
        self._check_ticks()
        self._check_cash()
        self._check_lanes()

    def feed_of(self, officer: str) -> list[tuple[str, str, int, str]]:
        """What changed for an officer last: etype, eid, tick, and upsert or evict."""
        return self.server.sql(
            "SELECT etype, eid, tick, op FROM feed WHERE officer_id = ?", officer
        )

    def _begin(self, epoch: str) -> None:
        self.epoch, self.tick = epoch, 0
        self.events, self.latest, self._rows = {}, {}, (0, 0, 0)

    def _read_events(self) -> None:
        after, verdicts, legs = self._rows
        rows = self.server.sql(
            "SELECT rowid, hash, lane_id, seq, kind, canonical, sender_device FROM event"
            " WHERE rowid > ?",
            after,
        )
        for rowid, event_hash, lane, seq, kind, canonical, sender in rows:
            if hashlib.sha256(canonical).hexdigest() != event_hash:
                raise Broken("I1", f"event {event_hash} is stored with other bytes")
            body: dict[str, Any] = json.loads(canonical)["body"]
            amount = body.get("amount_fen", 0) if kind == "cash.receipt" else 0
            self.events[event_hash] = Stored(
                event_hash, lane, seq, kind, amount, body.get("target"), sender
            )
            self.stored[self.epoch].add(event_hash)
            after = max(after, rowid)
        self._rows = (after, verdicts, legs)
        [(count,)] = self.server.sql("SELECT COUNT(*) FROM event")
        if count != len(self.events):
            raise Broken("I1", f"{len(self.events)} events were stored, {count} are")

    def _read_verdicts(self) -> None:
        events, after, legs = self._rows
        rows = self.server.sql(
            "SELECT rowid, event_hash, verdict, reason, tick FROM verdict WHERE rowid > ?"
            " ORDER BY rowid",
            after,
        )
        for rowid, event_hash, verdict, reason, tick in rows:
            self.latest[event_hash] = (verdict, reason)
            self.said[event_hash].add(verdict)
            if verdict == "applied":
                self.applied[self.epoch][event_hash] = tick
            after = max(after, rowid)
        self._rows = (events, after, legs)
        missing = self.events.keys() - self.latest.keys()
        if missing:
            raise Broken("I6", f"without verdict: {sorted(missing)[:3]}")

    def _check_ticks(self) -> None:
        [(count, newest)] = self.server.sql(
            "SELECT COUNT(*), MAX(tick) FROM commit_log WHERE branch_id = ?", BRANCH
        )
        if not count == newest == self.tick:
            raise Broken("I8", f"clock {self.tick}, commit_log {count} rows up to {newest}")

    def _check_cash(self) -> None:
        uneven = self.server.sql(
            "SELECT event_hash FROM ledger GROUP BY event_hash HAVING SUM(amount_fen) <> 0"
        )
        if uneven:
            raise Broken("I2", f"the legs of {uneven[0][0]} do not sum to zero")
        legs = self.server.sql(
            "SELECT event_hash, SUM(CASE WHEN account LIKE 'hand:%' THEN amount_fen ELSE 0 END),"
            " SUM(CASE WHEN account = 'suspense' THEN amount_fen ELSE 0 END)"
            " FROM ledger GROUP BY event_hash"
        )
        posted = {event_hash: (hand, suspense) for event_hash, hand, suspense in legs}
        for event in self.events.values():
            if event.kind == "cash.receipt":
                self._check_receipt(event, posted.get(event.hash, (0, 0)))
        self._check_hands()

    def _check_receipt(self, event: Stored, posted: tuple[int, int]) -> None:
        is_applied = self.latest[event.hash][0] == "applied"
        expected = (event.amount_fen, 0 if is_applied else -event.amount_fen)
        if posted != expected:
            said = self.latest[event.hash]
            raise Broken("I2", f"receipt {event.hash} {said}: legs {posted}, not {expected}")

    def _check_hands(self) -> None:
        expected: defaultdict[str, int] = defaultdict(int)
        officers = dict(self.server.sql("SELECT id, officer_id FROM device"))
        officers |= dict(self.server.sql("SELECT id, officer_id FROM lane"))

        def holder(event: Stored) -> str:
            return str(officers.get(event.lane) or officers[event.sender])

        for event in self.events.values():
            if event.kind == "cash.receipt":
                expected[holder(event)] += event.amount_fen
        for target in {
            event.target
            for event in self.events.values()
            if event.kind == "cash.void" and self.latest[event.hash][0] == "applied"
        }:
            receipt = self.events[str(target)]
            expected[holder(receipt)] -= receipt.amount_fen
        for officer, fen in self.server.sql("SELECT officer_id, expected_fen FROM cash_count"):
            expected[officer] -= fen
        held = self.server.sql(
            "SELECT account, SUM(amount_fen) FROM ledger WHERE account LIKE 'hand:%'"
            " GROUP BY account"
        )
        actual = {account.removeprefix("hand:"): fen for account, fen in held if fen}
        if actual != {officer: fen for officer, fen in expected.items() if fen}:
            raise Broken("I3", f"custody {actual}, not {dict(expected)}")

    def _check_lanes(self) -> None:
        heads = self.server.sql("SELECT id, head_seq, head_hash FROM lane WHERE head_seq > 0")
        rows = self.server.sql("SELECT lane_id, hash, prev, seq FROM event")
        known = {event_hash: (lane, prev, seq) for lane, event_hash, prev, seq in rows}
        for lane, seq, event_hash in heads:
            at, left = event_hash, seq
            while left > 0:
                if at not in known or known[at][0] != lane or known[at][2] != left:
                    raise Broken("I4", f"lane {lane} has no event {left} before its head {seq}")
                at, left = known[at][1], left - 1
