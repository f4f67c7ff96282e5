"""Rows of households, with what has happened there in the present sweep."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from server.services.apply_notice import is_signed_back
from server.stores.events import chunks
from server.stores.pull_store import Scope
from server.tables import (
    Household,
    Intention,
    NoticeRow,
    ReceiptRow,
    Stop,
    Sweep,
    UnsignedReason,
    Village,
    Visit,
)

Found = dict[str, dict[str, Any]]

_NEVER = "9999-12-31"


@dataclass(slots=True)
class State:
    """What this sweep has brought so far: cash stands over a signature, that over a reason."""

    cash: bool = False
    signed: bool = False
    unsigned: bool = False
    intention: bool = False
    reason: tuple[int, str] | None = None  # (effective instant, reason): the latest counts
    visited_on: str | None = None

    def visit(self, day: str) -> None:
        """Somebody was there on this day."""
        self.visited_on = max(self.visited_on or day, day)

    def to_json(self) -> dict[str, Any]:
        """The state as the phone lays its own events over it (sync/overlay.py)."""
        unsigned = "UNSIGNED" if self.unsigned else None
        outcome = "CASH" if self.cash else "SIGNED" if self.signed else unsigned
        reason = self.reason[1] if self.reason and outcome == "UNSIGNED" else None
        return {
            "outcome": outcome,
            "reason": reason,
            "intention": self.intention,
            "visited_on": self.visited_on,
        }


def household_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """The households with their village and the state of the sweep."""
    found: Found = {}
    for chunk in chunks(ticks):
        states = _states(scope, chunk)
        rows = scope.session.execute(
            select(Household, Village.name)
            .outerjoin(
                Village,
                (Village.branch_id == Household.branch_id) & (Village.id == Household.village_id),
            )
            .where(Household.branch_id == scope.branch_id, Household.id.in_(chunk))
        )
        for household, village in rows:
            found[household.id] = _row(household, village, states[household.id])
    return found


def _row(household: Household, village: str | None, state: State) -> dict[str, Any]:
    return {
        "id": household.id,
        "name": household.name,
        "village_id": household.village_id,
        "village": village or "",
        "natural_village": household.natural_village,
        "area_id": household.area_id,
        "kind": household.kind,
        "phone": household.phone,
        "state": state.to_json(),
    }


def _states(scope: Scope, ids: list[str]) -> defaultdict[str, State]:
    """What happened at each household since the first day of its latest published sweep."""
    since = _sweep_starts(scope, ids)
    states: defaultdict[str, State] = defaultdict(State)
    first = min(since.values(), default=_NEVER)
    _add_visits(scope, since, first, states)
    _add_receipts(scope, since, first, states)
    _add_notices(scope, since, first, states)
    _add_reasons(scope, since, first, states)
    _add_intentions(scope, since, first, states)
    return states


def _sweep_starts(scope: Scope, ids: list[str]) -> dict[str, str]:
    rows = scope.session.execute(
        select(Stop.household_id, func.max(Sweep.starts_on).label("starts_on"))
        .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
        .where(
            Stop.branch_id == scope.branch_id,
            Stop.household_id.in_(ids),
            Sweep.state == "published",
        )
        .group_by(Stop.household_id)
    )
    return {row.household_id: row.starts_on for row in rows}


def _add_visits(
    scope: Scope, since: dict[str, str], first: str, states: defaultdict[str, State]
) -> None:
    rows = scope.session.execute(
        select(Visit.household_id, Visit.started_on).where(
            Visit.branch_id == scope.branch_id,
            Visit.household_id.in_(since),
            Visit.started_on >= first,
        )
    )
    for row in rows:
        if row.started_on >= since[row.household_id]:
            states[row.household_id].visit(row.started_on)


def _add_receipts(
    scope: Scope, since: dict[str, str], first: str, states: defaultdict[str, State]
) -> None:
    rows = scope.session.execute(
        select(ReceiptRow.household_id, ReceiptRow.effective_on).where(
            ReceiptRow.branch_id == scope.branch_id,
            ReceiptRow.household_id.in_(since),
            ReceiptRow.state == "applied",
            ReceiptRow.effective_on >= first,
        )
    )
    for row in rows:
        if row.effective_on >= since[row.household_id]:
            states[row.household_id].cash = True
            states[row.household_id].visit(row.effective_on)


def _add_notices(
    scope: Scope, since: dict[str, str], first: str, states: defaultdict[str, State]
) -> None:
    rows = scope.session.scalars(
        select(NoticeRow).where(
            NoticeRow.branch_id == scope.branch_id,
            NoticeRow.household_id.in_(since),
            NoticeRow.signed_on >= first,
        )
    )
    for row in rows:
        if row.signed_on is not None and row.signed_on >= since[row.household_id]:
            state = states[row.household_id]
            counts = is_signed_back(row) and row.review != "refused"
            state.signed, state.unsigned = state.signed or counts, state.unsigned or not counts
            state.visit(row.signed_on)


def _add_reasons(
    scope: Scope, since: dict[str, str], first: str, states: defaultdict[str, State]
) -> None:
    rows = scope.session.execute(
        select(
            UnsignedReason.household_id,
            UnsignedReason.on_day,
            UnsignedReason.effective_at_ms,
            UnsignedReason.reason,
        ).where(
            UnsignedReason.branch_id == scope.branch_id,
            UnsignedReason.household_id.in_(since),
            UnsignedReason.on_day >= first,
        )
    )
    for row in rows:
        if row.on_day >= since[row.household_id]:
            state = states[row.household_id]
            state.unsigned = True
            given = (row.effective_at_ms, row.reason)
            state.reason = max(state.reason or given, given)
            state.visit(row.on_day)


def _add_intentions(
    scope: Scope, since: dict[str, str], first: str, states: defaultdict[str, State]
) -> None:
    rows = scope.session.execute(
        select(Intention.household_id, Intention.on_day).where(
            Intention.branch_id == scope.branch_id,
            Intention.household_id.in_(since),
            Intention.on_day >= first,
        )
    )
    for row in rows:
        if row.on_day >= since[row.household_id]:
            states[row.household_id].intention = True
            states[row.household_id].visit(row.on_day)
