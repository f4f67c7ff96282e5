"""I1 to I4, I6, I8, I29 over a whole database: a good history is found good, each damage is found.

Method: two officers record a mixed day, partly carried out of order. The check must be silent.
Then one thing is damaged behind the triggers, and the check must name it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import sync.specimens as say
from server.db import db, snapshot
from server.services.check_history import check_history
from server.services.findings import Finding
from sync.tend import rule
from sync.testing import DEVICES, LANES, SECRET, Pen, deliver
from tests.contract.benches import SqlBench
from tests.contract.test_any_order import a_day, in_any_order


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlBench]:
    """The small world in a database, after a day of both officers."""
    bench = SqlBench(migrated_url, tmp_path, monkeypatch)
    dice = random.Random(7)
    in_any_order(bench, [a_day(0, dice), a_day(1, dice)], dice)
    yield bench
    bench.close()


def check(bench: SqlBench) -> list[Finding]:
    with bench.app.app_context(), snapshot() as session:
        return check_history(session)


def damage(bench: SqlBench, statement: str) -> None:
    """Change what no service can change: the triggers are taken away first."""
    with bench.app.app_context(), db.engine.begin() as connection:
        for table in ("event", "verdict", "ledger", "commit_log"):
            if db.engine.dialect.name == "sqlite":
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{change}"))
            else:
                connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
        assert connection.execute(text(statement)).rowcount >= 1


def test_it_finds_nothing_in_a_good_history(bench: SqlBench) -> None:
    assert check(bench) == []


def test_it_finds_nothing_after_rulings_and_a_new_lane(bench: SqlBench) -> None:
    pen = Pen()
    pen.lane = "9f" * 16
    opened = {"device": DEVICES[0], "code": "-", "key_alg": "ES256", "replaces": LANES[0]}
    pen.write("lane.opened", opened)
    slips = [pen.receipt(fen, receipt_no="SJ000150") for fen in (1_00, 2_00, 4_00)]
    stray = pen.receipt(8_00, receipt_no="SJ000999")
    wrong = pen.receipt(16_00, loan="L-NONE")
    pen.write("cash.void", say.void_body(wrong))
    told = [result.verdict.reason for result in deliver(bench, pen.batch()).results]
    assert told[2:4] == ["receipt_no_collision"] * 2
    for target, action in (
        (slips[1], "reassign_number"),
        (slips[2], "void"),
        (stray, "release"),
        (wrong, "keep"),
    ):
        with bench.transaction() as store:
            rule(store, SECRET, target.hash, action)

    assert check(bench) == []


A_RECEIPT = "(SELECT MIN(event_hash) FROM receipt WHERE state = 'applied')"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"UPDATE event SET prev = hash WHERE hash = {A_RECEIPT}", "event_changed"),
        (f"UPDATE event SET occurred_at_ms = 1 WHERE hash = {A_RECEIPT}", "event_changed"),
        (f"DELETE FROM verdict WHERE event_hash = {A_RECEIPT}", "event_without_verdict"),
        (
            f"UPDATE ledger SET amount_fen = amount_fen + 1 WHERE leg = 1"
            f" AND event_hash = {A_RECEIPT}",
            "legs_unbalanced",
        ),
        (f"DELETE FROM ledger WHERE event_hash = {A_RECEIPT}", "legs_wrong"),
        (f"DELETE FROM ledger WHERE event_hash = {A_RECEIPT}", "custody_wrong"),
        ("UPDATE lane SET head_seq = head_seq + 1", "lane_broken"),
        ("UPDATE clock SET tick = tick + 1", "ticks_not_dense"),
        ("DELETE FROM commit_log WHERE tick = 1", "ticks_not_dense"),
        ("UPDATE feed SET tick = 999999", "tick_unknown"),
        (f"DELETE FROM receipt WHERE event_hash = {A_RECEIPT}", "receipt_row_missing"),
        (
            f"UPDATE receipt SET receipt_no = 'SJ000149' WHERE event_hash = {A_RECEIPT}",
            "receipt_no_wrong",
        ),
    ],
)
def test_it_names_what_was_damaged(bench: SqlBench, statement: str, code: str) -> None:
    damage(bench, statement)

    found = check(bench)

    assert code in {finding.code for finding in found}
    assert all(str(finding).startswith(f"{finding.invariant} branch-1: ") for finding in found)
