"""The journal of SQLite brings back every committed change, and nothing else (decision 0013).

Method: the small bank works over the real API; what the journal brings back is compared, row by
row, with the database itself. Disks are full, processes die between journal and commit, files are
torn, and an old database is copied back by hand.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from server.catch_up import EPOCH_WANTED, catch_up, connect, redo
from server.db import db
from server.journal import Journal, RecordingConnection, read_mark
from server.journal_file import Mark, segments
from server.services.epochs import settle_epoch
from server.services.revoke_device import revoke_device
from server.tables import EventRow
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import receipt_body
from tests.sim.journal_work import copied, count, sqlite_file, take_cash, written_out
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank, open_bank


@pytest.fixture
def working(one_bank: Bank) -> Bank:
    """The bank on SQLite with a week published."""
    one_bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    return one_bank


@pytest.fixture
def phone(working: Bank) -> Phone:
    """Li Wei's phone."""
    return working.phone()


def folder_of(bank: Bank) -> Path:
    return sqlite_file(bank).parent


def journal_of(bank: Bank) -> Path:
    return folder_of(bank) / "journal"


def brought_forward(bank: Bank, old: Path) -> int:
    """Carry out on an old copy what the journal has; how many records that were."""
    with closing(connect(old)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        mark = read_mark(connection)
        assert mark is not None
        told = redo(connection, segments(journal_of(bank)), mark)
        connection.commit()
    assert told.is_joined
    return told.redone


def start_again(bank: Bank) -> Iterator[Bank]:
    """Another process opens the same database after the first has gone."""
    bank.close()
    again = open_bank(bank.url, folder_of(bank))
    again.clock.now = bank.clock.now
    yield again
    again.close()


def test_it_brings_back_a_week_of_field_and_office(working: Bank, tmp_path: Path) -> None:
    seed = int(os.environ.get("DOORSTEP_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    dice = random.Random(seed)
    old = copied(sqlite_file(working), tmp_path / "old.db")

    phones = [working.phone(LI_WEI), working.phone(ZHANG_MIN)]
    for _ in range(12):
        take_cash(working, dice.choice(phones), dice)
    count(working)
    working.issue(LI_WEI, 30)
    with working.app.app_context():
        revoke_device(BRANCH, str((phones[1].identity or {})["device"]), by=CHEN_JIE)
    take_cash(working, phones[0], dice)

    assert brought_forward(working, old) > 20
    assert written_out(old) == written_out(sqlite_file(working))


def test_it_goes_on_in_a_new_segment_that_another_process_began(
    working: Bank, phone: Phone, tmp_path: Path
) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    other = open_bank(working.url, folder_of(working))

    for turn in range(3):
        take_cash(working, phone, random.Random(turn))
        other.app.extensions["journal"].turn()
        other.issue(LI_WEI, 10)
    take_cash(working, phone, random.Random(9))
    other.close()

    assert len(segments(journal_of(working))) == 4
    brought_forward(working, old)
    assert written_out(old) == written_out(sqlite_file(working))


def test_it_acknowledges_nothing_that_the_journal_could_not_keep(
    working: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt()))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        with pytest.raises(Problem, match="status_503"):
            phone.sync(working.send)
        assert slip.hash not in {row.hash for row in working.rows(EventRow)}
        assert slip in phone.unacked

    phone.sync(working.send)
    assert phone.unacked == []
    assert [row.hash for row in working.rows(EventRow)].count(slip.hash) == 1


def test_it_takes_a_record_back_when_the_commit_fails(
    working: Bank, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    append = Journal.append

    def then_no_commit(journal: Journal, mark: Mark, changes: list[object]) -> Mark:
        after = append(journal, mark, changes)  # type: ignore[arg-type]
        return Mark(after.n, None)  # type: ignore[arg-type]  # the column refuses it

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", then_no_commit)
        with pytest.raises(IntegrityError):
            phone.sync(working.send)

    phone.sync(working.send)
    brought_forward(working, old)
    assert written_out(old) == written_out(sqlite_file(working))


def die_before_the_commit(bank: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push whose record is flushed; the process ends before the commit."""

    class Died(BaseException):
        pass

    def die(connection: RecordingConnection, journal: Journal, mark: Mark, changes: object) -> None:
        journal.append(mark, changes)  # type: ignore[arg-type]
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(RecordingConnection, "_commit", die)
        with pytest.raises(Died):
            phone.sync(bank.send)


def test_it_carries_out_what_a_crash_left_between_journal_and_commit(
    working: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    die_before_the_commit(working, phone, monkeypatch)

    for again in start_again(working):
        assert [row.hash for row in again.rows(EventRow)].count(slip.hash) == 1
        assert not (folder_of(working) / EPOCH_WANTED).exists(), "nothing was forgotten"
        phone.sync(again.send)
        assert phone.unacked == []
        assert again.balance(f"hand:{LI_WEI}") == phone.hand_fen()


def test_it_cuts_off_a_record_whose_process_died_beside_it(
    working: Bank, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    die_before_the_commit(working, phone, monkeypatch)

    working.issue(LI_WEI, 10)
    phone.sync(working.send)

    brought_forward(working, old)
    assert written_out(old) == written_out(sqlite_file(working))


def test_it_notices_an_older_database_copied_back_by_hand(
    working: Bank, phone: Phone, tmp_path: Path
) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    for turn in range(3):
        take_cash(working, phone, random.Random(turn))
    newest = copied(sqlite_file(working), tmp_path / "newest.db")
    working.close()
    for stale in folder_of(working).glob("doorstep.db*"):
        stale.unlink()
    shutil.copyfile(old, sqlite_file(working))

    for again in start_again(working):
        assert written_out(sqlite_file(again)) == written_out(newest)
        with again.app.app_context():
            renewed = settle_epoch()
            assert renewed is not None and renewed.why == "database_older"
            assert settle_epoch() is None, "once is enough"
        phone.sync(again.send)
        assert phone.unacked == [] and again.balance(f"hand:{LI_WEI}") == phone.hand_fen()


def test_it_keeps_two_histories_apart(working: Bank, phone: Phone, tmp_path: Path) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    take_cash(working, phone, random.Random(1))
    take_cash(working, phone, random.Random(2))
    working.close()
    for stale in folder_of(working).glob("doorstep.db*"):
        stale.unlink()
    shutil.copyfile(old, sqlite_file(working))
    hidden = journal_of(working).rename(tmp_path / "hidden")
    for other in start_again(working):
        other.issue(LI_WEI, 10)
        other.issue(LI_WEI, 10)
    shutil.rmtree(journal_of(working))
    hidden.rename(journal_of(working))

    for again in start_again(working):
        before = written_out(sqlite_file(again))
        assert (folder_of(working) / EPOCH_WANTED).exists()
        assert segments(journal_of(working)) == []
        assert len(list(journal_of(working).glob("*.other-*"))) == 1
        assert written_out(sqlite_file(again)) == before


@pytest.mark.parametrize("harm", ["torn", "bit"])
def test_it_stops_before_a_record_that_is_torn_or_damaged(
    working: Bank, phone: Phone, tmp_path: Path, harm: str
) -> None:
    old = copied(sqlite_file(working), tmp_path / "old.db")
    take_cash(working, phone, random.Random(1))
    before_last = copied(sqlite_file(working), tmp_path / "before.db")
    working.issue(LI_WEI, 10)
    path = segments(journal_of(working))[-1].path
    data = bytearray(path.read_bytes())
    if harm == "torn":
        del data[-7:]
    else:
        data[-7] ^= 1
    path.write_bytes(data)

    brought_forward(working, old)

    assert written_out(old) == written_out(before_last)


def test_it_lets_no_change_pass_it_by(working: Bank) -> None:
    with working.app.app_context():
        raw = db.engine.raw_connection()
        try:
            cursor = raw.cursor()
            for change in ("UPDATE clock SET tick = 9", "COMMIT"):
                with pytest.raises(sqlite3.NotSupportedError):
                    cursor.execute(change)
            with pytest.raises(sqlite3.NotSupportedError):
                cursor.executemany("UPDATE clock SET tick = ?", [(9,)])
            with pytest.raises(sqlite3.NotSupportedError):
                connection = raw.driver_connection
                assert isinstance(connection, RecordingConnection)
                connection.executescript("UPDATE clock SET tick = 9")
        finally:
            raw.close()


def test_it_reads_nothing_from_a_file_that_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "journal-000000000001-deadbeef.log").write_bytes(b"something else\n")

    assert segments(tmp_path) == []
    assert catch_up(tmp_path / "none.db", tmp_path, tmp_path) is None
