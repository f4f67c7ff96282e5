"""The drill: back up, keep working, lose the server, restore, and the phones come back (I16, I17).

Method: the real server runs as a process and the real commands run beside it; three phones speak
HTTP with it. It is killed, its data is deleted, a backup is restored with what lay on another disk,
and the phones sync as on any evening: no person does anything for them. One phone is lost with
the server, so that what it had acknowledged must come from the backup. On SQLite and PostgreSQL.
"""

from __future__ import annotations

import dataclasses
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db import snapshot
from server.services import backup
from server.services.check_history import check_history
from server.tables import BackupRecord, CashCount, EventRow, Lane, LedgerLeg, ReceiptRow, VerdictRow
from sync.client import Phone
from sync.problems import Problem
from sync.transport import Reply, Request, Transport
from tests.commands.test_backup import damaged
from tests.safekeeping import back_up, epoch_of, lose_everything, settings_of
from tests.sim.journal_work import count, take_cash
from tests.sim.server_process import ServerProcess
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank, Hands, open_bank


@dataclasses.dataclass(slots=True)
class Drill:
    """The bank, its server, its phones, and the disk on which backups lie."""

    bank: Bank
    server: ServerProcess
    phones: list[Phone]
    lost: Phone
    dice: random.Random

    @property
    def safe(self) -> Path:
        return settings_of(self.bank).backup_folder

    def work(self, phone: Phone, times: int = 1) -> None:
        """Cash in the villages, and a sync over the real connection."""
        for _ in range(times):
            take_cash(ViaServer(self.bank, self.server.send), phone, self.dice)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command as the operator runs it."""
        environ = {**self.server.environ, "DOORSTEP_BACKUP_DIR": str(self.safe)}
        program = [sys.executable, "-c", "from server.cli import main; main()", *words]
        return subprocess.run(program, env=environ, capture_output=True, text=True, check=False)

    def back_up(self) -> Path:
        done = self.command("backup")
        assert done.returncode == 0, done.stderr
        return backup.backups(self.safe)[-1]

    def lose_the_server(self, keep: str = "") -> None:
        """kill -9, and the data is gone but for a folder on another disk."""
        self.server.kill()
        lose_everything(self.bank, keep=keep)

    def restore(self, folder: Path, *options: str) -> str:
        """Restore, start the server again, and go on with its database. What the command said."""
        clock = self.bank.clock
        self.bank.close()
        done = self.command("restore", str(folder), *options)
        assert done.returncode == 0, done.stdout + done.stderr
        self.bank = open_bank(self.bank.url, settings_of(self.bank).data_dir)
        self.bank.clock.now = clock.now
        pwa = settings_of(self.bank).data_dir / "pwa"
        pwa.mkdir(exist_ok=True)
        (pwa / "index.html").write_text("<!doctype html>")
        self.server.start()
        return done.stdout

    def come_back(self) -> None:
        """Every phone that is left syncs once."""
        for phone in self.phones:
            phone.sync(self.server.send)


@dataclasses.dataclass(slots=True)
class ViaServer:
    """The bank as its phones know it: a clock, and a way to the server's process."""

    bank: Bank
    send: Transport

    @property
    def clock(self) -> Hands:
        return self.bank.clock


@pytest.fixture
def drill(bank: Bank, tmp_path: Path) -> Iterator[Drill]:
    """A server at work, on each database."""
    yield from at_work(bank, tmp_path)


@pytest.fixture
def sqlite_drill(one_bank: Bank, tmp_path: Path) -> Iterator[Drill]:
    """The same on SQLite, which has the journal. PostgreSQL's archive: test_archive.py."""
    yield from at_work(one_bank, tmp_path)


def at_work(bank: Bank, tmp_path: Path) -> Iterator[Drill]:
    """Two phones of Li Wei, two of Zhang Min, and a day's cash on each."""
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phones = [bank.phone(officer, numbers=100) for officer in (LI_WEI, LI_WEI, ZHANG_MIN)]
    lost = bank.phone(ZHANG_MIN, numbers=20)
    server = ServerProcess(bank.url, tmp_path)
    server.start()
    drill = Drill(bank, server, phones, lost, random.Random(20260302))
    try:
        for phone in [*phones, lost]:
            drill.work(phone, 2)
        yield drill
    finally:
        server.close()
        drill.bank.close()


