"""Instants we can vouch for, and the date of an instant.

Method: each of the three instants in turn is the earliest, the middle and the latest.
"""

from __future__ import annotations

import pytest

from sync.time_bounds import day_of, effective_at


@pytest.mark.parametrize(
    ("claim", "anchor", "received", "effective"),
    [
        (150, 100, 200, 150),
        (50, 100, 200, 100),
        (250, 100, 200, 200),
        (50, None, 200, 50),
        (250, None, 200, 200),
        (100, 100, 100, 100),
        (-(2**53), None, 200, -(2**53)),
        (150, 300, 200, 200),
    ],
)
def test_it_clamps_the_claim_between_anchor_and_receipt(
    claim: int, anchor: int | None, received: int, effective: int
) -> None:
    assert effective_at(claim, anchor, received) == effective


@pytest.mark.parametrize(
    ("at_ms", "tz", "day"),
    [
        (0, 480, "1970-01-01"),
        (16 * 3_600_000 - 1, 480, "1970-01-01"),
        (16 * 3_600_000, 480, "1970-01-02"),
        (0, 0, "1970-01-01"),
        (-1, 0, "1969-12-31"),
        (0, -60, "1969-12-31"),
        (1_772_380_800_000, 480, "2026-03-02"),
    ],
)
def test_it_gives_the_date_on_a_clock_east_of_utc(at_ms: int, tz: int, day: str) -> None:
    assert day_of(at_ms, tz) == day


def test_it_takes_the_clock_of_china_if_none_is_named() -> None:
    assert day_of(16 * 3_600_000) == "1970-01-02"
