"""A whole phone in pure Python: it enrols, records, sends, and believes only what it can check.

It works over a Transport and a Signer given to it, and takes time and randomness as functions.
Rehearsals, tests and the simulation use it; the PWA does the same with its own memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sync.answer import mark_of, to_line
from sync.base64url import from_base64url
from sync.canonical import canonical_bytes, strict_json
from sync.custody import hand_fen
from sync.events import EVENT_BYTES_MAX, Envelope, check_body
from sync.kinds import version_of
from sync.lane import BATCH_EVENTS_MAX, next_batch, pack_batch
from sync.overlay import view
from sync.phone_answer import Asked, believe
from sync.phone_log import PhoneLog, Told
from sync.phone_rows import PhoneRows, Rows, book_of, id_of
from sync.phone_world import Signer, World
from sync.problems import Problem
from sync.readmission import ask_back, is_forgotten
from sync.receipts import next_of
from sync.runs import HASH_CHARS, read_runs
from sync.time_bounds import day_of
from sync.transport import Parcel, Transport, carry

__all__ = ["Phone", "Signer", "World"]

# A whole scope in one page: what breaks off is fetched from where it broke.
PULL_BYTES = 1024 * 1024

# A field day is one exchange. A sync that needs many more has gone wrong.
ROUNDS_MAX = 200

INCIDENTS_A_REQUEST = 20

# Too much at once, or one event in it cannot be read: send less at a time, down to one.
SEND_LESS = (400, 413)


class Phone:
    """One officer's phone: one key, its lanes, one log that only grows.

    lane       The lane it records on; one before it was given up after its memory went back.
    incidents  What went wrong here and a person should know, as it is told to the server.
    """

    def __init__(self, signer: Signer, world: World) -> None:
        self.signer, self.world = signer, world
        self.lane = world.random_bytes(16).hex()
        self.identity: dict[str, Any] | None = None
        self.epoch: str | None = None
        self.anchor: dict[str, object] | None = None
        self.incidents: list[dict[str, Any]] = []
        self.pull_error: str | None = None
        self.history = PhoneLog()
        self.scope = PhoneRows()
        self.parcel: Parcel | None = None
        self._told_incidents = 0
        self._most = BATCH_EVENTS_MAX
        self._asked: Asked | None = None
        self._visit: tuple[object, str] | None = None

    @property
    def log(self) -> list[Envelope]:
        """Every event recorded here, in order."""
        return self.history.events

    @property
    def sigs(self) -> dict[str, str]:
        """The signature of every event, by its hash."""
        return self.history.sigs

    @property
    def verdicts(self) -> dict[str, Told]:
        """What became of each event, as far as it is known."""
        return self.history.verdicts

    @property
    def rows(self) -> Rows:
        """(etype, eid) -> {"row", "tick"}: what the server sent."""
        return self.scope.rows

    @property
    def cursor(self) -> str | None:
        """How far the feed is here."""
        return self.scope.cursor

    # Enrolment

    def enrol_request(self, code: str) -> bytes:
        """The body for POST /v1/enrol. The same code gives the same request: a retry is safe."""
        return to_line(
            {
                "code": code,
                "alg": self.signer.alg,
                "public_key": self.signer.public_key,
                "lane": self.lane,
                "app": self.world.app,
            }
        )

    def absorb_enrolment(self, answer: bytes) -> None:
        """Take in the 201 of an enrolment, and open the lane with its first event."""
        told = strict_json(answer)
        if told["lane"]["id"] != self.lane:
            raise Problem("answer_not_believed", rule="lane_echo")
        again = self.identity is not None
        self.identity, self.epoch = told, told["epoch"]
        if not again:
            body = {
                "device": told["device"],
                "code": told["lane"]["code"],
                "key_alg": self.signer.alg,
                "replaces": None,
            }
            self.record("lane.opened", body)

    # Recording

    def record(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        at_ms: int | None = None,
        unchecked: bool = False,
    ) -> Envelope:
        """Append an event to the log and sign it. No signal is needed.

        at_ms      What the phone's clock claims, ms UTC; its own clock if not given.
        unchecked  Record even what the form would refuse, to try the server with it.

        Case, subject and visit follow from the body: a visit lasts until the next one starts.
        Refuses by the reason of the first fault of the body, and `event_too_large`.
        """
        faults = [] if unchecked else check_body(kind, version_of(kind), body)
        if faults:
            raise Problem(faults[0].reason, field=faults[0].field, rule=faults[0].rule)
        event = self._built(kind, body, self.world.now_ms() if at_ms is None else at_ms)
        if not unchecked and len(canonical_bytes(event.to_json())) > EVENT_BYTES_MAX:
            raise Problem("event_too_large", max_bytes=EVENT_BYTES_MAX)
        self.history.append(event, self.signer.sign(bytes.fromhex(event.hash)))
        return event

    def next_receipt(self) -> tuple[str, str]:
        """(book id, receipt number) of the next slip. Refuses `no_numbers_left`."""
        issued = {
            eid: held["row"]
            for (etype, eid), held in self.rows.items()
            if etype == "book" and self._may_use(held["row"])
        }
        books = {book_of(row): eid for eid, row in issued.items()}
        ordered = sorted(books, key=lambda book: (book.prefix, book.width, book.from_no))
        used = [str(e.body["receipt_no"]) for e in self.log if e.kind == "cash.receipt"]
        found = next_of(ordered, used)
        if found is None:
            raise Problem("no_numbers_left")
        return books[found[0]], found[1]

    # Exchange

    def sync(self, transport: Transport) -> None:
        """Exchange until nothing is left to send or to fetch.

        A line may break in any round (OSError); nothing is lost and the next call goes on where
        it broke. A refusal of the request raises `answer_not_believed` with the status.
        """
        self.scope.try_again()
        has_returned = False
        for _ in range(ROUNDS_MAX):
            self.parcel = self.parcel or self._next_parcel()
            sent = self.parcel
            reply = carry(transport, sent)
            self.parcel = None
            if reply.status in SEND_LESS and sent.events > 1:
                self._most = max(1, sent.events // 2)
                continue
            if is_forgotten(reply) and not has_returned:
                has_returned = ask_back(transport, self.identity or {}, self.headers)
                if has_returned:
                    continue
            if reply.status != 200:
                raise Problem("answer_not_believed", rule=f"status_{reply.status}")
            self.absorb(reply.body)
            if self.is_done:
                return
            if self.scope.mending == "failed":
                raise Problem("answer_not_believed", rule="digest")
        raise Problem("answer_not_believed", rule="rounds_max")

    @property
    def is_done(self) -> bool:
        """Every event is acknowledged, and the rows are proved to be those of the server."""
        return not self.unacked and (self.scope.is_done or self.pull_error is not None)

    @property
    def unacked(self) -> list[Envelope]:
        """The events that only this phone holds, as far as it knows."""
        return self.history.unacked

    @property
    def acked_seq(self) -> int:
        """The end of the acknowledged prefix of the lane."""
        chain = self.history.chains.get(self.lane, [])
        return next((n for n, e in enumerate(chain) if e not in self.history.acked), len(chain))

    def headers(self, body: bytes) -> dict[str, str]:
        """The headers that say which device sends these bytes, and prove it."""
        if self.identity is None:
            raise Problem("not_enrolled")
        named = {"Doorstep-Device": str(self.identity["device"])}
        if any(event.kind == "key.rotated" for event in self.unacked):
            # The server knows the old key only: the secret of the enrolment vouches for the new.
            return named | {"Doorstep-Resume": mark_of(body, self._secret())}
        return named | {"Doorstep-Signature": self.signer.sign(body)}

    def build_sync(self, limit_bytes: int = PULL_BYTES) -> bytes:
        """The next request: what is not acknowledged, and a page of the feed. Safe to repeat."""
        if self.identity is None:
            raise Problem("not_enrolled")
        batch = next_batch(self.unacked, self._most)
        req_id = self.world.random_bytes(16).hex()
        untold = self.incidents[self._told_incidents :][:INCIDENTS_A_REQUEST]
        sent = tuple(event.hash for event in batch)
        told = self._told_incidents + len(untold)
        self._asked = Asked(req_id, self.scope.cursor, sent, told)
        self.parcel = None
        return to_line(
            {
                "req_id": req_id,
                "sent_at": self.world.now_ms(),
                "push": self._push(batch) if batch else None,
                "pull": self.scope.wish(limit_bytes),
                "beacon": self._beacon(),
                "incidents": untold,
            }
        )

    def absorb(self, answer: bytes) -> None:
        """Take in an answer of /v1/sync, all of it or nothing.

        Refuses `answer_not_believed` if its mark is not made with our secret, or if it is not the
        answer to the last request.
        """
        asked = self._asked
        answered = believe(answer, self._secret(), asked, self.history.chains)
        assert asked is not None, "nothing else is believed"
        self._asked, self._told_incidents = None, asked.incidents
        self._most = min(BATCH_EVENTS_MAX, self._most * 2)
        told = answered.envelope
        self.anchor, self.pull_error = told["anchor"], told["error"]
        if told["epoch"] != self.epoch:
            # The server lost its memory or was restored: what it has now is what lanes prove.
            self.epoch, self.history.acked = told["epoch"], set()
        self.history.note_took(answered.took)
        strange = [head for head in answered.heads if not self.history.prove(*head)]
        if answered.page is not None and asked.cursor == self.scope.cursor:
            said = read_runs(answered.page, self.history.chains, self.history.acked)
            self._absorb_page(answered.page, said, told["lanes"])
        for lane, seq, head_hash in strange:
            if lane == self.lane:
                self._leave_lane(seq, head_hash)

    # What the officer sees

    def view(self, etype: str, eid: str) -> dict[str, Any]:
        """A row as the screen shows it: the server's, with this phone's own events over it."""
        held = self.rows[etype, eid]
        return view(etype, held["row"], held["tick"], self.own_events())

    def own_events(self) -> list[dict[str, Any]]:
        """The log as the overlay and custody read it, each event with its verdict if known."""
        return [
            {
                "hash": event.hash,
                "kind": event.kind,
                "body": event.body,
                "occurred_on": day_of(event.occurred_at, event.tz),
                **self.verdicts.get(event.hash, {}),
            }
            for event in self.log
        ]

    def hand_fen(self) -> int:
        """The cash in hand in fen, by this log, less what the cashier has counted off."""
        me = [held["row"] for (etype, _), held in self.rows.items() if etype == "me"]
        counted = sum(row.get("counted_total_fen") or 0 for row in me)
        return hand_fen(self.own_events(), counted)

    # Inside

    def _may_use(self, book: Mapping[str, Any]) -> bool:
        """A book of the officer's other phone is hers too, but not this phone's."""
        return bool(book["state"] == "issued" and book["lane"] == self.lane)

    def _built(self, kind: str, body: Mapping[str, object], at_ms: int) -> Envelope:
        if self.identity is None:
            raise Problem("not_enrolled")
        named = self._target_body(body) if kind == "cash.void" else body
        household = id_of(named.get("household"))
        if kind == "visit.started":
            self._visit = (household, self.world.random_bytes(16).hex())
        in_visit = self._visit is not None and self._visit[0] == household
        return Envelope(
            lane=self.lane,
            seq=len(self.history.chains.get(self.lane, [])) + 1,
            prev=self.history.head_hash(self.lane),
            kind=kind,
            sv=version_of(kind),
            actor=str(self.identity["officer"]["id"]),
            case=id_of(named.get("loan")),
            visit=self._visit[1] if self._visit and in_visit else None,
            subject=household,
            anchor=self.anchor,
            occurred_at=at_ms,
            boot=self.world.boot,
            app=self.world.app,
            body=json.loads(canonical_bytes(body)),
        )

    def _target_body(self, body: Mapping[str, object]) -> Mapping[str, object]:
        return next((e.body for e in self.log if e.hash == body.get("target")), {})

    def _secret(self) -> bytes:
        secret = from_base64url(self.identity["ack_secret"]) if self.identity else None
        if secret is None:
            raise Problem("not_enrolled")
        return secret

    def _next_parcel(self) -> Parcel:
        body = self.build_sync()
        asked = self._asked
        assert asked is not None, "a request was built"
        headers = self.headers(body)
        identity = {"Doorstep-Device": headers.pop("Doorstep-Device")}
        return Parcel(asked.req_id, body, identity, headers, len(asked.sent))

    def _push(self, batch: list[Envelope]) -> dict[str, object]:
        """The batch; with it what a key needs that changed inside."""
        push = pack_batch(batch, self.sigs[batch[-1].hash])
        for event in batch:
            if event.kind == "key.rotated" and event.body.get("public_key"):
                push["new_key"] = event.body["public_key"]
                if event is not batch[0]:
                    push["sigs"] = {str(event.seq - 1): self.sigs[event.prev]}
        return push

    def beacon_request(self) -> bytes:
        """The body of /v1/beacon: how far this phone is, when its events cannot travel."""
        return canonical_bytes(self._beacon())

    def _beacon(self) -> dict[str, object]:
        return {
            "lane": self.lane,
            "head_seq": len(self.history.chains[self.lane]),
            "head_hash": self.history.head_hash(self.lane)[:HASH_CHARS],
            "hand_fen": self.hand_fen(),
            "at": self.world.now_ms(),
        }

    def _absorb_page(
        self, page: Mapping[str, Any], said: dict[str, Told], lanes: list[dict[str, Any]]
    ) -> None:
        """Rows and verdicts together. A complete page is compared with what the server has."""
        verdicts, is_whole = self.scope.take(page, said)
        if is_whole:
            self.history.replace_verdicts(verdicts)
        else:
            self.history.verdicts |= verdicts
        if page["complete"]:
            self.history.settle(lanes)
            differ = self.scope.check(page["digest"])
            if differ:
                self._note("rows_differ", {"types": differ})

    def _leave_lane(self, seq: int, head_hash: str) -> None:
        """The server has more of this lane than this phone remembers: go on on a new one."""
        assert self.identity is not None, "only an enrolled phone is answered"
        left = self.lane
        self._note("forked", {"lane": left, "head_seq": seq, "head_hash": head_hash})
        self.lane = self.world.random_bytes(16).hex()
        body = {
            "device": self.identity["device"],
            "code": self.identity["lane"]["code"],
            "key_alg": self.signer.alg,
            "replaces": left,
        }
        self.record("lane.opened", body)

    def _note(self, kind: str, details: dict[str, object]) -> None:
        self.incidents.append({"kind": kind, "details": details, "at": self.world.now_ms()})
