"""Ticks are dense and no cursor skips one, with many writers at once (sync-design 2.5, I8, I9).

Method: phones push over threads, and over processes that pause between their rows and the commit,
while a reader pages through its feed from its cursor, as fast as it can; at the end everything that
was committed has been delivered to it, once, in the order of the ticks. On SQLite and PostgreSQL.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from server.db import snapshot
from server.keys import installation_secret, running_settings
from server.services.rows import build_rows
from server.stores.pull_store import Scope, SqlPullStore
from server.tables import Clock, CommitLog, EventRow, VerdictRow
from sync.client import Phone
from sync.digest import digests
from sync.pull import Page, Reader, Wish, give_out
from sync.specimens import intention_body, receipt_body
from tests.small_bank import BRANCH, LI_WEI, Bank

WRITERS = 6
PUSHES = 8
PROCESSES = 3


def write(bank: Bank, phone: Phone) -> None:
    """One phone's day: a receipt and an intention, pushed at once, again and again."""
    for _ in range(PUSHES):
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), 1_00))
        phone.record("intention.recorded", intention_body())
        phone.sync(bank.send)


def read(bank: Bank, stop: threading.Event) -> list[Page]:
    """Page through the feed of the officer until the writers are done and nothing is left."""
    pages: list[Page] = []
    cursor = None
    with bank.app.app_context():
        reader = Reader(branch=BRANCH, officer=LI_WEI, secret=installation_secret())
        while True:
            last = stop.is_set()
            with snapshot() as session:
                store = SqlPullStore(Scope(session, BRANCH, LI_WEI), build_rows)
                pages.append(give_out(store, reader, Wish(cursor=cursor, limit_bytes=2000)))
            cursor = pages[-1].cursor
            if last and pages[-1].complete:
                return pages


def test_it_skips_no_tick_for_any_cursor(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    phones = [bank.phone(LI_WEI) for _ in range(WRITERS)]
    stop = threading.Event()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read, bank, stop)
        for writing in [pool.submit(write, bank, phone) for phone in phones]:
            writing.result()
        stop.set()
        pages = reading.result()

    assert_nothing_skipped(bank, pages, events=WRITERS * (2 * PUSHES + 1))
    assert bank.balance(f"hand:{LI_WEI}") == WRITERS * PUSHES * 1_00


def assert_nothing_skipped(bank: Bank, pages: list[Page], *, events: int) -> None:
    """The pages of one reader are all that was committed, each once; and ticks are dense."""
    delivered = [item.hash for page in pages for item in page.verdicts]
    stored = {
        row.hash
        for row in bank.query(select(EventRow.hash).where(EventRow.received_via == "https"))
    }
    assert len(delivered) == len(set(delivered)), "nothing comes twice"
    assert set(delivered) == stored and len(stored) == events
    ticks = [item.tick for page in pages for item in page.verdicts]
    assert ticks == sorted(ticks)
    held = {(row["etype"], row["eid"]): row["row"] for page in pages for row in page.rows}
    assert pages[-1].complete and digests(held) == digests_of_scope(bank)
    highest, count = bank.query(select(func.max(CommitLog.tick), func.count()))[0]
    assert highest == count == bank.rows(Clock)[0].tick
    orphans = select(VerdictRow).where(VerdictRow.tick.not_in(select(CommitLog.tick)))
    assert bank.query(orphans) == []


def digests_of_scope(bank: Bank) -> dict[str, str]:
    with bank.app.app_context(), snapshot() as session:
        store = SqlPullStore(Scope(session, BRANCH, LI_WEI), build_rows)
        return digests(store.rows(store.scope()))


def start_writer(bank: Bank, number: int) -> subprocess.Popen[bytes]:
    """A phone of the officer with a worker of its own."""
    with bank.app.app_context():
        folder = running_settings().data_dir
    values = [bank.url, str(folder), bank.code(LI_WEI), str(number), str(PUSHES)]
    return subprocess.Popen([sys.executable, "-m", "tests.sim.writer_process", *values])


def test_it_skips_no_tick_when_processes_pause_before_they_commit(bank: Bank) -> None:
    """opensrp, kamu-cli #1398: a cursor passes a row that was numbered before and came after."""
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phones = [bank.phone(LI_WEI) for _ in range(2)]
    stop = threading.Event()

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, bank, stop) for _ in range(2)]
        processes = [start_writer(bank, number) for number in range(PROCESSES)]
        writers = [pool.submit(write, bank, phone) for phone in phones]
        for writing in writers:
            writing.result()
        codes = [process.wait(timeout=120) for process in processes]
        stop.set()
        everything = [reading.result() for reading in readers]

    assert codes == [0] * PROCESSES
    events = PROCESSES * (PUSHES + 1) + len(phones) * (2 * PUSHES + 1)
    for pages in everything:
        assert_nothing_skipped(bank, pages, events=events)


def test_it_takes_the_same_request_at_the_same_time_once(bank: Bank) -> None:
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    body = phone.build_sync()
    headers = phone.headers(body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bank.send(body, headers)[0], range(8)))

    assert answers == [200] * 8
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert len([row for row in bank.rows(EventRow) if row.kind == "cash.receipt"]) == 1
    assert len(bank.rows(VerdictRow)) == len(bank.rows(EventRow))
