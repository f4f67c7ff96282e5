"""The server is killed at random moments while phones push, and nothing is lost or taken twice.

Method: the real server runs as a process; three phones make 200 pushes over HTTP from threads,
retrying until each is answered; meanwhile the whole process group gets SIGKILL at random moments
and is started again. At the end every event of every log is stored exactly once with its bytes,
and custody is what the phones say. On SQLite and on PostgreSQL.

The seed is printed on failure and can be given as DOORSTEP_SEED to run it again; what the
scheduler does is not in the seed.
"""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.tables import CommitLog, EventRow, Lane, ReceiptRow, VerdictRow
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import intention_body, receipt_body, visit_body, void_body
from tests.sim.server_process import ServerProcess
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank

PUSHES = 200
OFFICERS = (LI_WEI, ZHANG_MIN, LI_WEI)
KILLS = 15
WITHIN_SECONDS = 0.12  # a push takes some 50 ms: the kill falls before, inside or behind one


def record_some(phone: Phone, dice: random.Random) -> None:
    """What an officer does between two syncs: cash in most cases, now and then a void."""
    household = dice.choice(["W1", "W2", "W3", "W4"])
    phone.record("visit.started", visit_body(household))
    slip = phone.record(
        "cash.receipt", receipt_body(phone.next_receipt(), dice.randrange(1, 500) * 100, household)
    )
    if dice.random() < 0.2:
        phone.record("cash.void", void_body(slip))
    phone.record("intention.recorded", intention_body(household))


def push_until_answered(phone: Phone, server: ServerProcess) -> None:
    """Sync as the phone's own retry does, until all is acknowledged."""
    while True:
        try:
            phone.sync(server.send)
            return
        except OSError:
            time.sleep(0.05)
        except Problem as problem:
            assert problem.code == "answer_not_believed", problem
            assert "status_503" in str(problem), problem
            time.sleep(0.05)


class Progress:
    """How many pushes have been answered; a killer waits for the next of its moments."""

    def __init__(self) -> None:
        self.answered, self.changed = 0, threading.Condition()
        self.is_over = False

    def note(self) -> None:
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    def wait_for(self, answered: int) -> bool:
        """True when so many pushes have been answered, False if it is over before."""
        with self.changed:
            self.changed.wait_for(lambda: self.is_over or self.answered >= answered)
            return not self.is_over


def work(phone: Phone, server: ServerProcess, pushes: int, progress: Progress) -> None:
    dice = random.Random(phone.lane)
    for _ in range(pushes):
        record_some(phone, dice)
        push_until_answered(phone, server)
        progress.note()


def kill_again_and_again(server: ServerProcess, progress: Progress, dice: random.Random) -> int:
    """Kill and restart at random moments of the work; how often."""
    kills = 0
    for moment in sorted(dice.sample(range(PUSHES - 10), KILLS)):
        if not progress.wait_for(moment):
            break
        time.sleep(dice.uniform(0, WITHIN_SECONDS))
        server.kill()
        kills += 1
        server.start()
    return kills


@pytest.mark.slow
def test_it_loses_nothing_and_takes_nothing_twice(bank: Bank, tmp_path: Path) -> None:
    seed = int(os.environ.get("DOORSTEP_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    dice = random.Random(seed)
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phones = [bank.phone(officer, numbers=100) for officer in OFFICERS]
    server, progress = ServerProcess(bank.url, tmp_path), Progress()
    server.start()

    try:
        with ThreadPoolExecutor(len(phones) + 1) as pool:
            killing = pool.submit(kill_again_and_again, server, progress, dice)
            shares = [PUSHES // 3 + (number < PUSHES % 3) for number in range(3)]
            tasks = [
                pool.submit(work, phone, server, share, progress)
                for phone, share in zip(phones, shares, strict=True)
            ]
            try:
                for task in tasks:
                    task.result()
            finally:
                progress.end()
            kills = killing.result()
    finally:
        server.close()

    print(f"{kills} kills")
    assert kills == KILLS
    check_history(bank, phones)


def check_history(bank: Bank, phones: list[Phone]) -> None:
    """Every event of the phones once, with its bytes; custody and heads as the phones have them."""
    expected = {event.hash for phone in phones for event in phone.log}
    stored = [row for row in bank.rows(EventRow) if row.received_via == "https"]
    assert {row.hash for row in stored} == expected and len(stored) == len(expected)
    assert all(hashlib.sha256(row.canonical).hexdigest() == row.hash for row in stored)
    heads = {row.id: (row.head_seq, row.head_hash) for row in bank.rows(Lane)}
    for phone in phones:
        assert heads[phone.lane] == (len(phone.log), phone.log[-1].hash)
        assert {item["verdict"] for item in phone.verdicts.values()} == {"applied"}
        assert phone.incidents == []
    for officer in set(OFFICERS):
        hands = [
            phone.hand_fen()
            for phone in phones
            if phone.identity and phone.identity["officer"]["id"] == officer
        ]
        assert bank.balance(f"hand:{officer}") == sum(hands)
    assert sum(bank.balances().values()) == 0 and "suspense" not in bank.balances()
    receipts = [e for phone in phones for e in phone.log if e.kind == "cash.receipt"]
    assert len(bank.rows(ReceiptRow)) == len(receipts)
    assert len(bank.rows(VerdictRow)) == len(bank.rows(EventRow)), "one verdict each"
    highest, count = bank.query(select(func.max(CommitLog.tick), func.count()))[0]
    assert highest == count
