"""A server in a hundred lines that keeps the wire's promises, and can be told to break them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from sync.answer import to_line, write_tail
from sync.base64url import to_base64url
from sync.client import Phone
from sync.columns import pack
from sync.digest import digests
from sync.lane import Head, expand_batch, extend
from sync.transport import Reply, Request

SECRET = b"k" * 32
Answer = dict[str, Any]


LOAN = {"id": "L-W14", "principal_fen": 1000_00, "interest_fen": 300_00}
BOOK = {
    "id": "book-1",
    "prefix": "SJ",
    "from_no": 101,
    "to_no": 103,
    "width": 6,
    "lane": "x",
    "state": "issued",
}


class FakeKey:
    """A signer without mathematics: its signature says what was signed."""

    alg = "ES256"
    public_key = "point"

    def sign(self, data: bytes) -> str:
        return to_base64url(data[:32])


class FakeOffice:
    """Takes batches, answers with acknowledgements and pages of rows.

    rows    (etype, eid) -> (tick, row). One page is at most `page` rows.
    spoil   Called with each answer as {"page", **envelope} before it is marked and sent.
    tamper  Called with the bytes of each answer after it was marked.
    """

    def __init__(self) -> None:
        self.epoch = "epoch-1"
        self.heads: dict[str, Head] = {}
        self.hashes: list[str] = []
        self.rows: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
        self.settled: dict[str, Head] = {}
        self.page = 100
        self.requests: list[Answer] = []
        self.spoil: Callable[[Answer], object] = lambda answer: None
        self.tamper: Callable[[bytes], bytes] = lambda answer: answer

    @property
    def head(self) -> Head:
        """The head of the only lane."""
        (head,) = self.heads.values() or (Head(),)
        return head

    def enrolment(self, request: bytes) -> bytes:
        lane = {"id": json.loads(request)["lane"], "code": "D1"}
        told = {
            "device": "dev-1",
            "lane": lane,
            "officer": {"id": "officer-1", "name": "李薇"},
            "branch": {"id": "b1", "name": "塘冲分社"},
            "ack_secret": to_base64url(SECRET),
            "epoch": self.epoch,
            "now": 1,
        }
        return json.dumps(told).encode()

    def __call__(self, request: Request) -> Reply:
        """A request that the phone sends whole, answered whole."""
        assert (request.method, request.path) == ("POST", "/v1/sync"), request
        return Reply(200, self.answer(gzip.decompress(request.body)))

    def answer(self, body: bytes) -> bytes:
        """The three lines for a plain body."""
        request = json.loads(body)
        self.requests.append(request)
        answer: Answer = {"req_id": request["req_id"], "epoch": self.epoch, "now": 1}
        answer |= {"anchor": {"tick": len(self.rows), "mac": "0" * 16}, "error": None}
        answer["took"] = self._pushed(request["push"])
        answer["lanes"] = [self._lane(lane) for lane in self.heads]
        answer["page"] = self._page(request["pull"])
        self.spoil(answer)
        line = to_line(answer.pop("page"))
        return self.tamper(line + b"\n" + write_tail(line, answer, SECRET))

    def _pushed(self, push: Mapping[str, Any] | None) -> object:
        if push is None:
            return None
        events = expand_batch({key: push[key] for key in push if key not in ("new_key", "sigs")})
        lane = events[0].lane
        self.heads[lane] = extend(self.heads.get(lane, Head()), events).head
        self.hashes += [event.hash for event in events if event.hash not in self.hashes]
        return [[len(events), "applied", None, None, False]]

    def _lane(self, lane: str) -> Answer:
        head, settled = self.heads[lane], self.settled.get(lane, Head())
        told = {"lane": lane, "head_seq": head.seq, "head_hash": head.hash, "archived_seq": 0}
        return {**told, "settled_seq": settled.seq, "settled_hash": settled.hash}

    def _page(self, pull: Mapping[str, Any]) -> Answer:
        epoch, _, place = (pull["cursor"] or "none.0").partition(".")
        reset = epoch != self.epoch
        start = 0 if reset else int(place)
        ordered = sorted(self.rows.items(), key=lambda item: item[1][0])
        repair = {etype: list(range(256)) for etype in pull["repair"] or {}}
        page = ordered[0 if repair else start : start + self.page]
        complete = start + self.page >= len(ordered)
        held = {key: row for key, (_, row) in self.rows.items()}
        rows = [
            {"etype": etype, "eid": eid, "tick": tick, "op": "upsert", "row": row}
            for (etype, eid), (tick, row) in page
        ]
        return {
            "reset": reset,
            "cursor": f"{self.epoch}.{min(start + self.page, len(ordered))}",
            "complete": complete,
            "rows": pack(rows),
            "verdicts": [],
            "alone": [],
            "digest": digests(held) if complete else None,
            "repair": repair or None,
        }

    def forget(self) -> None:
        """Lose everything: a new epoch, no lane."""
        self.epoch, self.heads, self.hashes = "epoch-2", {}, []


def state_of(phone: Phone) -> object:
    """What a second sync, or a refused answer, must not change."""
    plain = {"acked_seq", "cursor", "epoch", "anchor", "verdicts", "rows", "incidents", "lane"}
    return json.dumps({name: repr(getattr(phone, name)) for name in sorted(plain)})
