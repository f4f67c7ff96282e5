"""The cashier takes over an officer's cash: counted by denomination, against the receipts.

The cash expected is what the ledger has in the officer's hand; it is never typed. What was counted
is stated note by note. A difference is over or short (长短款); it is recorded with its cause and
never spread over receipts (U34, NV9). A number left out in a book is explained first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, transaction
from server.services import feed, ledger, office_events
from server.services.cash_day import check_day_open
from server.services.holes import REASON_CHARS, explain, open_holes
from server.services.offers import expected_at_counter, not_offered
from server.tables import CashCount, Lane, ReceiptBook, ReceiptRow, Staff
from sync.amounts import format_yuan
from sync.books import BY_BANK, count_legs
from sync.canonical import canonical_bytes
from sync.problems import Problem

# Fen of one piece: notes of 100 to 1 yuan, coins of 5 and 1 jiao. In the order of counting.
DENOMINATIONS_FEN = (100_00, 50_00, 20_00, 10_00, 5_00, 1_00, 50, 10)
PIECES_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the cashier saw and wrote.

    denominations  Fen of a piece -> pieces: {10000: 11, 5000: 1}.
    receipts       Hashes of the receipts on her list. None: whatever there is now.
    cause          Why cash and receipts differ. Must be there if they do.
    signed_by      Who confirms the statement beside the cashier, by name. None: the officer.
    holes          Receipt number left out -> its explanation.
    """

    denominations: Mapping[int, int]
    receipts: Sequence[str] | None = None
    cause: str | None = None
    holes: Mapping[str, str] = field(default_factory=dict)
    signed_by: str | None = None

    @property
    def total_fen(self) -> int:
        """The cash on the table, in fen."""
        return sum(piece * count for piece, count in self.denominations.items())


def count_cash(branch_id: str, officer_id: str, counted: Counted, *, by: str) -> str:
    """Take over an officer's cash today; the hash of the count.

    Refuses `own_record`, `denomination_invalid`, `day_already_closed`, `nothing_to_count`,
    `stale_edit` when receipts came or went since the list was shown, `hole_unexplained`, and
    `variance_cause_missing`, `variance_unsigned`. Nothing is saved then.
    """
    if by == officer_id:
        raise Problem("own_record")
    _check_denominations(counted.denominations)
    with transaction(branch_id, actor=by, cause="count_cash") as tx:
        day = day_of(tx.now_ms)
        office_events.branch_lane(tx)  # one count at a time, and no day close beneath it
        _hold_pushes(tx, officer_id)
        check_day_open(tx.session, branch_id, day)
        receipts = open_receipts(tx.session, branch_id, officer_id, lock=True)
        _check_list(receipts, counted.receipts)
        expected_fen = expected_at_counter(tx.session, branch_id, officer_id)
        if not receipts and expected_fen == 0:
            raise Problem("nothing_to_count", officer=officer_id)
        holes = _explained(tx.session, branch_id, officer_id, counted.holes)
        cause = _cause(counted, expected_fen)
        signed_by = _signed_by(tx, officer_id, counted, has_variance=cause is not None)
        result = _Result(day, expected_fen, cause, signed_by, receipts, holes)
        return _write(tx, officer_id, counted, result)


def _hold_pushes(tx: Tx, officer_id: str) -> None:
    """A push of this officer waits: no slip may come between the list and the sum."""
    tx.session.scalars(
        select(Lane.id)
        .where(Lane.branch_id == tx.branch_id, Lane.officer_id == officer_id)
        .order_by(Lane.id)
        .with_for_update()
    ).all()


def open_receipts(
    session: Session, branch_id: str, officer_id: str, *, lock: bool = False
) -> list[ReceiptRow]:
    """The receipts whose cash the officer still has, those to be verified included, by number.

    His own that he has not handed to anybody in person, and what others have handed to him. What
    he has offered to somebody who has not confirmed it yet waits for that.
    """
    query = (
        select(ReceiptRow)
        .where(
            ReceiptRow.branch_id == branch_id,
            func.coalesce(ReceiptRow.handed_to, ReceiptRow.officer_id) == officer_id,
            ReceiptRow.counted_by.is_(None),
            ReceiptRow.state != "voided",
            ReceiptRow.method.notin_(BY_BANK),  # in nobody's hand
        )
        .order_by(ReceiptRow.receipt_no, ReceiptRow.event_hash)
    )
    rows = list(session.scalars(query.with_for_update() if lock else query))
    return not_offered(session, branch_id, officer_id, rows)


