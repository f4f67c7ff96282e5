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
LIFE_SECONDS = (0.05, 1.2)
KILLS_MIN = 3


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


def work(phone: Phone, server: ServerProcess, pushes: int, dice: random.Random) -> None:
    for _ in range(pushes):
        record_some(phone, dice)
        push_until_answered(phone, server)


def kill_again_and_again(server: ServerProcess, done: threading.Event, dice: random.Random) -> int:
    """Kill and restart until the phones are done; how often."""
    kills = 0
    while not done.wait(dice.uniform(*LIFE_SECONDS)):
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
    server, done = ServerProcess(bank.url, tmp_path), threading.Event()
    server.start()

    try:
        with ThreadPoolExecutor(len(phones) + 1) as pool:
            killing = pool.submit(kill_again_and_again, server, done, random.Random(seed + 1))
            shares = [PUSHES // 3 + (number < PUSHES % 3) for number in range(3)]
            tasks = [
                pool.submit(work, phone, server, share, random.Random(dice.random()))
                for phone, share in zip(phones, shares, strict=True)
            ]
            try:
                for task in tasks:
                    task.result()
            finally:
                done.set()
            kills = killing.result()
    finally:
        server.close()

    print(f"{kills} kills")
    assert kills >= KILLS_MIN
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
