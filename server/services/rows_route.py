"""Rows of the route and of the officer: stops, villages, receipt books, and `me`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select

from server.services.branches import collectors
from server.services.field_settings import field_settings
from server.stores.events import chunks
from server.stores.pull_store import Scope
from server.tables import Area, Branch, CashCount, ReceiptBook, Staff, Stop, Village

Found = dict[str, dict[str, Any]]


def stop_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """One household on one day of the route, with its village, so that a day can be listed."""
    return _plain(scope, Stop, ticks, _stop)


def _stop(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "sweep_id": row.sweep_id,
        "household_id": row.household_id,
        "village_id": row.village_id,
        "day": row.day,
        "position": row.position,
    }
