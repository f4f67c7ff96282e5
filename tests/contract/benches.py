"""The small world of sync.testing in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server import create_app
from server.db import db, snapshot, transaction
from server.services import feed, ledger
from server.services.branches import create_branch
from server.services.projection import HANDLERS, Projection
from server.services.rows import build_rows
from server.services.take_in import carefully, quickly
from server.settings import Settings
from server.stores.pull_store import Scope, SqlPullStore
from server.stores.push_store import SqlPushStore
from server.tables import (
    Assignment,
    Branch,
    Clock,
    DayClose,
    Device,
    DeviceKey,
    Household,
    Lane,
    Loan,
    ReceiptBook,
    ReceiptRow,
    Staff,
    Stop,
    Sweep,
)
from sync.events import Envelope
from sync.push import Batch, Delivery, Outcome
from sync.specimens import MONDAY
from sync.testing import (
    BOOK_IDS,
    BOOKS,
    DEVICES,
    HOUSEHOLDS,
    MORNING,
    OFFICERS,
    failing,
    small_lanes,
)

BRANCH = "branch-1"


class SqlBench:
    """The small world over SQLAlchemy. See sync.testing.Bench.

    tries_quickly  Batches are tried in one piece first, as the server does.
    quick          How many of them went so.
    """

    tries_quickly = False

    def __init__(self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = [MORNING]
        self.quick = 0
        self.monkeypatch = monkeypatch
        settings = Settings(data_dir=folder, database_url=url)
        self.app = create_app(settings, clock=lambda: self.clock[0])
        with self.app.app_context():
            create_branch(BRANCH, code="1", name="b", institution="i", contact_phone="1")
            _fill()

    @contextmanager
    def transaction(self) -> Iterator[SqlPushStore]:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
            projection = Projection(tx)
            store = SqlPushStore(tx, projection)
            yield store
            projection.close()
            store.close()

    def take_in(self, batch: Batch, delivery: Delivery) -> Outcome:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="push") as tx:
            taken = quickly(tx, batch, delivery) if self.tries_quickly else None
            self.quick += taken is not None
            taken = taken or carefully(tx, batch, delivery)
            taken.close()
        return taken.outcome

    @contextmanager
    def reading(self) -> Iterator[SqlPullStore]:
        with self.app.app_context(), snapshot() as session:
            yield SqlPullStore(Scope(session, BRANCH, OFFICERS[0]), build_rows)

    def balances(self) -> dict[str, int]:
        with self.app.app_context(), snapshot() as session:
            sums = ledger.balances(session, BRANCH, "")
        return {account: fen for account, fen in sums.items() if fen}

    def count(self, receipt_hash: str) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="count") as tx:
            tx.session.get_one(ReceiptRow, (BRANCH, receipt_hash)).counted_by = "0" * 64

    def forget_evictions(self, tick: int) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="forget") as tx:
            tx.session.get_one(Clock, BRANCH).horizon_tick = tick

    def settle(self, event: Envelope) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="settle") as tx:
            lane = tx.session.get_one(Lane, (BRANCH, event.lane))
            lane.settled_seq, lane.settled_hash = event.seq, event.hash

    def fail_on(self, kind: str | None) -> None:
        """The handler of a kind fails, as a mistake of ours would."""
        check = failing(kind)
        for name, handler in list(HANDLERS.items()):
            if name == kind:

                def broken(tx: Any, recorded: Any, verdict: Any) -> None:
                    check(recorded)

                self.monkeypatch.setitem(HANDLERS, name, broken)
            elif kind is None:
                self.monkeypatch.setitem(HANDLERS, name, handler)

    def take_away(self, household: str, who: int = 0) -> int:
        """As the reassignment of a household does: the stint ends with the tick of the change."""
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="take") as tx:
            stint = tx.session.get_one(Assignment, (BRANCH, household, OFFICERS[who], 1))
            stint.to_tick = tx.session.get_one(Clock, BRANCH).tick + 1
            tx.touch("household", household, OFFICERS[0])
        return stint.to_tick

    def forget(self, household: str) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="forget") as tx:
            for officer in OFFICERS:
                stint = tx.session.get_one(Assignment, (BRANCH, household, officer, 1))
                tx.session.delete(stint)

    def take_no_cash(self) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="settings") as tx:
            tx.session.get_one(Branch, BRANCH).takes_cash = False

    def shut(self, day: str) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="shut") as tx:
            tx.session.add(
                DayClose(
                    branch_id=BRANCH, day=day, event_hash="0" * 64, cashier_id="test",
                    receipts_fen=0, counted_fen=0, variance_fen=0, deposited_fen=0, at_ms=MORNING,
                )
            )  # fmt: skip

    def give_back(self, used_to: int) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="return") as tx:
            row = tx.session.get_one(ReceiptBook, (BRANCH, BOOK_IDS[0]))
            row.state, row.used_to = "returned", used_to

    def revoke(self, who: int = 0) -> None:
        with self.app.app_context(), transaction(BRANCH, actor="test", cause="revoke") as tx:
            tx.session.get_one(Device, (BRANCH, DEVICES[who])).status = "revoked"

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


def _fill() -> None:
    with transaction(BRANCH, actor="test", cause="fill") as tx:
        for officer in OFFICERS:
            tx.session.add(_staff(officer))
        tx.session.flush()
        for lane, book, book_id in zip(small_lanes(), BOOKS, BOOK_IDS, strict=True):
            tx.session.add_all(_device_rows(lane))
            tx.session.add(_book_row(lane.id, lane.officer, book, book_id))
        for household in HOUSEHOLDS:
            tx.session.add(_household(household))
            tx.session.flush()
            tx.session.add(_loan(household))
            tx.session.add_all(_stint(household, officer) for officer in OFFICERS)
        tx.session.add(_sweep())
        tx.session.flush()
        stops = [_stop(household) for household in HOUSEHOLDS]
        tx.session.add_all(stops)
        tx.session.flush()
        feed.publish_stops(tx, OFFICERS[0], stops)


def _staff(officer: str) -> Staff:
    return Staff(
        branch_id=BRANCH, id=officer, name=officer, username=officer, password_hash="-",
        is_active=True,
    )  # fmt: skip


def _device_rows(lane: Any) -> list[Any]:
    key = lane.keys[0]
    return [
        Device(
            branch_id=BRANCH, id=lane.device, officer_id=lane.officer, alg=key.alg,
            public_key=key.public_key, ack_secret="-", status="active", enrolled_at_ms=MORNING,
        ),
        DeviceKey(
            branch_id=BRANCH, device_id=lane.device, public_key=key.public_key, alg=key.alg,
            from_seq=1,
        ),
        Lane(
            branch_id=BRANCH, id=lane.id, code=f"D-{lane.officer}", device_id=lane.device,
            officer_id=lane.officer, head_seq=0, head_hash="0" * 64, archived_seq=0,
        ),
    ]  # fmt: skip


def _book_row(lane_id: str, officer: str, book: Any, book_id: str) -> ReceiptBook:
    return ReceiptBook(
        branch_id=BRANCH, id=book_id, prefix=book.prefix, from_no=book.from_no, to_no=book.to_no,
        width=book.width, lane_id=lane_id, holder_id=officer, state="issued", issued_by="test",
        issued_at_ms=MORNING,
    )  # fmt: skip


def _household(household: str) -> Household:
    return Household(
        branch_id=BRANCH, id=household, name=household, kind="FARM_HOUSEHOLD", area_id="A",
        position=1,
    )  # fmt: skip


def _loan(household: str) -> Loan:
    return Loan(
        branch_id=BRANCH, id=f"L-{household}", household_id=household, contract_no=household,
        borrower_name=household, as_of=MONDAY, interest_known=True, state="open",
    )  # fmt: skip


def _stint(household: str, officer: str) -> Assignment:
    return Assignment(
        branch_id=BRANCH, household_id=household, officer_id=officer, from_tick=1, to_tick=None
    )  # fmt: skip


def _sweep() -> Sweep:
    return Sweep(
        branch_id=BRANCH, id="S1", officer_id=OFFICERS[0], starts_on=MONDAY, ends_on="2026-03-06",
        state="published", created_by="test", published_at_ms=MORNING,
    )  # fmt: skip


def _stop(household: str) -> Stop:
    return Stop(
        branch_id=BRANCH, id=f"stop-{household}", sweep_id="S1", household_id=household,
        day=MONDAY, position=1,
    )  # fmt: skip
