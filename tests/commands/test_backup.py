"""A backup counts only when it was restored and checked (I16, I17).

Method: the small bank on each database is backed up while it works; then bytes are changed,
promises broken, disks filled and runs killed, and each time what may be forgotten stays what it
was and the older backups stay where they are.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from server.commands.check import command as check
from server.db import transaction
from server.journal_file import segments
from server.services import backup
from server.services.backup import backups, make_backup
from server.services.backup_files import DRAFT, FILES
from server.tables import Attachment, BackupRecord, Lane, LedgerLeg
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import photo_body
from tests.safekeeping import back_up, settings_of
from tests.sim.journal_work import take_cash
from tests.small_bank import BRANCH, LI_WEI, Bank

PHOTO = b"\xff\xd8\xff" + b"photo" * 100


def heads(bank: Bank) -> dict[str, int]:
    return {lane.id: lane.head_seq for lane in bank.rows(Lane)}


def archived(bank: Bank) -> dict[str, int]:
    return {lane.id: lane.archived_seq for lane in bank.rows(Lane)}


@pytest.fixture
def phone(bank: Bank) -> Phone:
    """Li Wei's phone after a day with cash."""
    return after_a_day(bank)


def after_a_day(bank: Bank) -> Phone:
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = bank.phone()
    for turn in range(3):
        take_cash(bank, phone, random.Random(turn))
    return phone


def send_photo(bank: Bank, phone: Phone) -> str:
    """A photo whose event and bytes are on the server."""
    phone.record("attachment.added", photo_body(PHOTO))
    phone.sync(bank.send)
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    store_bytes(bank, sha256)
    return sha256


def store_bytes(bank: Bank, sha256: str) -> None:
    """As the attachments of the API do: the file first, then the row."""
    from server.services.attachments import attachment_path

    with bank.app.app_context():
        path = attachment_path(BRANCH, sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PHOTO)
        with transaction(BRANCH, actor=LI_WEI, cause="test") as tx:
            tx.session.get_one(Attachment, (BRANCH, sha256)).state = "stored"


def test_it_archives_what_a_restored_copy_holds(bank: Bank, phone: Phone) -> None:
    before = heads(bank)

    made = back_up(bank)

    assert archived(bank) == before
    record = bank.rows(BackupRecord)[0]
    manifest = (made.folder / "manifest.json").read_bytes()
    assert (record.id, record.sha256) == (made.manifest.id, hashlib.sha256(manifest).hexdigest())
    assert json.loads(record.ticks) == made.verified.ticks and record.size == made.manifest.size
    take_cash(bank, phone, random.Random(9))
    assert archived(bank) == before, "what came later is not archived"
    assert heads(bank)[phone.lane] > before[phone.lane]


def test_it_settles_what_is_archived(bank: Bank, phone: Phone) -> None:
    back_up(bank)

    lane = next(row for row in bank.rows(Lane) if row.id == phone.lane)
    assert 0 < lane.settled_seq <= lane.archived_seq == len(phone.log)
    assert lane.settled_hash == phone.log[lane.settled_seq - 1].hash


def test_it_archives_a_photo_only_with_its_bytes(bank: Bank, phone: Phone) -> None:
    sha256 = send_photo(bank, phone)
    phone.record("attachment.added", photo_body(PHOTO + b"2"))
    phone.sync(bank.send)

    made = back_up(bank)

    assert {row.sha256: row.archived for row in bank.rows(Attachment)} == {
        sha256: True,
        hashlib.sha256(PHOTO + b"2").hexdigest(): False,
    }
    assert made.verified.missing == []


def test_it_says_which_photo_has_no_file(one_bank: Bank) -> None:
    phone = after_a_day(one_bank)
    sha256 = send_photo(one_bank, phone)
    shutil.rmtree(settings_of(one_bank).data_dir / "attachments")

    made = back_up(one_bank)

    assert made.verified.missing == [sha256]
    assert not one_bank.rows(Attachment)[0].archived


def damaged(name: str) -> Any:
    """Verification that finds one byte of a file of the fresh backup changed."""
    verify = backup.verify

    def then(settings: Any, folder: Path) -> Any:
        (path,) = [each for each in folder.rglob(name) if each.is_file()]
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        return verify(settings, folder)

    return then