@dataclass(frozen=True, slots=True)
class _Result:
    day: str
    expected_fen: int
    cause: str | None
    signed_by: str
    receipts: list[ReceiptRow]
    holes: dict[str, tuple[ReceiptBook, str]]


def _check_denominations(denominations: Mapping[int, int]) -> None:
    for piece, count in denominations.items():
        if piece not in DENOMINATIONS_FEN or not 0 <= count <= PIECES_MAX:
            raise Problem("denomination_invalid", denomination=piece, count=count)


def _check_list(receipts: Sequence[ReceiptRow], seen: Sequence[str] | None) -> None:
    if seen is not None and {row.event_hash for row in receipts} != set(seen):
        raise Problem("stale_edit")


def _explained(
    session: Session, branch_id: str, officer_id: str, said: Mapping[str, str]
) -> dict[str, tuple[ReceiptBook, str]]:
    """The holes of the officer's books, each with its explanation. Refuses `hole_unexplained`."""
    found = {}
    for number, book in open_holes(session, branch_id, officer_id).items():
        why = said.get(number, "").strip()[:REASON_CHARS]
        if not why:
            raise Problem("hole_unexplained", receipt_no=number)
        found[number] = (book, why)
    return found


def _cause(counted: Counted, expected_fen: int) -> str | None:
    variance_fen = counted.total_fen - expected_fen
    cause = (counted.cause or "").strip()[:200]
    if variance_fen and not cause:
        raise Problem("variance_cause_missing", variance_yuan=format_yuan(variance_fen))
    return cause if variance_fen else None


def _signed_by(tx: Tx, officer_id: str, counted: Counted, *, has_variance: bool) -> str:
    """Who stands for the statement at the counter: never the cashier, and named if it differs."""
    cashier = tx.session.get(Staff, (tx.branch_id, tx.actor))
    officer = tx.session.get(Staff, (tx.branch_id, officer_id))
    named = officer.name if officer else officer_id
    said = named if counted.signed_by is None else counted.signed_by.strip()[:100]
    if said in (tx.actor, cashier.name if cashier else "") or (has_variance and not said):
        raise Problem("variance_unsigned")
    return said or named


def _write(tx: Tx, officer_id: str, counted: Counted, result: _Result) -> str:
    total_fen = counted.total_fen
    pieces = {str(piece): n for piece, n in counted.denominations.items() if n}
    body = {
        "officer": officer_id,
        "day": result.day,
        "expected_fen": result.expected_fen,
        "counted_fen": total_fen,
        "variance_fen": total_fen - result.expected_fen,
        "cause": result.cause,
        "signed_by": result.signed_by,
        "denominations": pieces,
        "receipts": [row.event_hash for row in result.receipts],
        "holes": {number: why for number, (_, why) in result.holes.items()},
    }
    event_hash = office_events.record(tx, "cash.counted", body, actor=tx.actor)
    legs = count_legs(officer_id, result.expected_fen, total_fen)
    ledger.post(tx, event_hash, legs, result.day)
    tx.session.add(
        CashCount(
            branch_id=tx.branch_id,
            event_hash=event_hash,
            officer_id=officer_id,
            cashier_id=tx.actor,
            day=result.day,
            expected_fen=result.expected_fen,
            counted_fen=total_fen,
            variance_fen=total_fen - result.expected_fen,
            cause=result.cause,
            denominations=canonical_bytes(pieces).decode(),
            at_ms=tx.now_ms,
        )
    )
    _mark(tx, event_hash, result.receipts)
    for number, (book, why) in result.holes.items():
        explain(tx, book, number, why)
    feed.touch_slips(tx, *result.receipts)
    feed.touch_me(tx, officer_id)
    return event_hash


def _mark(tx: Tx, event_hash: str, receipts: Sequence[ReceiptRow]) -> None:
    for row in receipts:
        tx.session.execute(
            update(ReceiptRow)
            .where(ReceiptRow.branch_id == tx.branch_id, ReceiptRow.event_hash == row.event_hash)
            .values(counted_by=event_hash)
        )
