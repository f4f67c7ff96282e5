"""A phone that knows more than the server, how far a lane is settled, what a pull costs.

Method: the small bank over the real exchange; cursors and archives are made by hand, and what a
pull asks the database is counted and explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import event, update

import sync.specimens as say
from server.db import VerdictNote, db, snapshot, transaction
from server.keys import installation_secret
from server.services.rows import build_rows
from server.services.settle_lanes import settle_lanes
from server.stores.pull_store import Rows, Scope, SqlPullStore
from server.tables import Clock, EpochRow, EventRow, Incident, Lane
from sync.client import Phone
from sync.digest import digests, digests_of_sums
from sync.pull import PROJECTION, Place, Reader, Wish, give_out, write_cursor
from sync.store import FeedLine
from tests.small_bank import BRANCH, LI_WEI, Bank


def ahead(bank: Bank, phone: Phone, ticks: int) -> str:
    """The cursor that a phone would have from a later tick of this history."""
    with bank.app.app_context():
        reader = Reader(branch=BRANCH, officer=LI_WEI, secret=installation_secret())
        tick = bank.rows(Clock)[0].tick + ticks
        return write_cursor(reader, str(phone.epoch), PROJECTION, Place(tick, tick))


def pull_statements(bank: Bank, cursor: str | None) -> list[tuple[str, object]]:
    """What one pull asks the database, and with what."""
    asked: list[tuple[str, object]] = []
    with bank.app.app_context():
        reader = Reader(branch=BRANCH, officer=LI_WEI, secret=installation_secret())
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3]))
        )
        with snapshot() as session:
            store = SqlPullStore(Scope(session, BRANCH, LI_WEI), build_rows)
            give_out(store, reader, Wish(cursor=cursor, limit_bytes=65536))
    return [(statement, values) for statement, values in asked if statement.startswith("SELECT")]


def test_it_asks_a_handful_of_indexed_questions_when_nothing_is_new(one_bank: Bank) -> None:
    one_bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = one_bank.phone()

    asked = pull_statements(one_bank, phone.cursor)

    assert len(asked) == 4, "epoch, clock, feed, verdicts"
    with one_bank.app.app_context(), snapshot() as session:
        for statement, values in asked:
            plan = session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", cast(tuple[object, ...], values)
            )
            steps = [row[3] for row in plan]
            assert all("SCAN" not in step for step in steps), steps


def test_it_builds_no_rows_for_a_digest_that_it_knows(bank: Bank) -> None:
    """The digest of a scope costs what has changed, not the scope; and it is the same."""
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = bank.phone()
    phone.record("intention.recorded", say.intention_body("W2"))
    phone.sync(bank.send)
    built: list[int] = []

    def counting(scope: Scope, lines: Sequence[FeedLine]) -> Rows:
        built.append(len(lines))
        return build_rows(scope, lines)

    with bank.app.app_context(), snapshot() as session:
        store = SqlPullStore(Scope(session, BRANCH, LI_WEI), counting)
        lines = store.scope()
        known = store.sums(lines)

    assert sum(built) == 0 and len(known) == len(lines) > 8
    assert digests_of_sums(known) == digests({k: held["row"] for k, held in phone.rows.items()})


def test_it_gives_a_rewound_history_a_new_name_at_once(bank: Bank) -> None:
    phone, other = bank.phone(), bank.phone(numbers=0)
    slip = phone.record("cash.receipt", say.receipt_body(phone.next_receipt()))
    old = phone.epoch
    phone.scope.cursor = ahead(bank, phone, 3)

    phone.sync(bank.send)
    other.sync(bank.send)

    (epoch,) = bank.rows(EpochRow)
    assert phone.epoch == other.epoch == epoch.epoch != old
    (incident,) = bank.rows(Incident)
    assert incident.kind == "history_rewound" and str(old) in incident.details
    assert phone.verdicts[slip.hash]["verdict"] == "applied" and phone.is_done
    assert bank.balance(f"hand:{LI_WEI}") == 600_00


def test_it_renames_no_history_for_a_cursor_without_a_good_mark(bank: Bank) -> None:
    phone = bank.phone()
    old = phone.epoch
    forged = ahead(bank, phone, 3)
    phone.scope.cursor = forged[:-1] + ("0" if forged[-1] != "0" else "1")

    phone.sync(bank.send)

    assert bank.rows(EpochRow)[0].epoch == old == phone.epoch
    assert bank.rows(Incident) == []


def archive(bank: Bank, phone: Phone, seq: int) -> None:
    """A backup that was restored and checked holds the lane up to a place."""
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="archive") as tx:
        tx.session.execute(update(Lane).where(Lane.id == phone.lane).values(archived_seq=seq))


def settled(bank: Bank, phone: Phone) -> tuple[int, str]:
    with bank.app.app_context():
        settle_lanes(BRANCH)
    (lane,) = [row for row in bank.rows(Lane) if row.id == phone.lane]
    return lane.settled_seq, lane.settled_hash


def busy_phone(bank: Bank) -> Phone:
    phone = bank.phone()
    for number in range(6):
        phone.record("cash.receipt", say.receipt_body(phone.next_receipt(), 10_00 + number))
    phone.sync(bank.send)
    return phone


def test_it_settles_what_is_archived_and_applied_and_no_more(bank: Bank) -> None:
    phone = busy_phone(bank)
    assert settled(bank, phone) == (0, "0" * 64)

    archive(bank, phone, 4)
    assert settled(bank, phone) == (4, phone.log[3].hash)
    assert settled(bank, phone) == (4, phone.log[3].hash)
    archive(bank, phone, 99)
    assert settled(bank, phone) == (7, phone.log[6].hash)


def test_it_does_not_settle_what_a_person_must_look_at(bank: Bank) -> None:
    phone = bank.phone()
    good = phone.record("cash.receipt", say.receipt_body(phone.next_receipt()))
    bad = say.receipt_body(phone.next_receipt()) | {"loan": "L-nobody"}
    phone.record("cash.receipt", bad)
    phone.record("intention.recorded", say.intention_body())
    phone.sync(bank.send)
    archive(bank, phone, 99)

    assert settled(bank, phone) == (2, good.hash)


def test_it_does_not_settle_beyond_a_fork(bank: Bank) -> None:
    phone = busy_phone(bank)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="fork") as tx:
        (held,) = [row for row in bank.rows(EventRow) if row.hash == phone.log[4].hash]
        columns = {name: getattr(held, name) for name in EventRow.__table__.columns.keys()}
        tx.session.add(EventRow(**(columns | {"hash": "f" * 64})))
        tx.session.flush()
        tx.verdict(VerdictNote(event_hash="f" * 64, verdict="applied", risk="fork"))
    archive(bank, phone, 99)

    assert settled(bank, phone) == (4, phone.log[3].hash)
