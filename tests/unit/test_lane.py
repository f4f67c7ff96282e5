"""Lanes and batches, beyond the vectors.

Method: chains of Li Wei's phone are packed, cut at every place, expanded, and put to a head in
every order; then a batch is broken in one place at a time.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sync.columns import unpack
from sync.lane import (
    BATCH_EVENTS_MAX,
    EVENT_KEYS,
    Head,
    expand_batch,
    extend,
    next_batch,
    pack_batch,
)
from sync.problems import Problem
from sync.squeeze import unsqueeze
from tests.unit.cast import chain, envelope, notice, receipt
from tests.wire import with_event, with_events


def push(count: int = 3) -> dict[str, Any]:
    return pack_batch(chain(count), "sig")


def test_it_expands_what_it_packed() -> None:
    events = chain(5)

    for start, end in itertools.combinations(range(6), 2):
        assert expand_batch(pack_batch(events[start:end], "sig")) == events[start:end]


def test_it_keeps_every_hash_over_what_it_left_out() -> None:
    """Hashes, words and strokes are found again; what does not follow from the rest stays."""
    made = envelope(1, kind="notice.made", body=notice())
    odd = envelope(2, made.hash, kind="notice.made", body=notice(text_hash=5, made="~1", about=[]))
    slip = envelope(3, odd.hash, kind="cash.receipt", body=receipt(words=None))
    void = envelope(4, slip.hash, kind="cash.void", body={"target": slip.hash, "words": "~"})
    events = [made, odd, slip, void]

    packed = pack_batch(events, "sig")

    assert expand_batch(packed) == events
    bodies = [record["body"] for record in unpack(packed["events"])]
    assert bodies[0]["text_hash"] == "~" and bodies[3]["target"] == "~1"
    assert bodies[2]["signature"]["strokes"].startswith("~")
    assert unsqueeze(bodies[1], [made.hash]) == odd.body


@pytest.mark.parametrize(
    "body", [{"made": "~1"}, {"text_hash": "~"}, {"signature": {"strokes": "~!"}}, {"words": "~"}]
)
def test_it_refuses_a_mark_that_says_nothing(body: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="batch_invalid"):
        expand_batch(with_event(push(1), 0, body=body))


def test_it_is_not_burst_by_columns_of_one_value() -> None:
    packed = push(400)
    paths, columns = packed["events"]["tables"][0]
    columns[paths.index("body/note")] = {"c": "x" * 30_000}

    with pytest.raises(Problem, match="chars_max"):
        expand_batch(packed)


def test_it_sends_lane_actor_and_app_once_and_no_hash() -> None:
    packed = push()

    assert set(packed) == {"v", "lane", "first_seq", "prev", "actor", "app", "events", "sig"}
    assert all(set(event) == set(EVENT_KEYS) for event in unpack(packed["events"]))


def test_it_changes_every_later_hash_when_one_event_changes() -> None:
    packed = push()
    changed = with_event(packed, 0, occurred_at=0)

    before, after = expand_batch(packed), expand_batch(changed)

    assert all(a.hash != b.hash for a, b in zip(before, after, strict=True))


def test_it_reaches_the_same_head_in_any_order_of_arrival() -> None:
    events = chain(4)
    for order in itertools.permutations(events):
        head = Head()
        for _ in order:  # what waits is tried again
            head = extend(head, order).head

        assert head == Head(4, events[-1].hash)


def test_it_moves_nothing_on_a_repeat() -> None:
    events = chain(3)
    head = extend(Head(), events).head

    again = extend(head, events)

    assert again.head == head
    assert again.places == ("behind",) * 3


def test_it_sees_a_fork_and_waits() -> None:
    events = chain(3)
    other = envelope(3, "9" * 64)

    result = extend(Head(2, events[1].hash), [other])

    assert result.places == ("fork",)
    assert result.head == Head(2, events[1].hash)


BROKEN: list[tuple[str, Any]] = [
    ("v", 2),
    ("lane", "x"),
    ("lane", None),
    ("first_seq", 0),
    ("first_seq", "1"),
    ("first_seq", True),
    ("prev", ""),
    ("actor", ""),
    ("actor", "李薇"),
    ("app", None),
    ("events", []),
    ("events", None),
    ("events", {}),
    ("events", "abc"),
    ("events", [None]),
    ("events", [[]]),
    ("events", [{}]),
    ("sig", None),
    ("sig", 5),
    ("sig", "x" * 201),
    ("extra", 1),
]


@pytest.mark.parametrize(("field", "value"), BROKEN)
def test_it_refuses_what_is_no_batch(field: str, value: Any) -> None:
    with pytest.raises(Problem) as refused:
        expand_batch({**push(), field: value})

    assert refused.value.code == "batch_invalid"
    assert refused.value.status == 400


@pytest.mark.parametrize("key", ["v", "lane", "first_seq", "prev", "actor", "app", "events", "sig"])
def test_it_refuses_a_batch_without_a_key(key: str) -> None:
    packed = push()
    del packed[key]

    with pytest.raises(Problem, match="batch_invalid"):
        expand_batch(packed)


def test_it_refuses_more_events_than_one_batch_may_hold() -> None:
    packed = with_events(push(1), lambda events: events.extend(events * BATCH_EVENTS_MAX))

    with pytest.raises(Problem, match="batch_invalid"):
        expand_batch(packed)


@pytest.mark.parametrize("extra", ["seq", "prev", "hash", "lane"])
def test_it_refuses_an_event_that_says_what_the_batch_says(extra: str) -> None:
    packed = with_event(push(), 1, **{extra: 1})

    with pytest.raises(Problem, match="keys_exactly"):
        expand_batch(packed)


def test_it_refuses_a_number_that_runs_over() -> None:
    packed = {**push(2), "first_seq": 2**53 - 1}

    with pytest.raises(Problem, match="envelope_invalid"):
        expand_batch(packed)


def test_it_takes_a_body_that_it_will_quarantine() -> None:
    packed = with_event(push(1), 0, kind="cash.gift", body={"what": 1})

    assert expand_batch(packed)[0].kind == "cash.gift"


def test_it_packs_only_consecutive_events_of_one_officer() -> None:
    first, second, third = chain(3)

    for wrong in ([first, third], [first, envelope(2, first.hash, actor="officer-2")]):
        with pytest.raises(AssertionError):
            pack_batch(wrong, "sig")
    assert second.seq == 2


def test_it_starts_a_new_batch_when_actor_or_app_changes() -> None:
    first, second, third = chain(3)
    newer = envelope(4, third.hash, app="0.2.0")

    assert next_batch([first, second, third, newer]) == [first, second, third]
    assert next_batch([newer]) == [newer]
    assert next_batch([]) == []


def test_it_stops_a_batch_where_it_is_full() -> None:
    assert len(next_batch(chain(BATCH_EVENTS_MAX + 5))) == BATCH_EVENTS_MAX
