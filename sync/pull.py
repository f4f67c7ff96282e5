"""Giving out the feed: pages that never split a tick, a cursor nobody can forge, a digest.

A cursor is (epoch, branch, projection, tick) with a mark of the server for one officer. A phone
whose cursor is not good gets the feed from tick 0, which is the whole scope, for the feed has one
row for each entity.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sync.digest import bucket_digests, bucket_of, by_type, differing, digests_of_sums
from sync.store import FeedLine, PullStore, Span, VerdictLine

MAC_CHARS = 16

# The version of the shape of rows. A phone asks for the one it understands; whoever changes what a
# row says adds a number here and keeps the old shape for phones that are not updated yet.
PROJECTION = 1
PROJECTIONS = frozenset({PROJECTION})

# What a row takes as JSON, in bytes, measured on the demonstration branch: a page is cut before
# its rows are read. Approximate is enough; a tick is never split anyway.
ROW_BYTES = {"me": 600, "village": 110, "household": 330, "loan": 360, "stop": 200, "book": 200}
ROW_BYTES_OTHER = 300
EVICT_BYTES = 90
VERDICT_BYTES = 120

LIMIT_BYTES_MIN = 1024
LIMIT_BYTES_MAX = 1024 * 1024

Row = dict[str, Any]
Line = TypeVar("Line", FeedLine, VerdictLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a cursor is good: one officer of one branch, marked with the server's secret."""

    branch: str
    officer: str
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a phone asks for.

    cursor       As the last page gave it; None, a wrong or a foreign one starts from 0.
    limit_bytes  About how large the page may be; a single tick may be larger.
    projection   One of PROJECTIONS.
    repair       Type -> the digests of its 256 buckets, by a phone whose rows differ.
    """

    cursor: str | None
    limit_bytes: int
    projection: int = PROJECTION
    repair: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a phone is: it has all ticks up to `tick`.

    known  While a scope is given out from its start: the latest tick when that began. The rows
           given before are from nothing, so no eviction up to there concerns them.
    """

    tick: int
    known: int

    @property
    def is_from_nothing(self) -> bool:
        """What the phone holds at this place is a part of a scope, not yet in use."""
        return self.known > self.tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the feed. `digest` is there if the page completes a scope that has changed.

    repair      The buckets whose rows are all in this page; None if there is no repair in it.
    seen        The tick up to which the phone has proved to hold the feed, and to show it.
    is_rewound  The phone proved a tick that this history has not reached: it was rewound without
                a new epoch, and somebody must look.
    """

    reset: bool
    rows: tuple[Row, ...]
    verdicts: tuple[VerdictLine, ...]
    cursor: str
    complete: bool
    digest: dict[str, str] | None
    repair: dict[str, list[int]] | None = None
    is_rewound: bool = False
    seen: int | None = None


def give_out(store: PullStore, reader: Reader, wish: Wish) -> Page:
    """The next page for an officer, from one snapshot. It reads about as much as it gives."""
    epoch, latest = store.epoch(), store.tick()
    seen = read_cursor(wish, reader, epoch)
    is_rewound = seen is not None and seen.known > latest
    reset = seen is None or is_rewound or seen.known < store.horizon()
    start = Place(0, latest) if seen is None or reset else seen
    ahead = _Ahead.read(store, start, latest, wish.limit_bytes)
    lines, verdicts, end = ahead.until_full()
    complete = end is None
    place = Place(latest, latest) if end is None else Place(end, max(end, start.known))
    rows = _rows(store, lines)
    page = Page(
        reset=reset,
        rows=rows,
        verdicts=tuple(verdicts),
        cursor=write_cursor(reader, epoch, wish.projection, place),
        complete=complete,
        digest=None,
        is_rewound=is_rewound,
        seen=None if reset or start.is_from_nothing else start.tick,
    )
    if not complete:
        return page
    return _completed(store, page, None if start.is_from_nothing else (wish.repair or {}))


def _completed(store: PullStore, page: Page, repair: Mapping[str, Sequence[str]] | None) -> Page:
    """The last page with the digest of the scope, if that changed.

    repair  What the phone asks to be repaired; None if its rows were given from nothing.
    """
    if repair is not None and not page.reset and not repair and not page.rows:
        return page
    lines = store.scope()
    sums = store.sums(lines)
    done = replace(page, digest=digests_of_sums(sums))
    return _repaired(store, done, lines, _differing(sums, repair)) if repair else done


def _repaired(
    store: PullStore, page: Page, lines: Sequence[FeedLine], buckets: dict[str, list[int]]
) -> Page:
    """The page with all rows of the buckets in which the phone differs."""
    repairs = [line for line in lines if bucket_of(line.eid) in buckets.get(line.etype, ())]
    repaired = {(line.etype, line.eid) for line in repairs}
    rest = [row for row in page.rows if (row["etype"], row["eid"]) not in repaired]
    rows = sorted(
        [*rest, *_rows(store, repairs)], key=lambda row: (row["tick"], row["etype"], row["eid"])
    )
    return replace(page, rows=tuple(rows), repair=buckets)


def _differing(
    sums: Mapping[tuple[str, str], str], theirs: Mapping[str, Sequence[str]]
) -> dict[str, list[int]]:
    """Where a phone's rows differ from the scope, of all types that either side has."""
    ours = {etype: bucket_digests(of_type) for etype, of_type in by_type(sums).items()}
    found = {
        etype: differing(ours.get(etype, []), theirs.get(etype, []))
        for etype in sorted(ours.keys() | theirs.keys())
    }
    return {etype: buckets for etype, buckets in found.items() if buckets}


