"""Rows of hand-overs: what a household's new officer must know about the former one's phone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server.stores.events import chunks
from server.stores.pull_store import Scope
from server.tables import HandOver, Staff

Found = dict[str, dict[str, Any]]


def handover_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """One row a household: of several open hand-overs the one whose phone was away the longest."""
    found: Found = {}
    for chunk in chunks(ticks):
        rows = scope.session.execute(
            select(HandOver, Staff.name)
            .join(
                Staff,
                (Staff.branch_id == HandOver.branch_id) & (Staff.id == HandOver.from_officer_id),
            )
            .where(
                HandOver.branch_id == scope.branch_id,
                HandOver.household_id.in_(chunk),
                HandOver.settled_at_ms.is_(None),
                HandOver.from_officer_id != scope.officer_id,
                HandOver.last_seen_at_ms.is_not(None),
            )
            .order_by(HandOver.at_tick)
        )
        for row, name in rows:
            told = _row(row, name)
            held = found.setdefault(row.household_id, told)
            if told["last_seen_at"] < held["last_seen_at"]:
                found[row.household_id] = told
    return found


def _row(row: HandOver, name: str) -> dict[str, Any]:
    return {
        "id": row.household_id,
        "household_id": row.household_id,
        "from_officer": name,
        "since": row.at_ms,
        "last_seen_at": row.last_seen_at_ms,
    }
