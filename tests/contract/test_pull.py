"""Giving out the feed, over every Store: pages, cursors, digests.

Method: events change rows and reach verdicts at several ticks; the feed is read in pages of
different sizes, as a phone would, and the pages are compared with the feed as a whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

import sync.specimens as say
from sync.digest import bucket_digests, bucket_of, by_type, digests, sums_of
from sync.pull import (
    LIMIT_BYTES_MAX,
    LIMIT_BYTES_MIN,
    PROJECTION,
    Page,
    Place,
    Wish,
    give_out,
    write_cursor,
)
from sync.store import FeedLine, PullStore, Span, VerdictLine
from sync.testing import HOUSEHOLDS, Bench, MemoryBench, Pen, deliver, reader


class Spy:
    """A store that remembers what was read of the feed."""

    def __init__(self, store: PullStore) -> None:
        self.store, self.spans = store, list[Span]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def feed_in(self, span: Span) -> list[FeedLine]:
        self.spans.append(span)
        return self.store.feed_in(span)

    def verdicts_in(self, span: Span) -> list[VerdictLine]:
        self.spans.append(span)
        return self.store.verdicts_in(span)


def pages_of(bench: Bench, cursor: str | None, limit: int) -> list[Page]:
    """All pages from a cursor to the complete one, each from its own snapshot."""
    pages: list[Page] = []
    while not pages or not pages[-1].complete:
        with bench.reading() as store:
            pages.append(give_out(store, reader(), Wish(cursor=cursor, limit_bytes=limit)))
        cursor = pages[-1].cursor
        assert len(pages) < 100, "the feed comes to an end"
    return pages


def rows_after(pages: list[Page]) -> dict[tuple[str, str], Any]:
    """The rows of a phone that takes in these pages from nothing."""
    rows: dict[tuple[str, str], Any] = {}
    for page in pages:
        for row in page.rows:
            if row["op"] == "evict":
                rows.pop((row["etype"], row["eid"]), None)
            else:
                rows[row["etype"], row["eid"]] = row["row"]
    return rows


def busy_week(bench: Bench) -> Pen:
    """Twelve ticks, several of which change one loan again."""
    pen = Pen()
    for number in range(12):
        bench.clock[0] += 60_000
        pen.receipt(10_00, HOUSEHOLDS[number % 3])
        pen.write("intention.recorded", say.intention_body(HOUSEHOLDS[(number + 1) % 3]))
        deliver(bench, pen.batch(2 * number + 1))
    return pen


def test_it_gives_the_whole_scope_to_a_phone_without_a_cursor(bench: Bench) -> None:
    (page,) = pages_of(bench, None, LIMIT_BYTES_MAX)

    assert page.reset and page.complete
    eids = {row["eid"] for row in page.rows if row["etype"] == "household"}
    assert eids == set(HOUSEHOLDS)
    assert page.digest == digests(rows_after([page]))


def test_it_gives_nothing_twice_and_only_what_changed(bench: Bench) -> None:
    (first,) = pages_of(bench, None, LIMIT_BYTES_MAX)
    (idle,) = pages_of(bench, first.cursor, LIMIT_BYTES_MAX)
    pen = Pen()
    slip = pen.receipt(10_00, "W2")
    deliver(bench, pen.batch())
    (after,) = pages_of(bench, idle.cursor, LIMIT_BYTES_MAX)

    assert (idle.reset, idle.rows, idle.verdicts) == (False, (), ())
    assert {(row["etype"], row["eid"]) for row in after.rows} == {
        ("household", "W2"),
        ("loan", "L-W2"),
    }
    assert [item.hash for item in after.verdicts] == [slip.hash]
    ticks = {row["tick"] for row in after.rows} | {item.tick for item in after.verdicts}
    assert len(ticks) == 1, "row and verdict come at one tick"


@pytest.mark.parametrize("limit", [1, LIMIT_BYTES_MIN, 3000, LIMIT_BYTES_MAX])
def test_it_never_splits_a_tick_over_two_pages(bench: Bench, limit: int) -> None:
    busy_week(bench)

    pages = pages_of(bench, None, limit)

    seen: set[int] = set()
    for page in pages:
        ticks = {row["tick"] for row in page.rows} | {item.tick for item in page.verdicts}
        assert not ticks & seen
        assert not ticks or min(ticks) > max(seen, default=-1)
        seen |= ticks
    assert [page.reset for page in pages] == [True] + [False] * (len(pages) - 1)
    assert rows_after(pages) == rows_after(pages_of(bench, None, LIMIT_BYTES_MAX))
    assert pages[-1].digest == digests(rows_after(pages))
    assert (len(pages) > 1) is (limit < LIMIT_BYTES_MAX)


def test_it_converges_from_any_cursor(bench: Bench) -> None:
    pen = Pen()
    held = rows_after(pages := pages_of(bench, None, LIMIT_BYTES_MAX))
    cursor = pages[-1].cursor
    for number in range(6):
        pen.receipt(10_00, HOUSEHOLDS[number % 3])
        deliver(bench, pen.batch(number + 1))
        if number % 2:
            pages = pages_of(bench, cursor, LIMIT_BYTES_MIN)
            held |= rows_after(pages)
            cursor = pages[-1].cursor
            assert pages[-1].digest == digests(held)


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "a.b.c.d", "memory.branch-1.3.0000000000000000", "é.ü"]
)
def test_it_starts_again_for_a_cursor_that_is_not_ours(cursor: str) -> None:
    (page,) = pages_of(MemoryBench(), cursor, LIMIT_BYTES_MAX)

    assert page.reset and len(page.rows) > 0


@pytest.mark.parametrize(
    ("changes", "epoch"),
    [({"officer": "officer-2"}, None), ({"branch": "branch-2"}, None), ({}, "another-history")],
)
def test_it_starts_again_for_a_foreign_cursor(changes: dict[str, Any], epoch: str | None) -> None:
    bench = MemoryBench()
    other = replace(reader(), **changes)
    with bench.reading() as store:
        place = Place(store.tick(), store.tick())
        cursor = write_cursor(other, epoch or store.epoch(), PROJECTION, place)

    assert pages_of(bench, cursor, LIMIT_BYTES_MAX)[0].reset


def test_it_notices_a_history_that_was_rewound(bench: Bench) -> None:
    with bench.reading() as store:
        place = Place(store.tick() + 1, store.tick() + 1)
        ahead = write_cursor(reader(), store.epoch(), PROJECTION, place)

    (page,) = pages_of(bench, ahead, LIMIT_BYTES_MAX)

    assert page.reset and page.is_rewound


def cursor_at(bench: Bench, place: Place, projection: int = PROJECTION) -> str:
    """The cursor of a phone that is at a place."""
    with bench.reading() as store:
        return write_cursor(reader(), store.epoch(), projection, place)


def test_it_starts_again_for_rows_of_another_shape(bench: Bench) -> None:
    older = cursor_at(bench, Place(1, 1), projection=PROJECTION + 1)

    assert pages_of(bench, older, LIMIT_BYTES_MAX)[0].reset


def test_it_starts_again_for_a_cursor_from_before_the_horizon(bench: Bench) -> None:
    busy_week(bench)
    bench.forget_evictions(5)

    assert pages_of(bench, cursor_at(bench, Place(4, 4)), LIMIT_BYTES_MAX)[0].reset
    assert not pages_of(bench, cursor_at(bench, Place(5, 5)), LIMIT_BYTES_MAX)[0].reset


def test_it_ends_a_reset_whose_rows_are_older_than_the_horizon(bench: Bench) -> None:
    busy_week(bench)
    with bench.reading() as store:
        bench.forget_evictions(store.tick())

    pages = pages_of(bench, None, LIMIT_BYTES_MIN)

    assert [page.reset for page in pages] == [True] + [False] * (len(pages) - 1)
    assert len(pages) > 1
    assert pages[-1].digest == digests(rows_after(pages))


def held_wrongly(bench: Bench) -> tuple[str, dict[tuple[str, str], Any]]:
    """A cursor, and what a phone holds at it: all rows, one changed, one lost, one too many."""
    pages = pages_of(bench, None, LIMIT_BYTES_MAX)
    held = rows_after(pages)
    held["loan", "L-W1"] = {**held["loan", "L-W1"], "principal_fen": 1}
    del held["loan", "L-W2"]
    held["loan", "L-gone"] = {"id": "L-gone"}
    return pages[-1].cursor, held


def asked(held: dict[tuple[str, str], Any]) -> dict[str, list[str]]:
    """What a phone sends to have its rows repaired."""
    return {etype: bucket_digests(sums_of(rows)) for etype, rows in by_type(held).items()}


def repaired(held: dict[tuple[str, str], Any], page: Page) -> dict[tuple[str, str], Any]:
    """The rows of a phone that takes in a repair."""
    kept = {
        (etype, eid): row
        for (etype, eid), row in held.items()
        if bucket_of(eid) not in (page.repair or {}).get(etype, [])
    }
    return kept | rows_after([page])


def test_it_repairs_the_buckets_that_differ_and_no_others(bench: Bench) -> None:
    cursor, held = held_wrongly(bench)
    wish = Wish(cursor=cursor, limit_bytes=LIMIT_BYTES_MAX, repair=asked(held))

    with bench.reading() as store:
        page = give_out(store, reader(), wish)

    wrong = {bucket_of(eid) for eid in ("L-W1", "L-W2", "L-gone")}
    assert page.repair == {"loan": sorted(wrong)}
    assert {row["eid"] for row in page.rows} == {"L-W1", "L-W2"}
    assert page.digest == digests(repaired(held, page))


def test_it_repairs_a_kind_that_the_phone_lacks_or_has_alone(bench: Bench) -> None:
    cursor, held = held_wrongly(bench)
    held = {key: row for key, row in held.items() if key[0] != "household"}
    held["ghost", "g1"] = {"id": "g1"}
    wish = Wish(cursor=cursor, limit_bytes=LIMIT_BYTES_MAX, repair=asked(held))

    with bench.reading() as store:
        page = give_out(store, reader(), wish)

    assert page.repair is not None and page.repair["ghost"] == [bucket_of("g1")]
    assert {row["eid"] for row in page.rows if row["etype"] == "household"} == set(HOUSEHOLDS)
    assert page.digest == digests(repaired(held, page))


def test_it_repairs_and_goes_on_in_one_page(bench: Bench) -> None:
    cursor, held = held_wrongly(bench)
    pen = Pen()
    pen.receipt(10_00, "W3")
    deliver(bench, pen.batch())
    wish = Wish(cursor=cursor, limit_bytes=LIMIT_BYTES_MAX, repair=asked(held))

    with bench.reading() as store:
        page = give_out(store, reader(), wish)

    assert page.digest == digests(repaired(held, page))
    assert len({(row["etype"], row["eid"]) for row in page.rows}) == len(page.rows)


def test_it_repairs_nothing_in_a_reset_or_before_the_end(bench: Bench) -> None:
    busy_week(bench)
    repair = asked({("loan", "L-W1"): {"id": "L-W1"}})

    for cursor, limit in [(None, LIMIT_BYTES_MAX), (cursor_at(bench, Place(1, 1)), 1)]:
        with bench.reading() as store:
            wish = Wish(cursor=cursor, limit_bytes=limit, repair=repair)
            assert give_out(store, reader(), wish).repair is None


def test_it_reads_no_more_of_the_feed_than_a_page_takes(bench: Bench) -> None:
    busy_week(bench)
    with bench.reading() as store:
        spy = Spy(store)
        page = give_out(cast(PullStore, spy), reader(), Wish(cursor=None, limit_bytes=1))

    assert not page.complete
    assert spy.spans and all(span.limit == LIMIT_BYTES_MIN // 90 + 1 for span in spy.spans)


def test_it_gives_no_verdicts_of_events_that_are_settled(bench: Bench) -> None:
    pen = busy_week(bench)
    bench.settle(pen.log[5])

    hashes = [item.hash for page in pages_of(bench, None, 3000) for item in page.verdicts]

    assert hashes == [event.hash for event in pen.log[6:]]


def test_it_tells_a_phone_behind_of_what_was_settled_meanwhile(bench: Bench) -> None:
    """Its rows come page by page, and `settled` counts with the last: found by the simulation."""
    pen = Pen()
    pen.receipt(10_00)
    deliver(bench, pen.batch())
    (first,) = pages_of(bench, None, LIMIT_BYTES_MAX)
    late = pen.receipt(20_00)
    deliver(bench, pen.batch(late.seq))
    bench.settle(late)

    (page,) = pages_of(bench, first.cursor, LIMIT_BYTES_MAX)

    assert [item.hash for item in page.verdicts] == [late.hash]


def test_it_tells_of_a_fork_that_came_after_its_place_was_settled(bench: Bench) -> None:
    pen = busy_week(bench)
    bench.settle(pen.log[5])
    other = pen.fork(3)
    late = other.receipt(10_00)
    deliver(bench, other.batch(4))

    (page,) = pages_of(bench, None, LIMIT_BYTES_MAX)

    assert late.hash in {item.hash for item in page.verdicts}


def test_it_tells_the_latest_verdict_of_an_event_once(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(10_00)
    pen.write("cash.void", say.void_body(slip))
    deliver(bench, pen.batch(2))
    (parked,) = pages_of(bench, None, LIMIT_BYTES_MAX)
    deliver(bench, pen.batch(1, 1))
    (settled,) = pages_of(bench, None, LIMIT_BYTES_MAX)

    assert [item.verdict for item in parked.verdicts] == ["parked"]
    assert parked.verdicts[0].needs == slip.hash
    assert [item.verdict for item in settled.verdicts] == ["applied", "applied"]
