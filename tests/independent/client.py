"""A second phone, written from docs/protocol.md alone. It imports nothing of this project.

It knows the wire and its promises, not the work: no screens, no rules of a household.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.independent import codec
from tests.independent.codec import canonical, sha, unb64
from tests.independent.line import Key, Line, Refused, Send, plain

NOTHING = "0" * 64
BATCH_EVENTS_MAX = 400
VERSIONS = {"attachment.added": 2}


@dataclass
class Event:
    """An event of this phone, its hash, and the signature made with it."""

    told: dict[str, Any]
    hash: str
    sig: str


@dataclass
class Memory:
    """All that a phone keeps; a copy of it is a copied profile."""

    device: str = ""
    officer: str = ""
    lane: str = ""
    code: str = ""
    secret: bytes = b""
    ticket: str = ""
    epoch: str = ""
    anchor: dict[str, Any] | None = None
    chains: dict[str, list[Event]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    took: dict[str, list[Any]] = field(default_factory=dict)
    verdicts: dict[str, tuple[int, str, str | None]] = field(default_factory=dict)
    cursor: str | None = None
    rows: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    staged: Memory | None = None
    settled: dict[str, tuple[int, str]] = field(default_factory=dict)
    archived: dict[str, int] = field(default_factory=dict)


class Phone:
    """One phone of one officer."""

    def __init__(self, send: Send, now: Callable[[], int]) -> None:
        self.send, self.now, self.key, self.memory = send, now, Key(), Memory()
        self.resumes = False
        self.visit: tuple[str, str] | None = None
        self.error: str | None = None
        self.is_equal = False
        self.repairs: list[str] = []
        self.limit_bytes = 400_000
        self.digest: dict[str, str] | None = None

    # Section 14

    def enrol(self, code: str) -> None:
        """Give the key and a lane of our own making; learn who we are."""
        m = self.memory
        m.lane = m.lane or os.urandom(16).hex()
        told = {
            "code": code,
            "alg": "ES256",
            "public_key": self.key.point,
            "lane": m.lane,
            "app": "mini",
        }
        answer = self.send(
            "POST", "/v1/enrol", {"Content-Type": "application/json"}, canonical(told)
        )
        if answer.status != 201:
            raise Refused(answer.status, answer.body)
        got = json.loads(plain(answer))
        m.device, m.officer, m.epoch = got["device"], got["officer"]["id"], got["epoch"]
        m.code, m.secret, m.ticket = got["lane"]["code"], unb64(got["ack_secret"]), got["ticket"]
        self._open_lane(None)

    # Section 1

    def record(self, kind: str, body: Mapping[str, Any], **about: Any) -> Event:
        """Write an event at the end of the lane."""
        m = self.memory
        chain = m.chains.setdefault(m.lane, [])
        told = {
            "v": 1, "lane": m.lane, "seq": len(chain) + 1,
            "prev": chain[-1].hash if chain else NOTHING,
            "kind": kind, "sv": VERSIONS.get(kind, 1), "actor": m.officer, "case": body.get("loan"),
            "visit": self._visit_of(kind, body), "subject": body.get("household"), "base_rev": None,
            "anchor": m.anchor, "occurred_at": self.now(), "tz": 480, "boot": 1, "app": "mini",
            "body": dict(body), **about,
        }  # fmt: skip
        digest = sha(canonical(told))
        event = Event(told, digest, self.key.sign(bytes.fromhex(digest)))
        chain.append(event)
        return event

    def _visit_of(self, kind: str, body: Mapping[str, Any]) -> str | None:
        household = body.get("household")
        if kind == "visit.started":
            self.visit = (str(household), os.urandom(16).hex())
        return self.visit[1] if self.visit and self.visit[0] == household else None

    def _open_lane(self, replaces: str | None) -> None:
        m = self.memory
        self.record(
            "lane.opened",
            {"device": m.device, "code": m.code, "key_alg": "ES256", "replaces": replaces},
        )

    def lose_key(self) -> None:
        """The database is gone; the journal gave all but the key back (section 9)."""
        self.key, self.resumes = Key(), True
        body = {"device": self.memory.device, "alg": "ES256", "public_key": self.key.point}
        self.record("key.rotated", body)

    def events(self) -> list[Event]:
        """Every event of this phone, lane by lane."""
        return [event for chain in self.memory.chains.values() for event in chain]

    def unsent(self) -> list[Event]:
        """Those that nobody acknowledged."""
        return [event for event in self.events() if event.hash not in self.memory.acknowledged]

    def hand_fen(self) -> int:
        """Cash in hand as this phone counts it, with what pages said of its events."""
        log = log_of(self.events(), self.memory.verdicts)
        me = self.of_type("me").values()
        return codec.hand_fen(log, sum(row["counted_total_fen"] for row in me))

    # Section 3

    def batch(self, events: Sequence[Event]) -> dict[str, Any]:
        """Consecutive events of one lane, squeezed, folded and signed."""
        first, last = events[0].told, events[-1]
        names = "kind sv case visit subject base_rev anchor occurred_at tz boot body".split()
        hashes = [event.hash for event in events]
        squeezed = [
            {**{name: event.told[name] for name in names},
             "body": codec.squeeze(event.told["body"], hashes[:place])}
            for place, event in enumerate(events)
        ]  # fmt: skip
        batch = {
            "v": 1, "lane": first["lane"], "first_seq": first["seq"], "prev": first["prev"],
            "actor": first["actor"], "app": first["app"], "sig": last.sig,
            "events": codec.pack(squeezed),
        }  # fmt: skip
        for place, event in enumerate(events):
            if event.told["kind"] == "key.rotated":
                batch["new_key"] = event.told["body"]["public_key"]
                if place:
                    batch["sigs"] = {str(event.told["seq"] - 1): events[place - 1].sig}
        return batch

    def next_batch(self) -> list[Event]:
        """The next unsent events that may travel together."""
        unsent = self.unsent()
        run = unsent[:1]
        for event in unsent[1:BATCH_EVENTS_MAX]:
            if event.told["lane"] != run[-1].told["lane"] or event.told["prev"] != run[-1].hash:
                break
            run.append(event)
        return run

    # Section 4

    def beacon(self) -> dict[str, Any]:
        """Where this phone stands."""
        chain = self.memory.chains[self.memory.lane]
        return {
            "lane": self.memory.lane, "head_seq": len(chain), "head_hash": chain[-1].hash[:16],
            "hand_fen": self.hand_fen(), "at": self.now(),
        }  # fmt: skip

    def post_beacon(self) -> int:
        """The beacon alone (section 13); the status."""
        body = canonical(self.beacon())
        return self.send("POST", "/v1/beacon", self.proof(body), body).status

    def proof(self, body: bytes) -> dict[str, str]:
        """The headers that say who speaks."""
        device = {"Doorstep-Device": self.memory.device, "Content-Type": "application/json"}
        if self.resumes:
            mac = hmac.new(self.memory.secret, body, hashlib.sha256).hexdigest()
            return {**device, "Doorstep-Resume": mac}
        return {**device, "Doorstep-Signature": self.key.sign(body)}

    def readmit(self) -> int:
        """Show the ticket to a server restored to before our enrolment (section 9); the status."""
        body = canonical({"ticket": self.memory.ticket})
        return self.send("POST", "/v1/readmit", self.proof(body), body).status

    def exchange(self, events: Sequence[Event] = (), repair: Any = None) -> dict[str, Any] | None:
        """One request and its answer; the page that was taken in."""
        m = self.memory
        cursor = m.staged.cursor if m.staged else m.cursor
        asked: dict[str, Any] = {
            "req_id": os.urandom(16).hex(), "sent_at": self.now(),
            "push": self.batch(events) if events else None,
            "pull": {
                "cursor": cursor, "limit_bytes": self.limit_bytes,
                "projection": 1, "repair": repair,
            },
            "beacon": self.beacon(), "incidents": [],
        }  # fmt: skip
        body = canonical(asked)
        line = Line(self.send, m.device)
        lines = line.deliver(asked["req_id"], body, self.proof(body)).split(b"\n")
        mark = hmac.new(m.secret, b"\n".join(lines[:2]), hashlib.sha256).hexdigest()
        if len(lines) != 3 or not hmac.compare_digest(mark.encode(), lines[2]):
            raise Refused("no mark of ours")
        envelope = json.loads(lines[1])
        if envelope["req_id"] != asked["req_id"]:
            raise Refused("an answer to something else")
        return self._take_in(envelope, json.loads(lines[0]), events, cursor)

    # Sections 4 to 6

    def _take_in(
        self, envelope: dict[str, Any], page: Any, events: Sequence[Event], cursor: str | None
    ) -> dict[str, Any] | None:
        m = self.memory
        if envelope["epoch"] != m.epoch:
            m.acknowledged, m.epoch = set(), envelope["epoch"]
        m.anchor, self.error = envelope["anchor"], envelope["error"]
        verdicts = [run for run in envelope["took"] or [] for _ in range(run[0])]
        for event, run in zip(events, verdicts, strict=bool(envelope["took"])):
            m.acknowledged.add(event.hash)
            m.took[event.hash] = run[1:]
        if any(event.told["kind"] == "key.rotated" for event in events):
            self.resumes = False
        for lane in envelope["lanes"]:
            self.hear_lane(lane)
        if page is not None and cursor == (m.staged.cursor if m.staged else m.cursor):
            self._take_page(page)
        return page if isinstance(page, dict) else None

    def hear_lane(self, told: dict[str, Any]) -> None:
        """Acknowledged by hash, or a head that we do not have."""
        m = self.memory
        chain = m.chains.get(told["lane"], [])
        seq = told["head_seq"]
        if seq <= len(chain) and (not seq or chain[seq - 1].hash == told["head_hash"]):
            m.acknowledged |= {event.hash for event in chain[:seq]}
            m.archived[told["lane"]] = told["archived_seq"]
            m.settled[told["lane"]] = (told["settled_seq"], told["settled_hash"])
        elif told["lane"] == m.lane:
            m.lane = os.urandom(16).hex()  # our memory is older than the server's (section 9)
            self._open_lane(told["lane"])

    def _take_page(self, page: dict[str, Any]) -> None:
        m = self.memory
        into = m
        if page["reset"] or m.staged:
            into = m.staged = m.staged if m.staged and not page["reset"] else Memory()
        rows = codec.unpack(page["rows"])
        for etype, parts in (page["repair"] or {}).items():
            for key in [k for k in into.rows if k[0] == etype and _bucket(k[1]) in parts]:
                del into.rows[key]
        for row in rows:
            key = (row["etype"], row["eid"])
            into.rows.pop(key, None)
            if row["op"] == "upsert":
                into.rows[key] = (row["tick"], row["row"])
        self._hear_verdicts(page, into)
        into.cursor = page["cursor"]
        if not page["complete"]:
            return
        if m.staged:
            m.rows, m.verdicts, m.cursor, m.staged = into.rows, into.verdicts, into.cursor, None
        for lane, (seq, digest) in m.settled.items():
            chain = m.chains[lane]
            if seq and chain[seq - 1].hash == digest:
                m.verdicts = {e.hash: (0, "applied", None) for e in chain[:seq]} | m.verdicts
        self._compare(page["digest"])

    def _hear_verdicts(self, page: dict[str, Any], into: Memory) -> None:
        for lane, runs in page["verdicts"]:
            chain = self.memory.chains.get(lane, [])
            for first, last, hash16, tick, verdict, reason, _needs in runs:
                if last <= len(chain) and chain[last - 1].hash.startswith(hash16):
                    for event in chain[first - 1 : last]:
                        into.verdicts[event.hash] = (tick, verdict, reason)
        for digest, tick, verdict, reason, _needs in page["alone"]:
            into.verdicts[digest] = (tick, verdict, reason)

    # Section 11

    def upload_photo(self, data: bytes, piece: int = 60_000) -> dict[str, str]:
        """Bring a photo that an event named."""
        return Line(self.send, self.memory.device).upload_photo(self.key, data, piece)

    # Section 7

    def _compare(self, told: dict[str, str] | None) -> None:
        """Whether our rows are the server's, as far as it said."""
        if told is not None:
            self.digest = told
        held = {etype: codec.digest(self.of_type(etype)) for etype, _ in self.memory.rows}
        self.is_equal = self.digest == held

    def of_type(self, etype: str) -> dict[str, Any]:
        """eid -> row."""
        return {eid: row for (kind, eid), (_, row) in self.memory.rows.items() if kind == etype}

    def sync(self) -> None:
        """Until everything is acknowledged and equal, or the server will give no page."""
        for step in ("", "repair", "reset"):
            types = {etype for etype, _ in self.memory.rows}
            repair = {etype: codec.buckets(self.of_type(etype)) for etype in types}
            if step == "reset":
                self.memory.cursor = self.memory.staged = None
            if step:
                self.repairs.append(step)
            page = self.exchange(self.next_batch(), repair if step == "repair" else None)
            while self.unsent() or (page is not None and not page["complete"]):
                page = self.exchange(self.next_batch())
            if self.is_equal or self.error:
                return
        raise Refused("the rows do not become equal")


def log_of(
    events: Iterable[Event], verdicts: Mapping[str, tuple[int, str, str | None]]
) -> list[dict[str, Any]]:
    """Events as custody is counted from them: with what pages said of each."""
    return [
        {"hash": e.hash, "kind": e.told["kind"], "body": e.told["body"],
         "verdict": verdicts[e.hash][1] if e.hash in verdicts else None}
        for e in events
    ]  # fmt: skip


def _bucket(eid: str) -> int:
    return hashlib.sha256(eid.encode()).digest()[0]
