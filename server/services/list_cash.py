"""What the cashier's pages show: hands, the sheet for counting one of them, slips, the day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import today
from server.db import snapshot
from server.services.branches import collectors
from server.services.cash_day import Deposit, cash_day, first_open_day, hands
from server.services.count_cash import open_receipts
from server.services.holes import open_holes
from server.services.offers import OfferLine, expected_at_counter, offer_lines
from server.services.receipt_states import receipt_states
from server.services.staff_names import names
from server.stores.events import latest_verdicts
from server.tables import CashCount, Device, EventRow, Household, Lane, ReceiptRow, Staff
from sync.problems import Problem
from sync.receipt_states import WORDS
from sync.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """An officer with the cash he holds by what has arrived."""

    officer_id: str
    officer: str
    hand_fen: int
    receipts: int
    last_seen_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One receipt on a sheet. `reason` is why it is to be verified; its cash counts all the same.

    stands   How it stands for everyone who asks: a name of sync/receipt_states.py.
    is_late  Dated before the day that is open: it is counted now and keeps its own date.
    """

    hash: str
    number: str
    household: str
    payer: str
    effective_on: str
    amount_fen: int
    principal_fen: int
    interest_fen: int
    other_fen: int
    state: str
    stands: str
    reason: str | None
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet:
    """What a cashier needs to count an officer's cash.

    offers        What he has offered to somebody in person who has not confirmed it: not
                  expected here, for he says that he no longer has it.
    unlisted_fen  Cash in the hand that no receipt on the list explains; shown, never hidden.
    """

    officer_id: str
    officer: str
    day: str
    is_closed: bool
    expected_fen: int
    offers: tuple[OfferLine, ...]
    receipts: tuple[ReceiptLine, ...]
    holes: tuple[str, ...]
    last_seen_at_ms: int | None

    @property
    def unlisted_fen(self) -> int:
        """Expected cash less the receipts on the list."""
        return self.expected_fen - sum(line.amount_fen for line in self.receipts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A count in a list of the day."""

    hash: str
    officer: str
    cashier: str
    at_ms: int
    expected_fen: int
    counted_fen: int
    variance_fen: int
    cause: str | None
    receipts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The handover slip (交接单) of one count."""

    line: CountLine
    day: str
    pieces: tuple[tuple[int, int], ...]
    receipts: tuple[ReceiptLine, ...]
    holes: dict[str, str]
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySheet:
    """The page of a day. `closed` is what was said when it was shut, None while it is open."""

    day: str
    is_today: bool
    closed: dict[str, Any] | None
    closed_by: str | None
    closed_at_ms: int | None
    counts: tuple[CountLine, ...]
    deposits: tuple[Deposit, ...]
    depositors: dict[str, str]
    hands: tuple[Hand, ...]
    opening_fen: int
    receipts_fen: int
    counted_fen: int
    variance_fen: int
    deposited_fen: int
    paid_out_fen: int
    closing_fen: int
    earlier: str | None
    slips: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many receipts of a day stand in one way, and their amount. Void ones were given back."""

    stands: str
    receipts: int
    amount_fen: int


def officers_with_cash(branch_id: str) -> list[Hand]:
    """Every officer, and whoever else still holds cash."""
    with snapshot() as session:
        return _hands(session, branch_id, everyone=True)


def count_sheet(branch_id: str, officer_id: str) -> CountSheet:
    """The sheet of one officer. Refuses `staff_unknown`."""
    with snapshot() as session:
        officer = session.get(Staff, (branch_id, officer_id))
        if officer is None:
            raise Problem("staff_unknown", staff=officer_id)
        day = today()
        rows = open_receipts(session, branch_id, officer_id)
        return CountSheet(
            officer_id=officer_id,
            officer=officer.name,
            day=day,
            is_closed=cash_day(session, branch_id, day).closed is not None,
            expected_fen=expected_at_counter(session, branch_id, officer_id),
            offers=tuple(offer_lines(session, branch_id, officer_id)),
            receipts=_receipt_lines(session, branch_id, rows, day),
            holes=tuple(open_holes(session, branch_id, officer_id)),
            last_seen_at_ms=_last_seen(session, branch_id, officer_id),
        )


def counted_slip(branch_id: str, count_hash: str) -> Slip:
    """The slip of a count. Refuses `not_found`."""
    with snapshot() as session:
        row = session.get(CashCount, (branch_id, count_hash))
        if row is None:
            raise Problem("not_found")
        receipts = session.scalars(
            select(ReceiptRow)
            .where(ReceiptRow.branch_id == branch_id, ReceiptRow.counted_by == count_hash)
            .order_by(ReceiptRow.receipt_no, ReceiptRow.event_hash)
        ).all()
        pieces, who = json.loads(row.denominations), names(session, branch_id)
        body, line = _body(session, branch_id, count_hash), _count_line(session, row, who)
        return Slip(
            line=line,
            day=row.day,
            pieces=tuple(sorted(((int(fen), n) for fen, n in pieces.items()), reverse=True)),
            receipts=_receipt_lines(session, branch_id, receipts, row.day),
            holes=body.get("holes", {}),
            signed_by=body.get("signed_by") or line.officer,
        )


def day_sheet(branch_id: str, day: str) -> DaySheet:
    """All of one day."""
    with snapshot() as session:
        figures, who = cash_day(session, branch_id, day), names(session, branch_id)
        shut = figures.closed
        return DaySheet(
            day=day,
            is_today=day == today(),
            closed=_body(session, branch_id, shut.event_hash) if shut else None,
            closed_by=who.get(shut.cashier_id, shut.cashier_id) if shut else None,
            closed_at_ms=shut.at_ms if shut else None,
            counts=tuple(_count_line(session, row, who) for row in figures.counts),
            deposits=figures.deposits,
            depositors=who,
            hands=tuple(_hands(session, branch_id, everyone=False)),
            opening_fen=figures.opening_fen,
            receipts_fen=figures.receipts_fen,
            counted_fen=figures.counted_fen,
            variance_fen=figures.variance_fen,
            deposited_fen=figures.deposited_fen,
            paid_out_fen=figures.paid_out_fen,
            closing_fen=figures.closing_fen,
            earlier=first_open_day(session, branch_id, day),
            slips=_standings(session, branch_id, day),
        )


def _standings(session: Session, branch_id: str, day: str) -> tuple[Standing, ...]:
    """The receipts that were given on a day, by how they stand now, in the order of the way."""
    rows = session.scalars(
        select(ReceiptRow).where(ReceiptRow.branch_id == branch_id, ReceiptRow.effective_on == day)
    ).all()
    states = receipt_states(session, branch_id, rows)
    groups = {each: [row for row in rows if states[row.event_hash] == each] for each in WORDS}
    return tuple(
        Standing(stands=each, receipts=len(group), amount_fen=sum(row.amount_fen for row in group))
        for each, group in groups.items()
        if group
    )


def _hands(session: Session, branch_id: str, *, everyone: bool) -> list[Hand]:
    cash, who = hands(session, branch_id), names(session, branch_id)
    people = {*cash, *(collectors(session, branch_id) if everyone else [])}
    return [
        Hand(
            officer_id=officer_id,
            officer=who.get(officer_id, officer_id),
            hand_fen=cash.get(officer_id, 0),
            receipts=len(open_receipts(session, branch_id, officer_id)),
            last_seen_at_ms=_last_seen(session, branch_id, officer_id),
        )
        for officer_id in sorted(people)
    ]


def _last_seen(session: Session, branch_id: str, officer_id: str) -> int | None:
    seen = session.scalars(
        select(Device.last_seen_at_ms)
        .join(Lane, (Lane.branch_id == Device.branch_id) & (Lane.device_id == Device.id))
        .where(Device.branch_id == branch_id, Device.officer_id == officer_id)
    )
    return max((at for at in seen if at is not None), default=None)


def _receipt_lines(
    session: Session, branch_id: str, rows: Any, day: str
) -> tuple[ReceiptLine, ...]:
    rows = list(rows)
    homes = session.execute(
        select(Household.id, Household.name).where(
            Household.branch_id == branch_id, Household.id.in_({row.household_id for row in rows})
        )
    )
    name = {home.id: home.name for home in homes}
    verdicts = latest_verdicts(session, branch_id, {row.event_hash for row in rows})
    stands = receipt_states(session, branch_id, rows)
    return tuple(
        ReceiptLine(
            hash=row.event_hash,
            number=row.receipt_no,
            household=name.get(row.household_id, row.household_id),
            payer=row.payer_name,
            effective_on=row.effective_on,
            amount_fen=row.amount_fen,
            principal_fen=row.principal_fen,
            interest_fen=row.interest_fen,
            other_fen=row.penalty_fen + row.cost_fen,
            state=row.state,
            stands=stands[row.event_hash],
            reason=_reason(verdicts.get(row.event_hash)),
            is_late=row.effective_on < day,
        )
        for row in rows
    )


def _reason(verdict: Verdict | None) -> str | None:
    if verdict is None or verdict.verdict == "applied":
        return None
    return verdict.reason or verdict.verdict


def _count_line(session: Session, row: CashCount, who: dict[str, str]) -> CountLine:
    return CountLine(
        hash=row.event_hash,
        officer=who.get(row.officer_id, row.officer_id),
        cashier=who.get(row.cashier_id, row.cashier_id),
        at_ms=row.at_ms,
        expected_fen=row.expected_fen,
        counted_fen=row.counted_fen,
        variance_fen=row.variance_fen,
        cause=row.cause,
        receipts=_receipts_of(session, row),
    )


def _receipts_of(session: Session, row: CashCount) -> int:
    """How many receipts' cash was taken over with a count, those that came late included."""
    query = select(func.count()).where(
        ReceiptRow.branch_id == row.branch_id, ReceiptRow.counted_by == row.event_hash
    )
    return session.scalar(query) or 0


def _body(session: Session, branch_id: str, event_hash: str) -> dict[str, Any]:
    event = session.get_one(EventRow, (branch_id, event_hash))
    body: dict[str, Any] = json.loads(event.canonical)["body"]
    return body
