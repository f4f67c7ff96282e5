"""A restore brings back what a backup and the journal hold, whole or not at all, however often.

Method: the small bank on each database is backed up, works on, loses everything and is restored;
the phones then sync as they always do. Restores are killed between their steps and run again.
"""

from __future__ import annotations

import dataclasses
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import alembic.command
import pytest
from sqlalchemy import select

from server.db import db, migration_config, snapshot
from server.services import restore as restoring
from server.services.backup import Made
from server.services.backup_files import described, read_manifest
from server.services.check_history import check_history
from server.services.outbox import Message, relay
from server.services.restore import Wish, put_back
from server.tables import Attachment, EventRow
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import visit_body
from sync.transport import Reply, Request
from tests.commands.test_backup import send_photo
from tests.safekeeping import (
    back_up,
    epoch_of,
    finished,
    lose_everything,
    restore,
    restored,
    settings_of,
)
from tests.sim.journal_work import count, sqlite_file, take_cash, written_out
from tests.small_bank import BRANCH, LI_WEI, Bank, open_bank


@pytest.fixture
def phone(bank: Bank) -> Phone:
    """Li Wei's phone after a day with cash."""
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = bank.phone()
    for turn in range(3):
        take_cash(bank, phone, random.Random(turn))
    return phone


def findings(bank: Bank) -> list[str]:
    with bank.app.app_context(), snapshot() as session:
        return [str(each) for each in check_history(session)]


def assert_whole(bank: Bank, phone: Phone) -> None:
    """Every event of the phone once, custody as the phone has it, nothing against an invariant."""
    stored = [row.hash for row in bank.rows(EventRow)]
    assert len(stored) == len(set(stored)) and {e.hash for e in phone.log} <= set(stored)
    assert bank.balance(f"hand:{LI_WEI}") == phone.hand_fen()
    assert phone.unacked == [] and findings(bank) == []


def test_it_brings_back_a_backup_and_the_phones_bring_the_rest(bank: Bank, phone: Phone) -> None:
    made, before = back_up(bank), epoch_of(bank)
    take_cash(bank, phone, random.Random(8))
    lose_everything(bank)

    restore(bank, made.folder)
    again, told = finished(bank)

    assert told.epoch == epoch_of(again) != before and told.findings == ()
    assert told.branches[0].tick >= made.verified.ticks[BRANCH]
    phone.sync(again.send)
    assert_whole(again, phone)
    again.close()


def test_it_takes_an_old_backup_twice_in_a_row(bank: Bank, phone: Phone) -> None:
    old = back_up(bank)
    for turn in (7, 8):
        take_cash(bank, phone, random.Random(turn))
        back_up(bank)
    epochs = {epoch_of(bank)}

    for _ in range(2):
        bank, told = restored(bank, old.folder)
        epochs.add(told.epoch)
        phone.sync(bank.send)
        assert_whole(bank, phone)

    assert len(epochs) == 3
    bank.close()


def test_it_comes_back_while_a_phone_waits_for_an_answer(bank: Bank, phone: Phone) -> None:
    made = back_up(bank)
    take_cash(bank, phone, random.Random(8))

    def breaks(request: Request) -> Reply:
        bank.send(request)
        raise ConnectionError("the answer is lost with the server")

    for turn in range(4):
        phone.record("visit.started", visit_body(f"W{turn + 1}"))
    with pytest.raises(ConnectionError):
        phone.sync(breaks)
    bank, _ = restored(bank, made.folder)

    phone.sync(bank.send)
    assert_whole(bank, phone)
    bank.close()


def test_it_refuses_a_damaged_backup_and_names_the_file(bank: Bank, phone: Phone) -> None:
    made = back_up(bank)
    path = made.folder / made.manifest.database
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    lose_everything(bank)

    with pytest.raises(Problem) as refused:
        restore(bank, made.folder)

    assert refused.value.code == "backup_damaged"
    assert refused.value.details["file"] == made.manifest.database
    assert list(settings_of(bank).data_dir.iterdir()) == []


@pytest.mark.parametrize("harm", ["none", "words", "format"])
def test_it_refuses_what_is_no_backup(one_bank: Bank, tmp_path: Path, harm: str) -> None:
    made = back_up(one_bank)
    manifest = made.folder / "manifest.json"
    if harm == "none":
        manifest.unlink()
    else:
        manifest.write_text("[" if harm == "words" else '{"format": 99}')

    with pytest.raises(Problem) as refused:
        restore(one_bank, made.folder, replaces=True)

    assert refused.value.code == ("backup_damaged" if harm == "words" else "backup_unknown")
    assert epoch_of(one_bank)


def test_it_refuses_to_replace_what_it_was_not_told_to(bank: Bank, phone: Phone) -> None:
    made, before = back_up(bank), epoch_of(bank)

    with pytest.raises(Problem) as refused:
        restore(bank, made.folder)

    assert refused.value.code == "restore_not_empty" and epoch_of(bank) == before


def test_it_refuses_while_the_server_has_the_database_open(bank: Bank, phone: Phone) -> None:
    made, settings = back_up(bank), settings_of(bank)
    with bank.app.app_context(), db.engine.connect() as connection:
        connection.execute(select(EventRow.hash)).all()

        with pytest.raises(Problem) as refused:
            put_back(settings, Wish(backup=made.folder, journal=None, replaces=True))

    assert refused.value.code == "restore_in_use"
    phone.sync(bank.send)