@pytest.mark.parametrize("name", ["database.*", "secret.key", "attachments/*/*/*"])
def test_it_keeps_no_backup_that_was_damaged(
    bank: Bank, phone: Phone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_photo(bank, phone)
    first = back_up(bank)
    before = archived(bank)
    take_cash(bank, phone, random.Random(5))
    monkeypatch.setattr(backup, "verify", damaged(name))

    with pytest.raises(Problem) as refused:
        back_up(bank)

    assert refused.value.code == "backup_damaged"
    assert re.search(name.split("/")[0].rstrip("*"), str(refused.value.details["file"]))
    assert archived(bank) == before and len(bank.rows(BackupRecord)) == 1
    assert [path.name for path in first.folder.parent.iterdir() if path.is_dir()] == [
        first.folder.name
    ]


def test_it_keeps_no_backup_of_a_history_that_is_broken(bank: Bank, phone: Phone) -> None:
    before = archived(bank)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.add(
            LedgerLeg(
                branch_id=BRANCH,
                event_hash=phone.log[0].hash,
                leg=99,
                account="suspense",
                amount_fen=1,
                value_on="2026-03-02",
            )
        )

    with pytest.raises(Problem) as refused:
        back_up(bank)

    assert refused.value.code == "backup_unverified" and "I2" in refused.value.zh
    assert archived(bank) == before and bank.rows(BackupRecord) == []


def test_it_says_in_one_sentence_that_the_disk_is_full(
    one_bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_a_day(one_bank)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "copy_data", full)

    with pytest.raises(Problem) as refused:
        back_up(one_bank)

    assert refused.value.code == "backup_disk_full"
    assert list(settings_of(one_bank).backup_folder.glob(f"{DRAFT}*")) == []
    assert set(archived(one_bank).values()) == {0}


def test_it_keeps_the_newest_and_the_journal_they_join_on_to(bank: Bank, phone: Phone) -> None:
    made = []
    for turn in range(4):
        take_cash(bank, phone, random.Random(turn))
        bank.clock.pass_minutes(60)
        made.append(back_up(bank, backups_kept=2))

    settings = settings_of(bank)
    assert backups(settings.backup_folder) == [each.folder for each in made[-2:]]
    if settings.sqlite_path is not None:
        oldest = made[-2].manifest.journal
        found = segments(settings.journal_folder)
        assert oldest is not None and found[0].base.n <= oldest[0]
        assert len(found) <= 4, "older segments are gone"


def test_it_makes_one_at_a_time(one_bank: Bank) -> None:
    after_a_day(one_bank)
    settings = settings_of(one_bank)
    settings.backup_folder.mkdir(parents=True)

    with backup._alone(settings.backup_folder), pytest.raises(Problem) as refused:
        back_up(one_bank)

    assert refused.value.code == "backup_busy"


def test_it_lets_nobody_else_read_and_names_nobody(bank: Bank, phone: Phone) -> None:
    send_photo(bank, phone)

    made = back_up(bank)

    for path in [made.folder, *made.folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
        assert path.name.isascii()
    keys = {"secret.key", "office.pem"}
    assert keys <= {path.name for path in (made.folder / FILES).iterdir()}


def test_it_links_photos_that_an_older_backup_holds(one_bank: Bank) -> None:
    phone = after_a_day(one_bank)
    sha256 = send_photo(one_bank, phone)
    first, second = back_up(one_bank), back_up(one_bank)

    paths = [next(each.folder.rglob(sha256)) for each in (first, second)]

    assert paths[0].stat().st_ino == paths[1].stat().st_ino


def test_it_removes_what_a_killed_run_left(bank: Bank, phone: Phone, tmp_path: Path) -> None:
    settings = settings_of(bank)
    environ = {
        **{name: value for name, value in os.environ.items() if "DOORSTEP_" not in name},
        "DOORSTEP_DATA_DIR": str(settings.data_dir),
        "DOORSTEP_DATABASE_URL": settings.sqlalchemy_url,
        "DOORSTEP_BACKUP_DIR": str(settings.backup_folder),
    }
    command = [sys.executable, "-c", "from server.cli import main; main()", "backup"]
    killed = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(settings.backup_folder.glob(f"{DRAFT}*")):
        assert time.monotonic() < deadline and killed.poll() is None
        time.sleep(0.001)
    time.sleep(0.1)
    killed.kill()
    killed.wait()
    before = archived(bank)

    if settings.sqlite_path is None:
        leave_scratch(settings.sqlalchemy_url)
    subprocess.run(command, env=environ, check=True, capture_output=True)

    assert set(before.values()) <= {0} or backups(settings.backup_folder)
    assert list(settings.backup_folder.glob(f"{DRAFT}*")) == []
    assert archived(bank) == heads(bank)
    if settings.sqlite_path is None:
        assert scratches(settings.sqlalchemy_url) == []


def leave_scratch(url: str) -> None:
    """What a run that was killed at the wrong moment leaves in the cluster."""
    name = f"{make_url(url).database}_scratch_dead"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()


def scratches(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT datname FROM pg_database")).all()
    engine.dispose()
    return [name for name in names if name.startswith(f"{make_url(url).database}_scratch")]


def test_it_backs_up_nothing_before_there_is_anything(one_bank: Bank) -> None:
    one_bank.close()
    settings = settings_of(one_bank)
    assert settings.sqlite_path is not None
    settings.sqlite_path.unlink()

    with one_bank.app.app_context(), pytest.raises(Problem, match="backup_nothing"):
        make_backup(settings, one_bank.app.extensions["journal"])


def test_it_checks_the_live_history_and_says_what_is_wrong(
    bank: Bank, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_DATA_DIR", str(settings_of(bank).data_dir))
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", bank.url)
    good = CliRunner().invoke(check)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.execute(text("UPDATE lane SET head_seq = head_seq + 1"))

    bad = CliRunner().invoke(check)

    assert good.exit_code == 0, good.output
    assert bad.exit_code == 1 and "I4" in bad.output
