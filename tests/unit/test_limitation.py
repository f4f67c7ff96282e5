"""Limitation, beyond the vectors: an independent calculator on 5,000 random histories.

Method: the calculator here knows nothing of a walk in date order. It asks again and again which
events lie within the latest end reached so far, in a random order, until none is left; and it
counts years in its own way. Both must agree on every history, in every order of arrival.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.limitation import (
    KINDS,
    Interruption,
    Limitation,
    colour_of,
    last_instalment,
    limitation,
    period_end,
    rolled,
)
from sync.problems import Problem

HISTORIES = 5000


def never(_day: str) -> bool:
    return False


def weekend(day: str) -> bool:
    return date.fromisoformat(day).weekday() >= 5


def naive_later(day: str, years: int) -> str:
    """The same day some years later; 29 February falls back by a day where there is none."""
    later = f"{int(day[:4]) + years:04d}{day[4:]}"
    try:
        date.fromisoformat(later)
    except ValueError:
        return later[:8] + "28"
    return later


def naive_end(start: str) -> str:
    return naive_later(start, 2 if naive_later(start, 2) < "2017-10-01" else 3)


def naive_rolled(day: str, is_rest_day: Callable[[str], bool]) -> str:
    while is_rest_day(day):
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return day


def naive_good(event: Interruption, loan_on: str | None, today: str, longstop: str) -> bool:
    if not (loan_on or "") <= event.on <= min(today, longstop) or event.kind not in KINDS:
        return False
    if event.review != "ACCEPTED" or (event.ended_on or "9999") < event.on:
        return False
    relative = event.lives_here and event.adult and event.relation
    signs: dict[str, object] = {"debtor": 1, "co_borrower": 1, "adult_relative": relative}
    signs["authorised_person"] = event.adult
    return event.kind != "SIGNED_NOTICE" or bool(signs.get(event.signer_role))


def naive(history: dict[str, Any], source: random.Random) -> tuple[str, str | None]:
    """(status, ends_on), by reaching out from the due date until nothing more is reached."""
    due, today, roll = history["due_on"], history["today"], history["is_rest_day"]
    longstop = naive_later(due, 20)
    good = [e for e in history["events"] if naive_good(e, history["loan_on"], today, longstop)]
    source.shuffle(good)
    starts, open_suit, moved = {due}, False, True
    while moved:
        moved = False
        last = naive_rolled(naive_end(max(starts)), roll)
        for event in good:
            if event.kind == "WAIVER" or event.on > last:
                continue
            ended = (event.ended_on or "9999") if event.kind == "PROCEDURE" else event.on
            if ended > today:
                open_suit = True
            elif ended not in starts:
                starts.add(ended)
                moved = True
    end = naive_end(max(starts))
    waived = any(e.kind == "WAIVER" and e.on > naive_rolled(end, roll) for e in good)
    status = "EXPIRED" if today > naive_rolled(end, roll) else "RUNNING"
    status = "IN_PROCEDURE" if open_suit else "WAIVED" if waived else status
    # Once a suit is open the walk stops; where it stood before does not show.
    return "LONGSTOP_PASSED" if today > longstop else status, None if open_suit else end


def random_day(source: random.Random, first: str, days: int) -> str:
    return (date.fromisoformat(first) + timedelta(days=source.randrange(days))).isoformat()


def random_event(source: random.Random, due: str) -> Interruption:
    on = random_day(source, due, 5500) if source.random() < 0.9 else random_day(source, due, 60)
    kind = source.choice(["SIGNED_NOTICE"] * 4 + ["PARTIAL_PAYMENT", "PROCEDURE", "WAIVER", "X"])
    ended = random_day(source, on, 1200) if source.random() < 0.8 else None
    return Interruption(
        on=on,
        kind=kind,
        review=source.choice(["ACCEPTED"] * 6 + ["PENDING", "REFUSED"]),
        signer_role=source.choice(
            ["debtor"] * 4 + ["adult_relative", "neighbour", "guarantor", "authorised_person"]
        ),
        lives_here=source.random() < 0.7,
        adult=source.random() < 0.7,
        relation=source.choice([None, "妻子"]),
        ended_on=ended if kind == "PROCEDURE" else None,
        ref=f"{source.getrandbits(64):x}",
    )


def random_history(source: random.Random) -> dict[str, Any]:
    due = random_day(source, "2000-01-01", 9000)
    return {
        "due_on": due,
        "loan_on": source.choice([None, random_day(source, "1999-01-01", 4000)]),
        "events": [random_event(source, due) for _ in range(source.randint(0, 9))],
        "today": random_day(source, due, 9000),
        "is_rest_day": source.choice([never, weekend]),
    }


def test_it_agrees_with_an_independent_calculator(seed: int) -> None:
    source = random.Random(seed)
    statuses = set()
    for _ in range(HISTORIES):
        history = random_history(source)

        found = of(history)
        expected = naive(history, source)

        assert (found.status, found.ends_on) == expected, (found, history)
        statuses.add(found.status)
    assert statuses == {"RUNNING", "EXPIRED", "IN_PROCEDURE", "WAIVED", "LONGSTOP_PASSED"}


def of(history: dict[str, Any]) -> Limitation:
    given = {name: value for name, value in history.items() if name != "due_on"}
    return limitation(history["due_on"], **given)


def test_it_does_not_depend_on_the_order_of_arrival(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        history = random_history(source)
        found = of(history)

        source.shuffle(history["events"])

        assert of(history) == found


def test_it_uses_or_refuses_every_event_once(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        history = random_history(source)

        found = of(history)

        told = [event.ref for event in found.used] + [item.event.ref for item in found.refused]
        assert sorted(told) == sorted(event.ref for event in history["events"])


def test_it_never_ends_earlier_for_one_more_good_event(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        history = {**random_history(source), "is_rest_day": never}
        history["events"] = [e for e in history["events"] if e.kind != "PROCEDURE"]
        before = of(history)
        event = random_event(source, history["due_on"])
        more = replace(event, kind="PARTIAL_PAYMENT", review="ACCEPTED", ended_on=None)

        after = of({**history, "events": [*history["events"], more]})

        assert (after.ends_on or "") >= (before.ends_on or "")


@pytest.mark.parametrize("review", ["PENDING", "REFUSED", "", "accepted"])
def test_it_moves_only_on_accepted_evidence(review: str) -> None:
    event = Interruption(on="2025-05-10", kind="SIGNED_NOTICE", review=review)

    found = one("2023-06-30", event, today="2026-01-01")

    assert found.ends_on == "2026-06-30"
    assert [item.reason for item in found.refused] == ["not_accepted"]


def one(due: str | None, *events: Interruption, today: str) -> Limitation:
    return limitation(due, loan_on=None, events=events, today=today, is_rest_day=never)


@pytest.mark.parametrize("due", ["2023-6-30", "", "2023-02-29", "no date"])
def test_it_refuses_a_due_date_that_is_none(due: str) -> None:
    with pytest.raises(Problem, match="date_invalid"):
        one(due, today="2026-01-01")


def test_it_never_shows_an_unknown_due_date_as_running() -> None:
    found = one(None, today="2026-01-01")

    assert (found.status, found.ends_on, found.colour) == ("UNKNOWN", None, None)


def test_it_rolls_over_a_whole_holiday() -> None:
    holiday = {f"2026-10-0{day}" for day in range(1, 9)}

    assert rolled(date(2026, 10, 1), lambda day: day in holiday) == date(2026, 10, 9)


def test_it_does_not_roll_for_ever() -> None:
    with pytest.raises(AssertionError):
        rolled(date(2026, 10, 1), lambda day: True)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2015, 9, 30), date(2017, 9, 30)),
        (date(2015, 10, 1), date(2018, 10, 1)),
        (date(2012, 2, 29), date(2014, 2, 28)),
        (date(2020, 2, 29), date(2023, 2, 28)),
    ],
)
def test_it_counts_two_years_or_three(start: date, end: date) -> None:
    assert period_end(start) == end


def test_it_takes_the_last_of_the_instalments() -> None:
    assert last_instalment(["2025-01-31", "2025-12-31", "2024-12-31"]) == "2025-12-31"
    assert last_instalment([]) is None


def test_it_colours_by_a_setting() -> None:
    days: Sequence[int] = (0, 30, 31, 90, 91)

    assert [colour_of(day, amber_days=90, red_days=30) for day in days] == (
        ["red", "red", "amber", "amber", "green"]
    )
