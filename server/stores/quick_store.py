"""A PushStore for a batch that goes as it should: questions asked together, rows written together.

Why there are two. `SqlPushStore` is the reference: a savepoint for each event, every row written
before the next event is judged, so that nothing one event does can hurt another. That costs some
2 ms an event, and nearly all batches need none of it. This one judges with the same rules
(`sync.intake`, `sync.judge`) against what it fetched beforehand and what the batch itself has said
so far, and holds the rows back. It gives up, by raising, as soon as anything is out of the
ordinary: an exception, a key that somebody else wrote, an event that is judged again, a lane that
opens or turns its key. Then nothing of it stays, and the same batch goes through the reference.
`tests/contract/test_both_paths.py` shows that both leave the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn

from sqlalchemy import select

from server.db import Tx
from server.rows import HeldRows
from server.stores import ledger
from server.stores.events import chunks, event_values, ids_in, parked_needs
from server.stores.ledger import leg_values
from server.stores.push_store import Project, SqlPushStore
from server.tables import EventRow, LedgerLeg, NoticeRow, ReceiptRow, Visit
from sync.books import Leg
from sync.events import Envelope
from sync.lane import Head
from sync.store import LaneKey, LaneState, Recorded
from sync.upcast import restated
from sync.verdicts import Verdict


class Unusual(Exception):
    """This batch must go through the reference."""


class QuickPushStore(SqlPushStore):
    """See the top of this file. The rows of its transaction are held ones."""

    def __init__(self, tx: Tx, rows: HeldRows, project: Project) -> None:
        super().__init__(tx, project)
        self._rows = rows
        self._put: dict[str, Recorded] = {}
        self._legs: dict[str, list[Leg]] = {}
        self._needed: set[str] = set()
        self._numbers: dict[str, str | None] = {}  # receipt number -> the applied slip
        self._sums: dict[str, ledger.LoanSums] = {}  # as fetched
        self._posted: dict[str, int] = {}  # account -> fen, in this batch since then
        self._voided: set[str] = set()  # numbers of slips that were void before this batch

    def expect(self, events: Sequence[Envelope]) -> None:
        """See PushStore: visits and numbers too."""
        if any(event.kind.startswith("custody.") for event in events):
            raise Unusual("cash changes hands")
        super().expect(events)
        visits = {event.visit for event in events if event.visit is not None}
        self._rows.fetch(Visit, self.branch_id, visits)
        self._rows.fetch(NoticeRow, self.branch_id, ids_in(events, "notice_no"))
        self._fetch_numbers(ids_in(events, "receipt_no"))
        slips = [event for event in events if event.kind == "cash.receipt"]
        self._fetch_sums(ids_in(slips, "loan"))
        self._parked = parked_needs(self.session, self.branch_id)

    def _fetch_numbers(self, numbers: set[str]) -> None:
        self._numbers |= dict.fromkeys(numbers)
        for chunk in chunks(numbers):
            rows = self.session.execute(
                select(ReceiptRow.receipt_no, ReceiptRow.event_hash, ReceiptRow.state).where(
                    ReceiptRow.branch_id == self.branch_id,
                    ReceiptRow.receipt_no.in_(chunk),
                    ReceiptRow.state.in_(("applied", "voided")),
                )
            )
            for row in rows:
                if row.state == "applied":
                    self._numbers[row.receipt_no] = row.event_hash
                else:
                    self._voided.add(row.receipt_no)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """None is needed: whatever fails here undoes the whole batch."""
        yield

    def put(self, recorded: Recorded) -> None:
        """See PushStore."""
        event = recorded.event
        self._rows.add_plain(EventRow, event_values(self.branch_id, recorded))
        self._rows.note_new(event.hash)
        self._put[event.hash] = recorded
        self._note_claim(event.hash, event.prev, event.occurred_at)

    def find(self, event_hash: str) -> Recorded | None:
        """See PushStore."""
        recorded = self._put.get(event_hash)
        if recorded is not None:
            return replace(recorded, event=restated(recorded.event))
        return super().find(event_hash)

    def conclude(self, recorded: Recorded, verdict: Verdict) -> None:
        """See PushStore; only of what is new, and only once."""
        event = recorded.event
        if event.hash not in self._put or event.hash in self._fresh:
            raise Unusual("judged again")
        super().conclude(recorded, verdict)
        if verdict.needs is not None:
            self._needed.add(verdict.needs)
        if event.kind == "cash.receipt" and verdict.verdict == "applied":
            self._numbers[str(event.body["receipt_no"])] = event.hash

    def waiting(self, need: str) -> list[Recorded]:
        """See PushStore; that somebody waits is out of the ordinary."""
        assert self._parked is not None, "expect comes first"
        if need in self._parked or need in self._needed:
            raise Unusual("somebody waits")
        return []

    def follower(self, lane_id: str, head: Head) -> Head | None:
        """See PushStore."""
        self._rows.flush()
        return super().follower(lane_id, head)

    def add_key(self, lane: LaneState, key: LaneKey) -> NoReturn:
        """Not here."""
        raise Unusual("a key is turned")

    def open_lane(self, lane_id: str, old: LaneState) -> NoReturn:
        """Not here."""
        raise Unusual("a lane is opened in the place of another")

    def number_user(self, receipt_no: str) -> str | None:
        """See PushStore."""
        if receipt_no not in self._numbers:
            raise Unusual("a number that was not expected")
        if self._numbers[receipt_no] is None and receipt_no in self._voided:
            self._rows.flush()
            return super().number_user(receipt_no)
        return self._numbers[receipt_no]

    def _receipt(self, receipt_hash: str) -> ReceiptRow | None:
        self._rows.flush()
        return super()._receipt(receipt_hash)

    def _fetch_sums(self, loans: set[str]) -> None:
        self._sums |= ledger.loan_sums(self.session, self.branch_id, loans)

    def loan_sums(self, loan: str) -> tuple[int, int]:
        """See PushStore; what was posted in this batch is added up here."""
        accounts = {name: f"loan:{loan}:{name}" for name in ledger.LOAN_ACCOUNTS}
        if loan not in self._sums:
            self._rows.flush()
            self._fetch_sums({loan})
            for account in accounts.values():
                self._posted.pop(account, None)
        held, posted = self._sums[loan], self._posted
        now = {name: held.fen[name] + posted.get(of, 0) for name, of in accounts.items()}
        sums = ledger.LoanSums(now, held.is_interest_known)
        return sums.due_fen, sums.over_fen

    def legs(self, event_hash: str) -> list[Leg]:
        """See PushStore."""
        if event_hash in self._put:
            return list(self._legs.get(event_hash, ()))
        return super().legs(event_hash)

    def post(self, recorded: Recorded, legs: Iterable[Leg]) -> None:
        """See PushStore."""
        event_hash, movement = recorded.event.hash, list(legs)
        assert sum(leg.amount_fen for leg in movement) == 0, "a movement sums to zero"
        before = self._legs.setdefault(event_hash, [])
        values = leg_values(self.branch_id, event_hash, len(before), movement)
        self._rows.add_plain(
            LedgerLeg, *({**each, "value_on": recorded.effective_on} for each in values)
        )
        before += movement
        for leg in movement:
            self._posted[leg.account] = self._posted.get(leg.account, 0) + leg.amount_fen

    def report(self, recorded: Recorded, error: Exception) -> NoReturn:
        """The reference shall judge it, and report it if it fails there too."""
        raise Unusual from error
