"""Tending: what waited too long is found behind a push or by the command, and never in its way.

Method: a promise arrives that names an unknown one; the clock is moved by hand. I6: with a fake
clock every kept event has an age and an owner, and none stays parked beyond 48 hours.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from server.services import tend as tending
from server.services.list_quarantine import kept_events
from server.tables import Intention, VerdictRow
from sync.client import Phone
from sync.specimens import intention_body, promise_body
from sync.store import Busy
from sync.tend import PARKED_MS_MAX
from tests.small_bank import BRANCH, LI_WEI, Bank

HOUR_MS = 3_600_000


def waiting_promise(bank: Bank) -> Phone:
    """A phone that has sent a promise in the place of one that nobody has."""
    phone = bank.phone()
    bank.publish(LI_WEI, ["W1"])
    phone.record("promise.made", promise_body(supersedes=("f" * 64,)))
    phone.sync(bank.send)
    return phone


def words_of(bank: Bank) -> list[str]:
    """Every verdict in the order of the ticks."""
    rows = sorted(bank.rows(VerdictRow), key=lambda row: (row.tick, row.n))
    return [row.verdict for row in rows if row.needs or row.risk == "forced"]


def test_it_is_tended_behind_a_push(bank: Bank) -> None:
    phone = waiting_promise(bank)
    with bank.app.app_context():
        kept = kept_events(BRANCH)
        assert [(each.verdict, each.waits_ms) for each in kept] == [("parked", 0)]
    bank.clock.now += PARKED_MS_MAX
    phone.record("intention.recorded", intention_body())

    phone.sync(bank.send)

    assert words_of(bank) == ["parked", "applied"]
    assert {row.due_on for row in bank.rows(Intention)} == {"2026-04-30", None}
    with bank.app.app_context():
        assert kept_events(BRANCH) == []


def test_it_is_not_tended_at_every_push(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = bank.phone()
    rounds: list[str] = []
    monkeypatch.setattr(tending, "tend", rounds.append)
    for minutes in (0, 5, 4, 1, 9, 1):
        bank.clock.pass_minutes(minutes)
        phone.record("intention.recorded", intention_body())
        phone.sync(bank.send)

    assert len(rounds) == 2


@pytest.mark.parametrize("error", [Busy(), RuntimeError("a mistake")])
def test_it_answers_a_push_although_tending_fails(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    phone = waiting_promise(bank)
    bank.clock.now += PARKED_MS_MAX

    def fails(branch_id: str) -> int:
        raise error

    monkeypatch.setattr(tending, "tend", fails)
    phone.record("intention.recorded", intention_body())

    phone.sync(bank.send)

    assert phone.unacked == []


def test_it_takes_no_tick_when_nothing_is_due(bank: Bank) -> None:
    waiting_promise(bank)
    before = len(bank.rows(VerdictRow))
    bank.clock.now += PARKED_MS_MAX - 1

    with bank.app.app_context():
        assert tending.tend(BRANCH) == 0
        bank.clock.now += 1
        assert tending.tend(BRANCH) == 1
        assert tending.tend(BRANCH) == 0
    assert len(bank.rows(VerdictRow)) == before + 1


def test_it_is_a_command(bank: Bank) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if "DOORSTEP_" not in name},
        "DOORSTEP_DATA_DIR": str(bank.app.extensions["settings"].data_dir),
        "DOORSTEP_DATABASE_URL": bank.url,
    }
    waiting_promise(bank)  # by the hand-moved clock in March 2026; the command has the real one
    command = [sys.executable, "-c", "from server.cli import main; main()", "tend"]

    result = subprocess.run(command, env=environ, check=True, timeout=60, capture_output=True)

    assert "1 events were judged again, 0 messages went out." in result.stdout.decode()
    assert words_of(bank) == ["parked", "applied"]
