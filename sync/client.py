"""A whole phone in pure Python: it enrols, records, sends, and believes only what it can check.

It works over a Transport and a Signer given to it, and takes time and randomness as functions.
Rehearsals, tests and the simulation use it; the PWA does the same with its own memory.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sync.anchor import ack_mac
from sync.base64url import from_base64url
from sync.canonical import canonical_bytes, strict_json
from sync.custody import hand_fen
from sync.digest import digests
from sync.events import EVENT_BYTES_MAX, ZERO_HASH, Envelope, check_body
from sync.kinds import version_of
from sync.lane import next_batch, pack_batch
from sync.overlay import view
from sync.problems import Problem
from sync.receipts import Book, next_of
from sync.time_bounds import day_of

# One request to /v1/sync: its body and headers, answered by the HTTP status and the body.
Transport = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]

# A page of 64 kB takes 8 s at 64 kbit/s: long enough to be worth a request, short enough to end.
PULL_BYTES = 64 * 1024

# A field day is two batches and a dozen pages. A sync that needs more has gone wrong.
ROUNDS_MAX = 200


class Signer(Protocol):
    """The device's key. It signs and shows its public half; nothing else leaves it."""

    @property
    def alg(self) -> str:
        """The algorithm of the key: "ES256"."""

    @property
    def public_key(self) -> str:
        """The uncompressed point as base64url."""

    def sign(self, data: bytes, /) -> str:
        """The signature over the bytes, as base64url of r||s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a phone takes from outside: its clock (ms UTC), randomness, and the build it runs."""

    now_ms: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    app: str = "phone-py"
    boot: int = 1


