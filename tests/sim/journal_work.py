"""Work of all kinds on the small bank, and a database written out for comparison."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from server.services.count_cash import Counted, count_cash
from sync.client import Phone
from sync.specimens import intention_body, receipt_body, visit_body, void_body
from sync.transport import Transport
from tests.small_bank import BRANCH, LI_WEI, ZHOU_LAN, Bank, Hands


def written_out(database: Path) -> list[str]:
    """Schema and rows of a SQLite database as SQL, table by table."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def copied(database: Path, target: Path) -> Path:
    """A consistent copy of a database that is in use."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def sqlite_file(bank: Bank) -> Path:
    """The file of the bank's database."""
    return Path(bank.url.removeprefix("sqlite:///"))


class Place(Protocol):
    """Where phones work: a clock, and a way to a server."""

    @property
    def clock(self) -> Hands:
        """Moved by hand."""

    @property
    def send(self) -> Transport:
        """One request to /v1/sync."""


def take_cash(bank: Place, phone: Phone, dice: random.Random) -> None:
    """A visit with cash, now and then voided, and a sync."""
    household = dice.choice(["W1", "W2", "W3", "W4"])
    phone.record("visit.started", visit_body(household))
    amount_fen = dice.randrange(1, 500) * 100
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt(), amount_fen, household))
    if dice.random() < 0.3:
        phone.record("cash.void", void_body(slip))
    phone.record("intention.recorded", intention_body(household))
    bank.clock.pass_minutes(3)
    phone.sync(bank.send)


def count(bank: Bank, officer_id: str = LI_WEI) -> None:
    """The cashier counts what the officer has in hand."""
    fen = bank.balance(f"hand:{officer_id}")
    with bank.app.app_context():
        count_cash(BRANCH, officer_id, Counted(denominations={1_00: fen // 1_00}), by=ZHOU_LAN)
