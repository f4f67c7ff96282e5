"""What a published sweep puts on a phone and takes off it, and since which tick it was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx
from server.services import feed
from server.tables import (
    Assignment,
    HandOver,
    Household,
    Loan,
    ReceiptBook,
    Staff,
    Stop,
    Sweep,
)


def stops_of(session: Session, branch_id: str, sweep_id: str) -> list[Stop]:
    """The stops of a sweep, day by day in the order of the way."""
    return list(
        session.scalars(
            select(Stop)
            .where(Stop.branch_id == branch_id, Stop.sweep_id == sweep_id)
            .order_by(Stop.day, Stop.position, Stop.id)
        )
    )


def published(session: Session, branch_id: str, first: str, last: str) -> list[Sweep]:
    """The published sweeps that have a day in common with first to last."""
    return list(
        session.scalars(
            select(Sweep)
            .where(
                Sweep.branch_id == branch_id,
                Sweep.state == "published",
                Sweep.starts_on <= last,
                Sweep.ends_on >= first,
            )
            .order_by(Sweep.starts_on, Sweep.id)
        )
    )


def taken_by_others(session: Session, sweep: Sweep) -> dict[str, str]:
    """Households that another officer visits in the same days -> that officer's name."""
    rows = session.execute(
        select(Stop.household_id, Staff.name)
        .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
        .join(Staff, (Staff.branch_id == Sweep.branch_id) & (Staff.id == Sweep.officer_id))
        .where(
            Stop.branch_id == sweep.branch_id,
            Sweep.id != sweep.id,
            Sweep.state == "published",
            Sweep.officer_id != sweep.officer_id,
            Sweep.starts_on <= sweep.ends_on,
            Sweep.ends_on >= sweep.starts_on,
            ~_is_handed_over(),
        )
    )
    return {row.household_id: row.name for row in rows}


def _is_handed_over() -> ColumnElement[bool]:
    """The officer of the sweep gave the household away, and only keeps it until the evening."""
    return exists().where(
        HandOver.branch_id == Stop.branch_id,
        HandOver.household_id == Stop.household_id,
        HandOver.from_officer_id == Sweep.officer_id,
        HandOver.evict_tick.is_(None),
    )


def rescope(tx: Tx, sweep: Sweep, stops: Sequence[Stop], gone: Sequence[Stop]) -> None:
    """Bring the officer's phone to this sweep: take off what is over, then put on what is new.

    Called last in its transaction: it reads the tick that the transaction will take.
    """
    feed.touch_household(tx, *{stop.household_id for stop in gone})
    over = [*gone, *_stops_over(tx, sweep)]
    kept = {stop.household_id for stop in stops} | _elsewhere(tx, sweep)
    leaving = {stop.household_id for stop in over} - kept
    for stop in over:
        tx.evict("stop", stop.id, sweep.officer_id)
    _evict_households(tx, sweep.officer_id, leaving, kept)
    feed.publish_stops(tx, sweep.officer_id, stops)
    _touch_books(tx, sweep.officer_id)
    assign(tx, sweep.officer_id, {stop.household_id for stop in stops}, leaving)


def _stops_over(tx: Tx, sweep: Sweep) -> list[Stop]:
    """The stops of the officer's sweeps that ended before today."""
    return list(
        tx.session.scalars(
            select(Stop)
            .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
            .where(
                Stop.branch_id == tx.branch_id,
                Sweep.officer_id == sweep.officer_id,
                Sweep.id != sweep.id,
                Sweep.state == "published",
                Sweep.ends_on < day_of(tx.now_ms),
            )
        )
    )


def _elsewhere(tx: Tx, sweep: Sweep) -> set[str]:
    """Households of the officer's other sweeps that are not over."""
    return set(
        tx.session.scalars(
            select(Stop.household_id)
            .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
            .where(
                Stop.branch_id == tx.branch_id,
                Sweep.officer_id == sweep.officer_id,
                Sweep.id != sweep.id,
                Sweep.state == "published",
                Sweep.ends_on >= day_of(tx.now_ms),
            )
        )
    )


def _evict_households(tx: Tx, officer_id: str, leaving: Iterable[str], kept: Iterable[str]) -> None:
    gone, stay = set(leaving), set(kept)
    loans = tx.session.execute(
        select(Loan.id, Loan.household_id).where(Loan.branch_id == tx.branch_id)
    )
    for loan in loans:
        if loan.household_id in gone:
            tx.evict("loan", loan.id, officer_id)
    rows = tx.session.execute(
        select(Household.id, Household.village_id).where(Household.branch_id == tx.branch_id)
    ).all()
    villages = {row.village_id for row in rows if row.id in stay}
    for row in rows:
        if row.id in gone:
            tx.evict("household", row.id, officer_id)
            if row.village_id and row.village_id not in villages:
                tx.evict("village", row.village_id, officer_id)


def _touch_books(tx: Tx, officer_id: str) -> None:
    books = tx.session.scalars(
        select(ReceiptBook).where(
            ReceiptBook.branch_id == tx.branch_id, ReceiptBook.holder_id == officer_id
        )
    )
    for book in books:
        feed.touch_book(tx, book)


def assign(tx: Tx, officer_id: str, households: set[str], leaving: set[str]) -> None:
    """Write from which tick to which the officer had a household.

    The tick is the one this transaction takes when it ends; its clock row is locked for that,
    after everything else has been written.
    """
    tick = coming_tick(tx)
    held = tx.session.scalars(
        select(Assignment).where(
            Assignment.branch_id == tx.branch_id,
            Assignment.officer_id == officer_id,
            Assignment.to_tick.is_(None),
        )
    ).all()
    for row in held:
        if row.household_id in leaving:
            row.to_tick = tick
    has = {row.household_id for row in held if row.to_tick is None}
    for household_id in sorted(households - has):
        tx.session.add(
            Assignment(
                branch_id=tx.branch_id,
                household_id=household_id,
                officer_id=officer_id,
                from_tick=tick,
                to_tick=None,
            )
        )


def coming_tick(tx: Tx) -> int:
    """The tick that this transaction will take when it ends. Locks the clock until then."""
    tx.session.flush()
    tx.session.execute(
        text("UPDATE clock SET tick = tick WHERE branch_id = :branch"), {"branch": tx.branch_id}
    )
    tick = tx.session.scalar(
        text("SELECT tick FROM clock WHERE branch_id = :branch"), {"branch": tx.branch_id}
    )
    assert tick is not None, "every branch has a clock"
    return int(tick) + 1