def write_cursor(reader: Reader, epoch: str, projection: int, place: Place) -> str:
    """The cursor that says: this officer has the feed of this history up to a place."""
    known = f"-{place.known}" if place.known != place.tick else ""
    words = f"{epoch}.{reader.branch}.{projection}.{place.tick}{known}"
    return f"{words}.{_mark(reader, words)}"


def read_cursor(wish: Wish, reader: Reader, epoch: str) -> Place | None:
    """How far a phone is; None if the cursor is not ours, of another officer, or of another
    history or projection."""
    words, _, mark = (wish.cursor or "").rpartition(".")
    if not mark.isascii() or not hmac.compare_digest(_mark(reader, words), mark):
        return None
    start, _, place = words.rpartition(".")
    if start != f"{epoch}.{reader.branch}.{wish.projection}":
        return None
    tick, _, known = place.partition("-")
    return Place(int(tick), int(known or tick))


def _mark(reader: Reader, words: str) -> str:
    told = f"cursor|{reader.officer}|{words}".encode(errors="replace")
    return hmac.new(reader.secret, told, hashlib.sha256).hexdigest()[:MAC_CHARS]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """What comes next in whole ticks: enough of it to fill a page.

    upto  Up to this tick nothing is missing; None if there is no more than this.
    """

    feed: list[FeedLine]
    verdicts: list[VerdictLine]
    upto: int | None
    limit: int

    @classmethod
    def read(cls, store: PullStore, start: Place, latest: int, limit_bytes: int) -> _Ahead:
        """As many lines as could go into a page, and not the whole feed."""
        limit = min(max(limit_bytes, LIMIT_BYTES_MIN), LIMIT_BYTES_MAX)
        span = Span(
            after=start.tick, upto=latest, known=start.known, limit=limit // EVICT_BYTES + 1
        )
        feed, feed_end = _whole_ticks(store.feed_in, span)
        verdicts, verdicts_end = _whole_ticks(store.verdicts_in, span)
        ends = [end for end in (feed_end, verdicts_end) if end is not None]
        return cls(feed=feed, verdicts=verdicts, upto=min(ends, default=None), limit=limit)

    def until_full(self) -> tuple[list[FeedLine], list[VerdictLine], int | None]:
        """The lines that fit, and the last tick of them; None for it if everything does."""
        end = self._end()
        feed = [line for line in self.feed if end is None or line.tick <= end]
        return feed, [line for line in self.verdicts if end is None or line.tick <= end], end

    def _end(self) -> int | None:
        """At least one tick always goes."""
        sizes: dict[int, int] = {}
        for line in self.feed:
            sizes[line.tick] = sizes.get(line.tick, 0) + _bytes_of(line)
        for verdict in self.verdicts:
            sizes[verdict.tick] = sizes.get(verdict.tick, 0) + VERDICT_BYTES
        total, end = 0, None
        for tick in sorted(sizes):
            total += sizes[tick]
            is_full = end is not None and total > self.limit
            if is_full or (self.upto is not None and tick > self.upto):
                return end
            end = tick
        return self.upto


def _whole_ticks(read: Callable[[Span], list[Line]], span: Span) -> tuple[list[Line], int | None]:
    """Lines of whole ticks, and the tick up to which they are all; None if there are no more.

    One tick may hold more lines than the limit: then it is read to its end.
    """
    lines = read(span)
    if span.limit is None or len(lines) < span.limit:
        return lines, None
    first, last = lines[0].tick, lines[-1].tick
    if first == last:
        return read(replace(span, after=last - 1, upto=last, limit=None)), last
    whole = [line for line in lines if line.tick < last]
    return whole, whole[-1].tick


def _bytes_of(line: FeedLine) -> int:
    return EVICT_BYTES if line.op == "evict" else ROW_BYTES.get(line.etype, ROW_BYTES_OTHER)


def _rows(store: PullStore, lines: Sequence[FeedLine]) -> tuple[Row, ...]:
    """A row that is gone from the database leaves the phone too."""
    found = store.rows([line for line in lines if line.op == "upsert"])
    return tuple(_row(line, found.get((line.etype, line.eid))) for line in lines)


def _row(line: FeedLine, row: Row | None) -> Row:
    op = "evict" if line.op == "evict" or row is None else "upsert"
    kept = row if op == "upsert" else None
    return {"etype": line.etype, "eid": line.eid, "tick": line.tick, "op": op, "row": kept}
