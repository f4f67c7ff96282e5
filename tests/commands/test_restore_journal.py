"""A restore with SQLite's journal brings back every committed row (decision 0013).

Method: the small bank is backed up, works on, and loses everything but its journal, which may be
whole, damaged, of another history, or needed a second time.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from server.journal_file import Mark, new_segment, segments
from server.services.restore import Wish, put_back
from sync.problems import Problem
from tests.commands.test_restore import assert_whole, findings
from tests.safekeeping import back_up, epoch_of, finished, lose_everything, restore, settings_of
from tests.sim.journal_work import count, sqlite_file, take_cash, written_out
from tests.small_bank import LI_WEI, Bank


def test_it_brings_back_every_row_with_the_journal(one_bank: Bank) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(8))
    count(one_bank)
    newest = written_out(sqlite_file(one_bank))
    lose_everything(one_bank, keep="journal")

    done = restore(one_bank, made.folder, journal=True)

    assert done.redone >= 2
    assert written_out(sqlite_file(one_bank)) == newest
    again, _ = finished(one_bank)
    phone.sync(again.send)
    assert again.balance(f"hand:{LI_WEI}") == phone.hand_fen() == 0
    assert findings(again) == []
    again.close()


def test_it_says_where_a_damaged_journal_ends(one_bank: Bank) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(8))
    take_cash(one_bank, phone, random.Random(9))
    path = segments(settings_of(one_bank).journal_folder)[-1].path
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)
    lose_everything(one_bank, keep="journal")

    done = restore(one_bank, made.folder, journal=True)
    again, _ = finished(one_bank)
    phone.sync(again.send)

    assert done.is_cut and done.redone >= 1
    assert_whole(again, phone)
    again.close()


def test_it_refuses_a_journal_that_does_not_join_on(one_bank: Bank, tmp_path: Path) -> None:
    made = back_up(one_bank)
    folder = tmp_path / "other"
    new_segment(
        folder, Mark(made.manifest.journal[0] + 9 if made.manifest.journal else 9, "f" * 64)
    )
    wish = Wish(backup=made.folder, journal=folder, replaces=True)
    one_bank.close()

    with pytest.raises(Problem, match="journal_unreadable"):
        put_back(settings_of(one_bank), wish)

    assert epoch_of(one_bank)


def test_it_needs_the_same_journal_again_after_a_second_loss(
    one_bank: Bank, tmp_path: Path
) -> None:
    phone = one_bank.phone()
    made = back_up(one_bank)
    take_cash(one_bank, phone, random.Random(1))
    settings = settings_of(one_bank)
    lose_everything(one_bank, keep="journal")
    saved = shutil.move(settings.journal_folder, tmp_path / "other-disk")

    put_back(settings, Wish(backup=made.folder, journal=Path(saved), replaces=False))
    again, _ = finished(one_bank)
    take_cash(again, phone, random.Random(2))
    count(again)
    lose_everything(again, keep="journal")
    restore(again, made.folder, journal=True)
    last, _ = finished(again)

    phone.sync(last.send)
    assert last.balance(f"hand:{LI_WEI}") == phone.hand_fen() == 0
    assert findings(last) == []
    last.close()
