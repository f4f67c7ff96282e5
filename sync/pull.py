"""Giving out the feed: pages that never split a tick, a cursor nobody can forge, a digest.

A cursor is (epoch, branch, tick) with a mark of the server for one officer. A phone whose cursor
is not good gets the feed from tick 0, which is the whole scope, for the feed has one row for each
entity.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.digest import digests
from sync.store import FeedLine, PullStore, VerdictLine

MAC_CHARS = 16

# What a row takes as JSON, in bytes, measured on the demonstration branch: a page is cut before
# its rows are read. Approximate is enough; a tick is never split anyway.
ROW_BYTES = {"me": 600, "village": 110, "household": 330, "loan": 360, "stop": 200, "book": 150}
ROW_BYTES_OTHER = 300
EVICT_BYTES = 90
VERDICT_BYTES = 120

LIMIT_BYTES_MIN = 1024
LIMIT_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a cursor is good: one officer of one branch, marked with the server's secret."""

    branch: str
    officer: str
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the feed. `digest` is there if the page completes a scope that has changed.

    is_rewound  The phone proved a tick that this history has not reached: it was rewound without
                a new epoch, and somebody must look.
    """

    reset: bool
    rows: tuple[dict[str, Any], ...]
    verdicts: tuple[dict[str, Any], ...]
    cursor: str
    complete: bool
    digest: dict[str, str] | None
    is_rewound: bool = False

    def to_json(self) -> dict[str, object]:
        """The page as it travels."""
        return {
            "reset": self.reset,
            "rows": list(self.rows),
            "verdicts": list(self.verdicts),
            "cursor": self.cursor,
            "complete": self.complete,
            "digest": self.digest,
        }


def give_out(store: PullStore, reader: Reader, cursor: str | None, limit_bytes: int) -> Page:
    """The next page for an officer, from one snapshot.

    cursor       As the last page gave it; None, a wrong or a foreign one starts from 0.
    limit_bytes  About how large the page may be; a single tick may be larger.
    """
    epoch, latest = store.epoch(), store.tick()
    since = read_cursor(cursor, reader, epoch)
    is_rewound = since is not None and since > latest
    reset = since is None or is_rewound
    start = 0 if since is None or is_rewound else since
    feed = [line for line in store.feed_after(start) if not (reset and line.op == "evict")]
    verdicts = store.verdicts_after(start)
    limit = min(max(limit_bytes, LIMIT_BYTES_MIN), LIMIT_BYTES_MAX)
    end = _end_of_page(feed, verdicts, limit)
    complete = end is None
    upto = latest if end is None else end
    rows = _rows(store, [line for line in feed if line.tick <= upto])
    return Page(
        reset=reset,
        rows=rows,
        verdicts=tuple(_verdict(line) for line in verdicts if line.tick <= upto),
        cursor=write_cursor(reader, epoch, upto),
        complete=complete,
        digest=_digest(store, reset, rows) if complete else None,
        is_rewound=is_rewound,
    )


def _digest(store: PullStore, reset: bool, rows: Sequence[dict[str, Any]]) -> dict[str, str] | None:
    """The digest of the scope; none if the page changes nothing. No scope is read twice."""
    if reset:
        held = {(row["etype"], row["eid"]): row["row"] for row in rows if row["op"] == "upsert"}
        return digests(held)
    return store.scope_digest() if rows else None


def write_cursor(reader: Reader, epoch: str, tick: int) -> str:
    """The cursor that says: this officer has the feed of this history up to a tick."""
    words = f"{epoch}.{reader.branch}.{tick}"
    return f"{words}.{_mark(reader, words)}"


def read_cursor(cursor: str | None, reader: Reader, epoch: str) -> int | None:
    """The tick of a cursor; None if it is not ours, of another officer, or of another history."""
    words, _, mark = (cursor or "").rpartition(".")
    if not mark.isascii() or not hmac.compare_digest(_mark(reader, words), mark):
        return None
    place, _, tick = words.rpartition(".")
    return int(tick) if place == f"{epoch}.{reader.branch}" else None


def _mark(reader: Reader, words: str) -> str:
    told = f"cursor|{reader.officer}|{words}".encode(errors="replace")
    return hmac.new(reader.secret, told, hashlib.sha256).hexdigest()[:MAC_CHARS]


def _end_of_page(
    feed: Sequence[FeedLine], verdicts: Sequence[VerdictLine], limit: int
) -> int | None:
    """The last tick that fits; None if everything does. At least one tick always goes."""
    sizes: dict[int, int] = {}
    for line in feed:
        sizes[line.tick] = sizes.get(line.tick, 0) + _bytes_of(line)
    for verdict in verdicts:
        sizes[verdict.tick] = sizes.get(verdict.tick, 0) + VERDICT_BYTES
    total, end = 0, None
    for tick in sorted(sizes):
        total += sizes[tick]
        if end is not None and total > limit:
            return end
        end = tick
    return None


def _bytes_of(line: FeedLine) -> int:
    return EVICT_BYTES if line.op == "evict" else ROW_BYTES.get(line.etype, ROW_BYTES_OTHER)


def _rows(store: PullStore, lines: Sequence[FeedLine]) -> tuple[dict[str, Any], ...]:
    """A row that is gone from the database leaves the phone too."""
    found = store.rows([line for line in lines if line.op == "upsert"])
    return tuple(_row(line, found.get((line.etype, line.eid))) for line in lines)


def _row(line: FeedLine, row: dict[str, Any] | None) -> dict[str, Any]:
    op = "evict" if line.op == "evict" or row is None else "upsert"
    kept = row if op == "upsert" else None
    return {"etype": line.etype, "eid": line.eid, "tick": line.tick, "op": op, "row": kept}


def _verdict(line: VerdictLine) -> dict[str, Any]:
    told: dict[str, Any] = {"hash": line.hash, "verdict": line.verdict, "tick": line.tick}
    if line.reason is not None:
        told["reason"] = line.reason
    if line.needs is not None:
        told["needs"] = line.needs
    return told
