"""Giving out the feed, over every Store: pages, cursors, digests.

Method: events change rows and reach verdicts at several ticks; the feed is read in pages of
different sizes, as a phone would, and the pages are compared with the feed as a whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import sync.specimens as say
from sync.digest import digests
from sync.pull import LIMIT_BYTES_MAX, LIMIT_BYTES_MIN, Page, give_out, write_cursor
from sync.testing import HOUSEHOLDS, Bench, MemoryBench, Pen, deliver, reader


def pages_of(bench: Bench, cursor: str | None, limit: int) -> list[Page]:
    """All pages from a cursor to the complete one, each from its own snapshot."""
    pages: list[Page] = []
    while not pages or not pages[-1].complete:
        with bench.reading() as store:
            pages.append(give_out(store, reader(), cursor, limit))
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
    assert [item["hash"] for item in after.verdicts] == [slip.hash]
    ticks = {row["tick"] for row in after.rows} | {item["tick"] for item in after.verdicts}
    assert len(ticks) == 1, "row and verdict come at one tick"


@pytest.mark.parametrize("limit", [1, LIMIT_BYTES_MIN, 3000, LIMIT_BYTES_MAX])
def test_it_never_splits_a_tick_over_two_pages(bench: Bench, limit: int) -> None:
    busy_week(bench)

    pages = pages_of(bench, None, limit)

    seen: set[int] = set()
    for page in pages:
        ticks = {row["tick"] for row in page.rows} | {item["tick"] for item in page.verdicts}
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
        cursor = write_cursor(other, epoch or store.epoch(), store.tick())

    assert pages_of(bench, cursor, LIMIT_BYTES_MAX)[0].reset


def test_it_notices_a_history_that_was_rewound(bench: Bench) -> None:
    with bench.reading() as store:
        ahead = write_cursor(reader(), store.epoch(), store.tick() + 1)

    (page,) = pages_of(bench, ahead, LIMIT_BYTES_MAX)

    assert page.reset and page.is_rewound


def test_it_tells_the_latest_verdict_of_an_event_once(bench: Bench) -> None:
    pen = Pen()
    slip = pen.receipt(10_00)
    pen.write("cash.void", say.void_body(slip))
    deliver(bench, pen.batch(2))
    (parked,) = pages_of(bench, None, LIMIT_BYTES_MAX)
    deliver(bench, pen.batch(1, 1))
    (settled,) = pages_of(bench, None, LIMIT_BYTES_MAX)

    assert [item["verdict"] for item in parked.verdicts] == ["parked"]
    assert parked.verdicts[0]["needs"] == slip.hash
    assert [item["verdict"] for item in settled.verdicts] == ["applied", "applied"]
