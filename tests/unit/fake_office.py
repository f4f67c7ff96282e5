"""A server in a hundred lines that keeps the wire's promises, and can be told to break them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sync.anchor import ack_mac
from sync.base64url import to_base64url
from sync.client import Phone
from sync.digest import digests
from sync.events import ZERO_HASH
from sync.lane import Head, expand_batch, extend

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

    rows   (etype, eid) -> (tick, row). One page is at most `page` rows.
    spoil  Called with each answer before it is sent.
    """

    def __init__(self) -> None:
        self.epoch = "epoch-1"
        self.head = Head()
        self.hashes: list[str] = []
        self.rows: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
        self.page = 100
        self.requests: list[Answer] = []
        self.spoil: Callable[[Answer], object] = lambda answer: None

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

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        request = json.loads(body)
        self.requests.append(request)
        answer: Answer = {"req_id": request["req_id"], "epoch": self.epoch, "now": 1}
        answer |= {"anchor": {"tick": len(self.rows), "mac": "0" * 16}}
        answer |= self._pushed(request["push"], request["req_id"])
        answer["pull"] = self._page(request["pull"]["cursor"])
        self.spoil(answer)
        return 200, json.dumps(answer).encode()

    def _pushed(self, push: Mapping[str, Any] | None, req_id: str) -> Answer:
        if push is None:
            return {"ack": None, "verdicts": []}
        events = expand_batch(push)
        self.head = extend(self.head, events).head
        self.hashes += [event.hash for event in events if event.hash not in self.hashes]
        verdicts = [{"seq": e.seq, "hash": e.hash, "verdict": "applied"} for e in events]
        ack = {"lane": push["lane"], "head_seq": self.head.seq, "head_hash": self.head.hash}
        tail = (self.epoch, req_id)
        ack["mac"] = ack_mac(SECRET, push["lane"], self.head.seq, self.head.hash, tail)
        return {"ack": ack, "verdicts": verdicts}

    def _page(self, cursor: str | None) -> Answer:
        epoch, _, place = (cursor or "none.0").partition(".")
        reset = epoch != self.epoch
        start = 0 if reset else int(place)
        ordered = sorted(self.rows.items(), key=lambda item: item[1][0])
        page = ordered[start : start + self.page]
        complete = start + self.page >= len(ordered)
        held = {key: row for key, (_, row) in self.rows.items()}
        return {
            "reset": reset,
            "rows": [
                {"etype": etype, "eid": eid, "tick": tick, "op": "upsert", "row": row}
                for (etype, eid), (tick, row) in page
            ],
            "verdicts": [],
            "cursor": f"{self.epoch}.{start + len(page)}",
            "complete": complete,
            "digest": digests(held) if complete else None,
        }

    def forget(self) -> None:
        """Lose everything: a new epoch, an empty lane."""
        self.epoch, self.head, self.hashes = "epoch-2", Head(0, ZERO_HASH), []


def state_of(phone: Phone) -> object:
    """What a second sync, or a refused answer, must not change."""
    plain = {"acked_seq", "cursor", "epoch", "anchor", "verdicts", "rows", "incidents"}
    return json.dumps({name: repr(getattr(phone, name)) for name in sorted(plain)})
