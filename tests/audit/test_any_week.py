"""Whatever a week holds, its export is verified, and Beancount adds it up alike.

Method: Thursday of the golden week with ten yuan missing, and random weeks, each played through
the real system and exported. A failing seed is named in the test's id.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from server.rehearsal.stage import BRANCH
from tests.audit.exports import export_of, rows_of, told, verified
from tests.audit.test_beancount import check_with_beancount
from tests.golden.random_weeks import random_week
from tests.golden.weeks import Raw, golden, on_stage, record


def exported(raw: Raw) -> tuple[bytes, str]:
    """The export of a week that was played to its end."""
    with on_stage(raw) as player:
        player.play()
        with player.stage.app.app_context():
            return export_of(BRANCH)


def test_it_verifies_the_thursday_that_was_ten_yuan_short(tmp_path: Path) -> None:
    raw = golden()
    short = {"100": 11, "50": 1, "10": 1}
    record(raw, "cash_days", 3, "day_index")["denominations"] = short

    data, key = exported(raw)

    answer = verified(data, key)
    assert answer.holds, told(answer)
    check_with_beancount(data, tmp_path)
    accounts = {row["account"]: row["fen"] for row in rows_of(data, "account")}
    assert accounts["over_short"] == 10_00
    closes = {row["day"]: row["variance_fen"] for row in rows_of(data, "close")}
    assert closes["2026-03-05"] == -10_00


@pytest.mark.parametrize("seed", [3, 7, 9, 47])
def test_it_verifies_a_random_week(seed: int, tmp_path: Path) -> None:
    data, key = exported(random_week(seed))

    answer = verified(data, key)
    assert answer.holds, told(answer)
    check_with_beancount(data, tmp_path)
