"""A phone and a server's worker in a process of its own, which pauses where it hurts the most.

    python -m tests.sim.writer_process URL FOLDER CODE SEED PUSHES

The worker sleeps before it takes its tick, and again between its last row and the commit: there a
cursor by a sequence or by the clock skips rows (sync-design 2.5).
"""

from __future__ import annotations

import importlib
import random
import sys
import time
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from server.device_key import DeviceKey
from sync.client import Phone
from sync.specimens import intention_body
from tests.small_bank import open_bank

BEFORE_TICK_S, BEFORE_COMMIT_S = 0.010, 0.020


def pause_in_transactions(chance: random.Random) -> None:
    """Every transaction of this process takes its time from now on."""
    module = importlib.import_module("server.db")  # `server.db` is also the name of an object
    take_tick = module.take_tick

    def late_tick(session: Session, branch_id: str) -> object:
        time.sleep(chance.uniform(0, BEFORE_TICK_S))
        return take_tick(session, branch_id)

    vars(module)["take_tick"] = late_tick
    event.listen(Session, "before_commit", lambda _: time.sleep(chance.uniform(0, BEFORE_COMMIT_S)))


def main(url: str, folder: str, code: str, seed: int, count: int) -> None:
    """Enrol with a code, then record and push, again and again."""
    chance = random.Random(seed)
    bank = open_bank(url, Path(folder))
    bank.random = random.Random(seed)
    pause_in_transactions(chance)
    phone = Phone(DeviceKey(), bank.world())
    answer = bank.http.post("/v1/enrol", data=phone.enrol_request(code))
    assert answer.status_code == 201, answer.data
    phone.absorb_enrolment(answer.data)
    for number in range(count):
        phone.record("intention.recorded", intention_body(f"W{number % 4 + 1}"))
        phone.sync(bank.send)
    bank.close()


if __name__ == "__main__":
    URL, FOLDER, CODE, SEED, COUNT = sys.argv[1:]
    main(URL, FOLDER, CODE, int(SEED), int(COUNT))