class Phone:
    """One officer's phone: one key, one lane, one log that only grows.

    log       Every event recorded here, in the order of the lane.
    verdicts  hash -> {"verdict", "reason", "tick"}: with a tick as the feed brought it, which the
              overlay goes by; without one as the push answer did, which is for the eye only.
    rows      (etype, eid) -> {"row", "tick"}: what the server sent.
    """

    def __init__(self, signer: Signer, world: World) -> None:
        self.signer, self.world = signer, world
        self.lane = world.random_bytes(16).hex()
        self.identity: dict[str, Any] | None = None
        self.epoch: str | None = None
        self.anchor: dict[str, object] | None = None
        self.cursor: str | None = None
        self.log: list[Envelope] = []
        self.sigs: dict[str, str] = {}
        self.acked_seq = 0
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.incidents: list[str] = []
        self.pull_error: str | None = None
        self._staged: dict[tuple[str, str], dict[str, Any]] | None = None
        self._complete = False
        self._asked: str | None = None
        self._visit: tuple[object, str] | None = None

    # Enrolment

    def enrol_request(self, code: str) -> bytes:
        """The body for POST /v1/enrol. The same code gives the same request: a retry is safe."""
        return _wire(
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
        self.log.append(event)
        self.sigs[event.hash] = self.signer.sign(bytes.fromhex(event.hash))
        return event

    def next_receipt(self) -> tuple[str, str]:
        """(book id, receipt number) of the next slip. Refuses `no_numbers_left`."""
        issued = {
            eid: held["row"]
            for (etype, eid), held in self.rows.items()
            if etype == "book" and self._may_use(held["row"])
        }
        books = {_book(row): eid for eid, row in issued.items()}
        ordered = sorted(books, key=lambda book: (book.prefix, book.width, book.from_no))
        used = [str(e.body["receipt_no"]) for e in self.log if e.kind == "cash.receipt"]
        found = next_of(ordered, used)
        if found is None:
            raise Problem("no_numbers_left")
        return books[found[0]], found[1]

    # Exchange

    def sync(self, transport: Transport) -> None:
        """Exchange until nothing is left to send or to fetch.

        A transport may fail in any round; the log is untouched and the next call goes on. A
        refusal of the request raises `answer_not_believed` with the status.
        """
        for _ in range(ROUNDS_MAX):
            body = self.build_sync()
            status, answer = transport(body, self.headers(body))
            if status != 200:
                raise Problem("answer_not_believed", rule=f"status_{status}")
            self.absorb(answer)
            if self.is_done:
                return
        raise Problem("answer_not_believed", rule="rounds_max")

    @property
    def is_done(self) -> bool:
        """True if every event is acknowledged and the last page of the feed is here."""
        pulled = self._complete or self.pull_error is not None
        return self.acked_seq == len(self.log) and pulled

    @property
    def unacked(self) -> list[Envelope]:
        """The events that only this phone holds, as far as it knows."""
        return self.log[self.acked_seq :]

    def headers(self, body: bytes) -> dict[str, str]:
        """The headers that say which device sends these bytes, and prove it."""
        if self.identity is None:
            raise Problem("not_enrolled")
        return {
            "Doorstep-Device": str(self.identity["device"]),
            "Doorstep-Signature": self.signer.sign(body),
        }

    def build_sync(self, limit_bytes: int = PULL_BYTES) -> bytes:
        """The next request: what is not acknowledged, and a page of the feed. Safe to repeat."""
        batch = next_batch(self.unacked)
        self._asked = self.world.random_bytes(16).hex()
        return _wire(
            {
                "req_id": self._asked,
                "sent_at": self.world.now_ms(),
                "push": pack_batch(batch, self.sigs[batch[-1].hash]) if batch else None,
                "pull": {"cursor": self.cursor, "limit_bytes": limit_bytes},
            }
        )

    def absorb(self, answer: bytes) -> None:
        """Take in an answer of /v1/sync, all of it or nothing.

        Refuses `answer_not_believed` if it is not the answer to the last request, or if its
        acknowledgement is not marked with our secret, or names a head that is not ours.
        """
        try:
            told = strict_json(answer)
            acked = self._checked_ack(told)
            _require_shape(told)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Problem("answer_not_believed", rule="shape") from None
        if told["epoch"] != self.epoch:
            # The server lost its memory or was restored: send everything again, it knows repeats.
            self.epoch, self.acked_seq = told["epoch"], 0
        if acked is not None:
            self.acked_seq = acked
        self._asked, self.anchor = None, told["anchor"]
        for item in told["verdicts"]:
            self._note_verdict(item)
        self._absorb_pull(told.get("pull"))

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
        household = _id(named.get("household"))
        if kind == "visit.started":
            self._visit = (household, self.world.random_bytes(16).hex())
        in_visit = self._visit is not None and self._visit[0] == household
        return Envelope(
            lane=self.lane,
            seq=len(self.log) + 1,
            prev=self.log[-1].hash if self.log else ZERO_HASH,
            kind=kind,
            sv=version_of(kind),
            actor=str(self.identity["officer"]["id"]),
            case=_id(named.get("loan")),
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

    def _checked_ack(self, told: Mapping[str, Any]) -> int | None:
        """The acknowledged number if the answer holds, None if it acknowledges nothing."""
        if self._asked is None or told["req_id"] != self._asked:
            raise Problem("answer_not_believed", rule="req_id_echo")
        ack = told["ack"]
        if ack is None:
            return None
        seq, head_hash = ack["head_seq"], ack["head_hash"]
        secret = from_base64url(self.identity["ack_secret"]) if self.identity else None
        assert secret is not None, "only an enrolled phone asks"
        mark = ack_mac(secret, self.lane, seq, head_hash, (told["epoch"], told["req_id"]))
        if ack["lane"] != self.lane or not hmac.compare_digest(mark, ack["mac"]):
            raise Problem("answer_not_believed", rule="ack_mac")
        if not 0 <= seq <= len(self.log):
            raise Problem("answer_not_believed", rule="head_ahead_of_log")
        if head_hash != (self.log[seq - 1].hash if seq else ZERO_HASH):
            raise Problem("answer_not_believed", rule="head_not_mine")
        return int(seq)

    def _note_verdict(self, item: Mapping[str, Any]) -> None:
        """A verdict without a tick never replaces one that came with the feed."""
        known = self.verdicts.get(item["hash"], {})
        if "tick" in item or "tick" not in known:
            kept = ("verdict", "reason", "needs", "tick")
            self.verdicts[item["hash"]] = {key: item[key] for key in kept if key in item}

    def _absorb_pull(self, page: Mapping[str, Any] | None) -> None:
        self.pull_error = page.get("error") if page else None
        if page is None or self.pull_error:
            return
        if page["reset"]:
            self._staged = {}
        target = self.rows if self._staged is None else self._staged
        for row in page["rows"]:
            key = (row["etype"], row["eid"])
            if row["op"] == "evict":
                target.pop(key, None)
            else:
                target[key] = {"row": row["row"], "tick": row["tick"]}
        for item in page["verdicts"]:
            self._note_verdict(item)
        self.cursor, self._complete = page["cursor"], page["complete"]
        if self._complete:
            if self._staged is not None:
                self.rows, self._staged = self._staged, None
            self._check_digest(page["digest"])

    def _check_digest(self, told: Mapping[str, str] | None) -> None:
        """A scope that differs from the server's is noted, and fetched again from the start."""
        own = digests({key: held["row"] for key, held in self.rows.items()})
        if told is not None and dict(told) != own:
            differ = sorted(e for e in {*told, *own} if told.get(e) != own.get(e))
            self.incidents.append(f"digest:{','.join(differ)}")
            self.cursor, self._complete = None, False


def _require_shape(told: Mapping[str, Any]) -> None:
    """Touch all that will be read, so that a broken answer fails before anything has changed."""
    _ = told["epoch"], told["anchor"]
    page = told.get("pull")
    marked = [*told["verdicts"]]
    if page is not None and not page.get("error"):
        _ = page["reset"], page["cursor"], page["complete"], page["digest"]
        marked += page["verdicts"]
        for row in page["rows"]:
            _ = row["etype"], row["eid"], row["op"], row["tick"], row["row"]
    for item in marked:
        _ = item["hash"], item["verdict"]


def _wire(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def _id(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _book(row: Mapping[str, Any]) -> Book:
    return Book(row["prefix"], row["from_no"], row["to_no"], row["width"])
