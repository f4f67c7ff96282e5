"""Which verdicts may travel as runs, over every Store: those on the lane's chain, and alone there.

Method: a phone and its copy with an older memory push to one lane; what the feed says is read by
both, as each would.
"""

from __future__ import annotations

from typing import Any

import sync.specimens as say
from sync.pull import LIMIT_BYTES_MAX, Wish, give_out
from sync.runs import page_runs, read_runs
from sync.testing import Bench, Pen, deliver, reader


def told(bench: Bench) -> dict[str, Any]:
    """The verdicts of the officer's whole feed as they travel."""
    with bench.reading() as store:
        page = give_out(store, reader(), Wish(cursor=None, limit_bytes=LIMIT_BYTES_MAX))
    runs, alone = page_runs(page.verdicts)
    return {"verdicts": runs, "alone": alone}


def chain(pen: Pen) -> dict[str, list[str]]:
    return {pen.lane: [event.hash for event in pen.log]}


def write(pen: Pen, count: int, household: str = "W1") -> None:
    for _ in range(count):
        pen.write("intention.recorded", say.intention_body(household))


def test_it_says_a_batch_in_one_run(bench: Bench) -> None:
    pen = Pen()
    write(pen, 5)
    deliver(bench, pen.batch())

    page = told(bench)

    ((lane, (run,)),) = page["verdicts"]
    assert (lane, run[:3]) == (pen.lane, [1, 5, pen.log[-1].hash[:16]])
    assert page["alone"] == []
    assert set(read_runs(page, chain(pen))) == {event.hash for event in pen.log}


def test_it_says_of_every_event_at_a_shared_number_alone(bench: Bench) -> None:
    """Both have happened: each phone hears of its own, and no run spans the fork."""
    pen = Pen()
    write(pen, 3)
    copy = pen.fork(2)
    write(copy, 2, "W2")
    deliver(bench, pen.batch())
    deliver(bench, copy.batch(3))

    page = told(bench)

    shared = {pen.log[2].hash, copy.log[2].hash}
    assert shared <= {entry[0] for entry in page["alone"]}
    assert set(read_runs(page, chain(pen))) == {event.hash for event in pen.log}
    assert set(read_runs(page, chain(copy))) == {event.hash for event in copy.log}


def test_it_says_of_events_beyond_the_head_alone(bench: Bench) -> None:
    """A courier brought the end of the day before its beginning."""
    pen = Pen()
    write(pen, 4)
    deliver(bench, pen.batch(3))

    before = told(bench)
    deliver(bench, pen.batch(1, 2))
    after = told(bench)

    assert before["verdicts"] == []
    assert [entry[0] for entry in before["alone"]] == [event.hash for event in pen.log[2:]]
    assert after["alone"] == [] and len(after["verdicts"][0][1]) <= 2
    assert set(read_runs(after, chain(pen))) == {event.hash for event in pen.log}