def assert_nothing_is_missing(drill: Drill) -> None:
    """Every acknowledged event once with its bytes; custody, heads and numbers as they must be."""
    bank, phones = drill.bank, [*drill.phones, drill.lost]
    stored = Counter(row.hash for row in bank.rows(EventRow))
    assert max(stored.values()) == 1
    for phone in phones:
        assert phone.unacked == []
        assert {event.hash for event in phone.log} <= stored.keys()
    heads = {row.id: (row.head_seq, row.head_hash) for row in bank.rows(Lane)}
    for phone in phones:
        assert heads[phone.lane] == (len(phone.log), phone.log[-1].hash)
    hands = Counter[str]()
    for phone in phones:
        hands[str((phone.identity or {})["officer"]["id"])] += phone.hand_fen()
    assert len(bank.rows(VerdictRow)) >= len(bank.rows(EventRow))
    numbers = Counter(row.receipt_no for row in bank.rows(ReceiptRow))
    assert max(numbers.values()) == 1
    receipts = [event for phone in phones for event in phone.log if event.kind == "cash.receipt"]
    assert len(bank.rows(ReceiptRow)) == len(receipts)
    assert len(bank.rows(LedgerLeg)) > 0
    with bank.app.app_context(), snapshot() as session:
        assert [str(finding) for finding in check_history(session)] == []


def assert_custody(drill: Drill) -> None:
    """What each officer should hold is what the phones say, summed over lanes."""
    for officer in (LI_WEI, ZHANG_MIN):
        own = [
            phone
            for phone in [*drill.phones, drill.lost]
            if (phone.identity or {})["officer"]["id"] == officer
        ]
        events = [event for phone in own for event in phone.log]
        voided = {e.body["target"] for e in events if e.kind == "cash.void"}
        taken = sum(
            int(str(e.body["amount_fen"]))
            for e in events
            if e.kind == "cash.receipt" and e.hash not in voided
        )
        counted = sum(
            row.expected_fen for row in drill.bank.rows(CashCount) if row.officer_id == officer
        )
        assert drill.bank.balance(f"hand:{officer}") == taken - counted


def test_it_loses_nothing_when_the_server_is_lost(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = drill.back_up()
    drill.work(drill.phones[0], 2)
    with monkeypatch.context() as patched:
        patched.setattr(backup, "verify", damaged("database.*"))
        with pytest.raises(Problem, match="backup_damaged"):
            back_up(drill.bank)
    drill.work(drill.phones[2], 1)
    before = epoch_of(drill.bank)
    archived = {row.id: row.archived_seq for row in drill.bank.rows(Lane)}
    assert archived[drill.lost.lane] == len(drill.lost.log), "its phone may forget, and is lost"

    drill.lose_the_server()
    assert backup.backups(drill.safe) == [good]
    drill.restore(good, "--without-journal")
    drill.come_back()

    assert epoch_of(drill.bank) != before
    assert_nothing_is_missing(drill)
    assert_custody(drill)
    drill.work(drill.phones[1], 1)
    assert_nothing_is_missing(drill)


def test_it_brings_back_the_office_from_the_journal(sqlite_drill: Drill, tmp_path: Path) -> None:
    drill = sqlite_drill
    good = drill.back_up()
    drill.work(drill.phones[0], 2)
    count(drill.bank, LI_WEI)
    drill.bank.issue(LI_WEI, 30)
    drill.work(drill.lost, 1)
    counts = len(drill.bank.rows(CashCount))

    drill.lose_the_server(keep="journal")
    elsewhere = shutil.move(settings_of(drill.bank).journal_folder, tmp_path / "other-disk")
    said = drill.restore(good, "--journal", str(elsewhere))
    drill.come_back()

    assert "流水日志补回其后" in said and "补回其后 0 次" not in said
    assert len(drill.bank.rows(CashCount)) == counts == 1
    assert_nothing_is_missing(drill)
    assert_custody(drill)


def test_it_takes_an_old_backup_twice_in_a_row(drill: Drill) -> None:
    old = drill.back_up()
    drill.work(drill.phones[0], 1)
    drill.back_up()
    drill.work(drill.phones[2], 1)

    epochs = [epoch_of(drill.bank)]
    for _ in range(2):
        drill.server.kill()
        drill.restore(old, "--replace", "--without-journal")
        drill.come_back()
        epochs.append(epoch_of(drill.bank))
        assert_nothing_is_missing(drill)
        assert_custody(drill)

    assert len(set(epochs)) == 3
    assert drill.bank.rows(BackupRecord) == [], "the old copy knows of no backup"


def test_it_comes_back_while_phones_are_half_way_through(drill: Drill) -> None:
    good = drill.back_up()

    def breaks(request: Request) -> Reply:
        drill.server.send(request)
        raise ConnectionError("the server is gone before its answer has come")

    for phone in drill.phones:
        take = ViaServer(drill.bank, breaks)
        with pytest.raises(ConnectionError):
            take_cash(take, phone, drill.dice)
    drill.lose_the_server()
    drill.restore(good, "--without-journal")
    drill.come_back()

    assert_nothing_is_missing(drill)
    assert_custody(drill)
