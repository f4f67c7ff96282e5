"""sync.store.PushStore over SQLAlchemy: the writing half of the exchange, in one transaction."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from server.db import Tx
from server.stores import ledger
from server.stores.books import book_holding, books_of_lane, is_given_back
from server.stores.events import (
    chunks,
    event_row,
    find_recorded,
    follower,
    ids_in,
    kept_for,
    latest_verdicts,
    note_of,
    overdue,
    parked_needs,
)
from server.stores.handovers import handed_between, value_on
from server.stores.lanes import add_key, add_lane, keys_of
from server.tables import (
    Assignment,
    Branch,
    CashHandover,
    CommitLog,
    DayClose,
    Device,
    EventRow,
    Household,
    Lane,
    Loan,
    NoticeRow,
    ReceiptBook,
    ReceiptRow,
    StaffRole,
    Visit,
)
from sync.books import Leg
from sync.events import Envelope
from sync.lane import Head
from sync.store import Beside, Busy, Clash, LaneKey, LaneState, Recorded, Stint
from sync.verdicts import Verdict

Project = Callable[[Recorded, Verdict], None]

log = logging.getLogger(__name__)


class SqlPushStore:
    """The branch of a transaction as the core sees it.

    project  Writes the rows that the office reads; services bring it, for stores know no services.
    Verdicts are kept here until `close`, so that undoing a savepoint undoes them too.
    """

    def __init__(self, tx: Tx, project: Project) -> None:
        self.tx, self.session, self.branch_id = tx, tx.session, tx.branch_id
        self.project = project
        self._fresh: dict[str, Verdict] = {}
        self._loans: dict[str, str] = {}
        self._households: set[str] = set()
        self._books: dict[str, list[ReceiptBook]] = {}
        self._stints: dict[str, list[tuple[str, Stint]]] = {}
        self._shut: dict[str, bool] = {}
        self._seqs: set[tuple[str, int]] = set()
        self._claims: dict[str, int] = {}  # hash -> claimed instant
        self._followers: dict[str, list[int]] = {}  # prev -> claimed instants
        self._asked: set[tuple[str, int]] = set()
        self._ticks: dict[int, int | None] = {}
        self._parked: dict[str, set[str]] | None = None

    # The lane and its log

    def lane(self, lane_id: str) -> LaneState | None:
        """See PushStore."""
        row = self.session.execute(
            select(Lane)
            .where(Lane.branch_id == self.branch_id, Lane.id == lane_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if row is None or row.device_id is None or row.officer_id is None:
            return None
        device = self.session.get_one(Device, (self.branch_id, row.device_id))
        return LaneState(
            id=row.id,
            device=device.id,
            officer=row.officer_id,
            is_revoked=device.status != "active",
            head=Head(row.head_seq, row.head_hash),
            keys=keys_of(self.session, row),
        )

    def expect(self, events: Sequence[Envelope]) -> None:
        """See PushStore: loans, households, scope and places of a batch in one query each."""
        self._fetch_loans(ids_in(events, "loan"))
        households = ids_in(events, "household")
        self._fetch_households(households)
        self._fetch_stints(households)
        places = {(event.lane, event.seq) for event in events}
        self._asked |= places
        lane_id, seqs = events[0].lane, [event.seq for event in events]
        rows = self.session.execute(
            select(EventRow.seq, EventRow.hash, EventRow.prev, EventRow.occurred_at_ms).where(
                EventRow.branch_id == self.branch_id,
                EventRow.lane_id == lane_id,
                EventRow.seq.between(min(seqs) - 1, max(seqs) + 1),
            )
        )
        for row in rows:
            self._seqs.add((lane_id, row.seq))
            self._note_claim(row.hash, row.prev, row.occurred_at_ms)

    def _note_claim(self, event_hash: str, prev: str, claim_ms: int) -> None:
        if event_hash not in self._claims:
            self._claims[event_hash] = claim_ms
            self._followers.setdefault(prev, []).append(claim_ms)

    def _fetch_loans(self, ids: set[str]) -> None:
        for chunk in chunks(ids):
            rows = self.session.execute(
                select(Loan.id, Loan.household_id).where(
                    Loan.branch_id == self.branch_id, Loan.id.in_(chunk)
                )
            )
            self._loans |= {row.id: row.household_id for row in rows}

    def _fetch_households(self, ids: set[str]) -> None:
        for chunk in chunks(ids):
            self._households |= set(
                self.session.scalars(
                    select(Household.id).where(
                        Household.branch_id == self.branch_id, Household.id.in_(chunk)
                    )
                )
            )

    def _fetch_stints(self, households: set[str]) -> None:
        for chunk in chunks(households):
            self._stints |= {household: [] for household in chunk}
            rows = self.session.execute(
                select(
                    Assignment.household_id,
                    Assignment.officer_id,
                    Assignment.from_tick,
                    Assignment.to_tick,
                ).where(Assignment.branch_id == self.branch_id, Assignment.household_id.in_(chunk))
            )
            for row in rows:
                stint = Stint(row.from_tick, row.to_tick)
                self._stints[row.household_id].append((row.officer_id, stint))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """See PushStore."""
        before = dict(self._fresh)
        try:
            with self.session.begin_nested():
                yield
        except BaseException as error:
            self._fresh = before
            if isinstance(error, OperationalError):
                raise Busy from error
            if isinstance(error, IntegrityError):
                raise Clash from error
            raise

    def put(self, recorded: Recorded) -> None:
        """See PushStore."""
        self.session.add(event_row(self.branch_id, recorded))
        self.session.flush()
        event = recorded.event
        self._note_claim(event.hash, event.prev, event.occurred_at)

    def find(self, event_hash: str) -> Recorded | None:
        """See PushStore."""
        found = find_recorded(self.session, self.branch_id, [event_hash], self._fresh)
        return found[0] if found else None

    def verdicts(self, hashes: Collection[str]) -> dict[str, Verdict]:
        """See PushStore."""
        fresh = {each: self._fresh[each] for each in hashes if each in self._fresh}
        return latest_verdicts(self.session, self.branch_id, hashes) | fresh

    def conclude(self, recorded: Recorded, verdict: Verdict) -> None:
        """See PushStore."""
        self._fresh[recorded.event.hash] = verdict

    def waiting(self, need: str) -> list[Recorded]:
        """See PushStore."""
        if self._parked is None:
            self._parked = parked_needs(self.session, self.branch_id)
        hashes = self._parked.get(need, set()) - self._fresh.keys()
        hashes |= {each for each, verdict in self._fresh.items() if verdict.needs == need}
        return find_recorded(self.session, self.branch_id, hashes, self._fresh) if hashes else []

    def overdue(self, before_ms: int) -> list[Recorded]:
        """See PushStore."""
        return self._found(overdue(self.session, self.branch_id, before_ms))

    def kept_for(self, reason: str) -> list[Recorded]:
        """See PushStore."""
        return self._found(kept_for(self.session, self.branch_id, reason))

    def _found(self, hashes: list[str]) -> list[Recorded]:
        return find_recorded(self.session, self.branch_id, hashes, self._fresh)

    def holds_seq(self, lane_id: str, seq: int) -> bool:
        """See PushStore."""
        assert (lane_id, seq) in self._asked, "expect comes first"
        return (lane_id, seq) in self._seqs

    def beside(self, event: Envelope) -> Beside:
        """See PushStore."""
        assert (event.lane, event.seq) in self._asked, "expect comes first"
        after = tuple(self._followers.get(event.hash, ()))
        return Beside(self._claims.get(event.prev), after)

    def follower(self, lane_id: str, head: Head) -> Head | None:
        """See PushStore."""
        return follower(self.session, self.branch_id, lane_id, head)

    def move_head(self, lane_id: str, head: Head) -> None:
        """See PushStore."""
        row = self.session.get_one(Lane, (self.branch_id, lane_id))
        row.head_seq, row.head_hash = head.seq, head.hash

    def add_key(self, lane: LaneState, key: LaneKey) -> None:
        """See PushStore."""
        add_key(self.session, self.branch_id, lane, key)

    def open_lane(self, lane_id: str, old: LaneState) -> LaneState:
        """See PushStore."""
        add_lane(self.session, self.branch_id, lane_id, old)
        opened = self.lane(lane_id)
        assert opened is not None, "it was just made"
        return opened

    # What is so

    def tick_at(self, tick: int) -> int | None:
        """See PushStore."""
        if tick not in self._ticks:
            row = self.session.get(CommitLog, (self.branch_id, tick))
            self._ticks[tick] = row.at_ms if row else None
        return self._ticks[tick]

    def loan_household(self, loan: str) -> str | None:
        """See PushStore."""
        if loan not in self._loans:
            self._fetch_loans({loan})
        return self._loans.get(loan)

    def has_household(self, household: str) -> bool:
        """See PushStore."""
        if household not in self._households:
            self._fetch_households({household})
        return household in self._households

    def stints(self, household: str, officer: str) -> list[Stint]:
        """See PushStore."""
        if household not in self._stints:
            self._fetch_stints({household})
        return [stint for holder, stint in self._stints[household] if holder == officer]

    def takes_cash(self) -> bool:
        """See PushStore."""
        return self.session.get_one(Branch, self.branch_id).takes_cash

    def is_shut(self, day: str) -> bool:
        """See PushStore."""
        if day not in self._shut:
            self._shut[day] = self.session.get(DayClose, (self.branch_id, day)) is not None
        return self._shut[day]

    def has_number(self, lane_id: str, receipt_no: str) -> bool:
        """See PushStore."""
        return self._book(lane_id, receipt_no) is not None

    def is_given_back(self, lane_id: str, receipt_no: str) -> bool:
        """See PushStore."""
        return is_given_back(self._book(lane_id, receipt_no), receipt_no)

    def _book(self, lane_id: str, receipt_no: str) -> ReceiptBook | None:
        if lane_id not in self._books:
            self._books[lane_id] = books_of_lane(self.session, self.branch_id, lane_id)
        return book_holding(self._books[lane_id], receipt_no)

    def number_user(self, receipt_no: str) -> str | None:
        """See PushStore."""
        rows = self.session.execute(
            select(ReceiptRow.event_hash, ReceiptRow.state).where(
                ReceiptRow.branch_id == self.branch_id,
                ReceiptRow.receipt_no == receipt_no,
                ReceiptRow.state.in_(("applied", "voided")),
            )
        ).all()
        for row in rows:
            verdict = self.verdicts([row.event_hash]).get(row.event_hash)
            if row.state == "applied" or (verdict and verdict.verdict == "applied"):
                return str(row.event_hash)
        return None

    def notice_user(self, notice_no: str) -> str | None:
        """See PushStore."""
        row = self.tx.rows.get(NoticeRow, self.branch_id, notice_no)
        return row.made_hash if row else None

    def visit(self, visit_id: str) -> tuple[str, str] | None:
        """See PushStore."""
        row = self.tx.rows.get(Visit, self.branch_id, visit_id)
        return (row.event_hash, row.household_id) if row else None

    def is_voided(self, receipt_hash: str) -> bool:
        """See PushStore."""
        row = self._receipt(receipt_hash)
        return row is not None and row.state == "voided"

    def is_counted(self, receipt_hash: str) -> bool:
        """See PushStore."""
        row = self._receipt(receipt_hash)
        return row is not None and row.counted_by is not None

    def has_handed(self, slip: Envelope, until: Envelope | None = None) -> bool:
        """See PushStore."""
        if until is not None and slip.lane != until.lane:
            return False
        offers = handed_between(self.session, self.branch_id, slip, until)
        standing = self.verdicts(offers).values()
        return any(v.verdict != "voided" and v.reason != "bad_signature" for v in standing)

    def taken_by(self, handed_hash: str) -> str | None:
        """See PushStore."""
        row = self.session.get(CashHandover, (self.branch_id, handed_hash))
        return row.taken_hash if row else None

    def is_cashier(self, officer: str) -> bool:
        """See PushStore."""
        return self.session.get(StaffRole, (self.branch_id, officer, "cashier")) is not None

    def _receipt(self, receipt_hash: str) -> ReceiptRow | None:
        return self.session.execute(
            select(ReceiptRow)
            .where(ReceiptRow.branch_id == self.branch_id, ReceiptRow.event_hash == receipt_hash)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()

    def legs(self, event_hash: str) -> list[Leg]:
        """See PushStore."""
        return ledger.legs_of(self.session, self.branch_id, event_hash)

    def loan_sums(self, loan: str) -> tuple[int, int]:
        """See PushStore."""
        sums = ledger.loan_sums(self.session, self.branch_id, [loan])[loan]
        return sums.due_fen, sums.over_fen

    # What becomes so

    def post(self, recorded: Recorded, legs: Iterable[Leg]) -> None:
        """See PushStore."""
        movement = list(legs)
        day = value_on(self.session, self.branch_id, recorded, movement)
        ledger.post(self.tx, recorded.event.hash, movement, day)

    def renumber(self, receipt_hash: str, receipt_no: str) -> None:
        """See PushStore."""
        row = self._receipt(receipt_hash)
        assert row is not None, "a receipt has a row, whatever its verdict"
        row.receipt_no = receipt_no
        self.session.flush()

    def report(self, recorded: Recorded, error: Exception) -> None:
        """See PushStore."""
        # The text of an error may quote what was in the event: only where it happened is logged.
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        place = f"{where.filename}:{where.lineno}"
        log.error("event %s failed with %s at %s", recorded.event.hash, kind, place)

    def close(self, by: Mapping[str, str] | None = None) -> None:
        """Hand the verdicts to the transaction, which gives them its tick.

        by  Event -> who ruled on it.
        """
        for event_hash, verdict in self._fresh.items():
            self.tx.verdict(note_of(event_hash, verdict, (by or {}).get(event_hash)))