def test_it_refuses_a_backup_of_another_kind_of_database(bank: Bank, tmp_path: Path) -> None:
    made, settings = back_up(bank), settings_of(bank)
    other = "" if settings.sqlite_path is None else "postgresql+psycopg://nobody@localhost/none"
    wrong = dataclasses.replace(settings, database_url=other, data_dir=tmp_path / "elsewhere")

    with pytest.raises(Problem, match="backup_other_kind"):
        put_back(wrong, Wish(backup=made.folder, journal=None, replaces=False))


def test_it_moves_aside_and_deletes_nothing(one_bank: Bank) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(3))
    newest = written_out(sqlite_file(one_bank))

    done = restore(one_bank, made.folder, replaces=True)

    assert done.moved_aside is not None
    assert written_out(done.moved_aside / "doorstep.db") == newest


def test_it_takes_a_damaged_database_out_of_the_way(one_bank: Bank) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    one_bank.close()
    sqlite_file(one_bank).write_bytes(b"x" * 9000)

    again, told = restored(one_bank, made.folder)

    phone.sync(again.send)
    assert told.findings == () and phone.unacked == []
    again.close()


class Killed(BaseException):
    """The process is gone."""


def killed_at(
    bank: Bank, made: Made, step: tuple[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore that dies before or after one of its steps, and is then run again."""
    name, after = step
    real = getattr(restoring, name)

    def dies(*arguments: object, **options: object) -> object:
        if after:
            real(*arguments, **options)
        raise Killed

    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(restoring, name, dies)
        restore(bank, made.folder, journal=True, replaces=True)
    restore(bank, made.folder, journal=True, replaces=True)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["want_epoch", "_put_files"])
def test_it_may_be_killed_anywhere_and_run_again(
    bank: Bank, phone: Phone, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(bank)
    take_cash(bank, phone, random.Random(8))

    killed_at(bank, made, (step, after), monkeypatch)

    again, told = finished(bank)
    phone.sync(again.send)
    assert_whole(again, phone)
    assert told.findings == ()
    again.close()


@pytest.mark.parametrize("step", ["copy_file", "_redo", "_move_aside"])
def test_it_may_be_killed_while_it_moves_files(
    one_bank: Bank, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(8))
    count(one_bank)
    newest = written_out(sqlite_file(one_bank))

    killed_at(one_bank, made, (step, True), monkeypatch)

    assert written_out(sqlite_file(one_bank)) == newest
    again, told = finished(one_bank)
    phone.sync(again.send)
    assert_whole(again, phone)
    assert told.findings == ()
    again.close()


def test_it_asks_again_for_a_photo_whose_bytes_are_lost(bank: Bank, phone: Phone) -> None:
    sha256 = send_photo(bank, phone)
    late = back_up(bank)
    shutil.rmtree(late.folder / "files" / "attachments")
    manifest = read_manifest(late.folder)
    kept = {name: told for name, told in manifest.files.items() if sha256 not in name}
    changed = dataclasses.replace(manifest, files=kept)
    (late.folder / "manifest.json").write_bytes(changed.to_bytes())
    lose_everything(bank)

    restore(bank, late.folder)
    again, told = finished(bank)

    assert told.branches[0].photos_missing == 1
    row = next(each for each in again.rows(Attachment) if each.sha256 == sha256)
    assert (row.state, row.archived) == ("promised", False)
    again.close()


def send_all(bank: Bank) -> list[str]:
    """What goes out now, by the keys that the carrier knows messages by."""
    sent: list[str] = []

    def carrier(message: Message) -> str:
        sent.append(message.key)
        return "sent"

    with bank.app.app_context():
        relay(BRANCH, carrier)
    return sent


def test_it_sends_no_message_again_after_a_restore_with_the_journal(one_bank: Bank) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(8))
    sent = send_all(one_bank)
    lose_everything(one_bank, keep="journal")

    restore(one_bank, made.folder, journal=True)
    again, _ = finished(one_bank)
    phone.sync(again.send)

    assert len(sent) >= 1 and send_all(again) == []
    again.close()


def test_it_sends_a_message_under_the_same_key_without_the_journal(
    bank: Bank, phone: Phone
) -> None:
    before = send_all(bank)
    made = back_up(bank)
    take_cash(bank, phone, random.Random(8))
    late = send_all(bank)
    lose_everything(bank)

    restore(bank, made.folder)
    again, _ = finished(bank)
    phone.sync(again.send)

    assert send_all(again) == late, "the carrier knows them by their keys"
    assert len(before) >= 1 and not {*before} & {*late}
    again.close()


def test_it_brings_an_older_backup_up_to_date(one_bank: Bank, tmp_path: Path) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    path = made.folder / made.manifest.database
    older = open_bank(f"sqlite:///{path}", tmp_path)
    with older.app.app_context():
        alembic.command.downgrade(migration_config(), "0006")
        db.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    files = {name: told for name, told in described(made.folder).items() if name != "manifest.json"}
    changed = dataclasses.replace(made.manifest, files=files, journal=None)
    (made.folder / "manifest.json").write_bytes(changed.to_bytes())
    lose_everything(one_bank)

    restore(one_bank, made.folder)
    again, told = finished(one_bank)

    assert told.findings == ()
    phone.sync(again.send)
    assert phone.unacked == []
    again.close()
