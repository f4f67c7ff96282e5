"""Take households off an officer's phone, with everything in his feed that is about them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from server.clock import day_of
from server.db import Tx
from server.services import feed, sweep_scope
from server.stores.events import chunks
from server.tables import Feed, Household, Loan, Stop, Sweep


def withdraw(tx: Tx, officer_id: str, household_ids: Collection[str]) -> None:
    """Evict households with their loans, stops, villages and hand-overs, and end the assignment.

    Called last in its transaction: it reads the tick that the transaction will take.
    """
    held = _held(tx, officer_id)
    about = {(etype, eid) for eid in household_ids for etype in ("household", "handover")}
    stops = stops_of_officer(tx, officer_id, household_ids)
    about |= {("stop", stop.id) for stop, _ in stops}
    about |= {("loan", loan_id) for loan_id in _loans(tx, household_ids)}
    feed.touch_household(tx, *household_ids)
    for etype, eid in sorted(about & held):
        tx.evict(etype, eid, officer_id)
    staying = {eid for etype, eid in held if etype == "household"} - set(household_ids)
    for village_id in _villages(tx, household_ids) - _villages(tx, staying):
        tx.evict("village", village_id, officer_id)
    for stop, sweep in stops:
        if sweep.state == "published" and sweep.ends_on >= day_of(tx.now_ms):
            tx.session.delete(stop)
    sweep_scope.assign(tx, officer_id, set(), set(household_ids))


def stops_of_officer(
    tx: Tx, officer_id: str, household_ids: Collection[str]
) -> list[tuple[Stop, Sweep]]:
    """The stops at these households in the sweeps of an officer, each with its sweep."""
    found: list[tuple[Stop, Sweep]] = []
    for chunk in chunks(household_ids):
        rows = tx.session.execute(
            select(Stop, Sweep)
            .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
            .where(
                Stop.branch_id == tx.branch_id,
                Stop.household_id.in_(chunk),
                Sweep.officer_id == officer_id,
            )
            .order_by(Stop.day, Stop.position, Stop.id)
        )
        found += [(stop, sweep) for stop, sweep in rows]
    return found


def _held(tx: Tx, officer_id: str) -> set[tuple[str, str]]:
    """What is on the officer's phone once it has synced: (etype, eid)."""
    rows = tx.session.execute(
        select(Feed.etype, Feed.eid).where(
            Feed.branch_id == tx.branch_id, Feed.officer_id == officer_id, Feed.op == "upsert"
        )
    )
    return {(row.etype, row.eid) for row in rows}


def _loans(tx: Tx, household_ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(household_ids):
        found |= set(
            tx.session.scalars(
                select(Loan.id).where(Loan.branch_id == tx.branch_id, Loan.household_id.in_(chunk))
            )
        )
    return found


def _villages(tx: Tx, household_ids: Collection[str]) -> set[str]:
    found: set[str | None] = set()
    for chunk in chunks(household_ids):
        found |= set(
            tx.session.scalars(
                select(Household.village_id).where(
                    Household.branch_id == tx.branch_id, Household.id.in_(chunk)
                )
            )
        )
    return {village for village in found if village is not None}
