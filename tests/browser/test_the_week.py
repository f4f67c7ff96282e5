"""The main job, end to end: a route, a day offline, a killed browser, a wiped database, one sync.

Method: a real server process, the real console for the supervisor and the cashier, and a real
Chromium at 360x740 in Chinese with a profile on disk. The server is dead while the officer works;
her browser is killed, and its database is destroyed in the way that a killed write destroys it.
Every step leaves a picture in artefacts/browser.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Phone, Server
from tests.browser.desk import Desk, open_branch
from tests.browser.hand import Hand

CASH_FEN = 700_00 + 400_00


def shanghai_today() -> date:
    """The server's day."""
    return datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()


def report_monday(day: date) -> date:
    """The Monday of the report that counts a day: a weekend belongs to the next week."""
    return day - timedelta(days=day.weekday()) + timedelta(days=7 if day.weekday() > 4 else 0)


def rows(server: Server, query: str) -> list[tuple[Any, ...]]:
    """What the server's database holds, read beside it."""
    with closing(sqlite3.connect(f"file:{server.data}/doorstep.db?mode=ro", uri=True)) as database:
        return list(database.execute(query))


def everything(server: Server) -> list[list[tuple[Any, ...]]]:
    """All that a second sync must not change."""
    tables = ("event", "verdict", "ledger", "receipt", "notice", "visit", "intention")
    counts = [rows(server, f"SELECT count(*) FROM {table}") for table in tables]
    return [*counts, rows(server, "SELECT account, sum(amount_fen) FROM ledger GROUP BY account")]


@pytest.mark.parametrize("store", ["leveldb", "sqlite"])
def test_it_brings_a_day_without_signal_home_once(
    server: Server, phone: Phone, office: BrowserContext, store: str
) -> None:
    phone.store(store)
    sign_ins, today = open_branch(server), shanghai_today()
    hand = set_out(server, phone, office, sign_ins)

    server.kill()
    phone.close()
    hand = Hand(phone.open(), f"{store}-")
    villages = work_offline(hand)
    count, fen = hand.unsent()
    assert fen == CASH_FEN
    phone.kill()
    hand = Hand(phone.open(), f"{store}-killed-")
    assert hand.unsent() == (count, fen)
    hand.shot("day")
    phone.close()
    count = survive_the_wipe(phone, store, count, villages["W16"])

    hand = Hand(phone.open(), f"{store}-home-")
    assert hand.unsent() == (count, fen)
    server.start()
    hand.sync()
    assert hand.unsent() == (0, 0)
    assert_each_once(server, count)
    once = everything(server)
    hand.sync()
    assert everything(server) == once
    assert hand.errors == []
    close_the_week(server, office, sign_ins, today)


def set_out(
    server: Server, phone: Phone, office: BrowserContext, sign_ins: dict[str, tuple[str, str]]
) -> Hand:
    """Import, publish, enrol, a receipt book, and the last sync before the village."""
    today = shanghai_today()
    supervisor = Desk(office, *sign_ins["supervisor-1"])
    supervisor.import_loans(today)
    supervisor.publish_week(today)
    code = supervisor.enrolment_code()
    hand = Hand(phone.open(), "")
    hand.enrol(code)
    Desk(office, *sign_ins["cashier-1"]).issue_book(101, 150)
    hand.sync()
    hand.shot("02-day")
    return hand


def survive_the_wipe(phone: Phone, store: str, count: int, village: str) -> int:
    """A torn log: the next start still works, the one after finds no database at all.

    Work goes on in both. Returns how many records are then only on the phone.
    """
    assert bool(phone.tear_log()) == (store == "leveldb")
    for launch in ("torn", "wiped"):
        hand = Hand(phone.open(), f"{store}-{launch}-")
        is_wiped = store == "leveldb" and launch == "wiped"
        # The key went with the database; that there is a new one is a record of its own.
        count += 1 if is_wiped else 0
        assert hand.unsent() == (count, CASH_FEN), f"all is there after the start: {launch}"
        assert (hand.page.get_by_test_id("restored").count() > 0) == is_wiped
        hand.shot("day")
        hand.visit(village, "W16")
        hand.end_visit("nobody", "not_home")
        count += 2
        phone.close()
    return count


def assert_each_once(server: Server, sent: int) -> None:
    """The server holds every record of the phone once."""
    of_phone = "FROM event JOIN lane ON lane.id = event.lane_id WHERE lane.device_id IS NOT NULL"
    kinds = dict(rows(server, f"SELECT kind, count(*) {of_phone} GROUP BY kind"))
    assert kinds["cash.receipt"] == 2
    assert kinds["notice.served"] == 1
    assert kinds["notice.unsigned"] == 1
    assert kinds["intention.recorded"] == 1
    total = sent + 1  # lane.opened went up with the first exchange, before the village
    assert sum(kinds.values()) == total
    assert rows(server, f"SELECT count(DISTINCT seq) {of_phone}") == [(total,)]
    assert rows(server, "SELECT DISTINCT verdict FROM verdict") == [("applied",)]


def work_offline(hand: Hand) -> dict[str, str]:
    """Four gates of a day; household -> village for those who come back later."""
    expect(hand.page.get_by_test_id("unsent-bar")).to_be_visible()
    village = hand.village_ids()
    hand.visit(village["马头冲"], "W01")
    hand.sign_notice()
    hand.intend()
    hand.end_visit()
    hand.visit(village["马头冲"], "W14")
    first = hand.take_cash("700")
    hand.end_visit()
    hand.visit(village["黄家冲"], "W15")
    second = hand.take_cash("400")
    hand.end_visit()
    hand.visit(village["马头冲"], "W19")
    hand.unsigned("AWAY_MIGRANT_WORK", "广州")
    hand.end_visit("nobody", "away_for_work")
    assert first.startswith("SJ000101-")
    assert second.startswith("SJ000102-")
    return {"W16": village["涡水"]}


def close_the_week(
    server: Server, office: BrowserContext, sign_ins: dict[str, tuple[str, str]], today: date
) -> None:
    """The cashier closes the day; the supervisor reviews and reads the report."""
    Desk(office, *sign_ins["cashier-1"]).count_and_close(CASH_FEN // 100_00, today)
    supervisor = Desk(office, *sign_ins["supervisor-1"])
    assert supervisor.accept_notices() == 1
    text = supervisor.report(report_monday(today))
    assert "已签回催收通知书1户，现金收回2户，收回本金600元，利息500元。" in text
    assert "达成还款意向的有1户" in text
    assert "其中一人在广州打工" in text
