"""Rows of the route and of the officer: stops, villages, receipt books, and `me`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from server.keys import running_settings, server_key
from server.services import ledger
from server.services.branches import cashiers, collectors, has_role
from server.services.deposits import deposit_rules, leave_of
from server.services.receipt_states import book_marks
from server.stores.events import chunks
from server.stores.pull_store import Scope
from server.tables import (
    Area,
    Branch,
    CashCount,
    Device,
    EventRow,
    Household,
    Lane,
    ReceiptBook,
    Staff,
    Stop,
    Village,
)
from sync.allocation import DEFAULT_ORDER

Found = dict[str, dict[str, Any]]

# An incompressible 87 characters for each phone: 3.5 kB at the most.
PHONES_KNOWN_MAX = 40

# Hours in which a household may be visited; a setting of the house until the law gives one.
VISIT_FROM, VISIT_TO = "08:00", "20:00"


def stop_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """One household on one day of the route."""
    found: Found = {}
    for chunk in chunks(ticks):
        rows = scope.session.execute(
            select(Stop, Household.village_id)
            .join(
                Household,
                (Household.branch_id == Stop.branch_id) & (Household.id == Stop.household_id),
            )
            .where(Stop.branch_id == scope.branch_id, Stop.id.in_(chunk))
        )
        found |= {stop.id: _stop(stop, village_id) for stop, village_id in rows}
    return found


def _stop(stop: Stop, village_id: str | None) -> dict[str, Any]:
    return {
        "id": stop.id,
        "sweep_id": stop.sweep_id,
        "household_id": stop.household_id,
        "village_id": village_id,
        "day": stop.day,
        "position": stop.position,
    }


def village_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """A village committee's territory, with the name of its area."""
    found: Found = {}
    for chunk in chunks(ticks):
        rows = scope.session.execute(
            select(Village, Area.name)
            .outerjoin(Area, (Area.branch_id == Village.branch_id) & (Area.id == Village.area_id))
            .where(Village.branch_id == scope.branch_id, Village.id.in_(chunk))
        )
        for village, area_name in rows:
            found[village.id] = {
                "id": village.id,
                "area_id": village.area_id,
                "area_name": area_name or "",
                "name": village.name,
                "position": village.position,
            }
    return found


def book_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """A block of receipt numbers, whether it may be used, and how each number stands."""
    found: Found = {}
    for chunk in chunks(ticks):
        rows = scope.session.scalars(
            select(ReceiptBook).where(
                ReceiptBook.branch_id == scope.branch_id, ReceiptBook.id.in_(chunk)
            )
        ).all()
        marks = book_marks(scope.session, scope.branch_id, rows)
        for row in rows:
            found[row.id] = {
                "id": row.id,
                "prefix": row.prefix,
                "from_no": row.from_no,
                "to_no": row.to_no,
                "width": row.width,
                "lane": row.lane_id,
                "state": row.state,
                "marks": marks[row.id],
            }
    return found


def me_rows(scope: Scope, ticks: dict[str, int]) -> Found:
    """The officer's own row: branch, colleagues, limits, and the cash taken over so far."""
    staff = scope.session.get(Staff, (scope.branch_id, scope.officer_id))
    if staff is None or scope.officer_id not in ticks:
        return {}
    branch = scope.session.get_one(Branch, scope.branch_id)
    return {
        scope.officer_id: {
            "id": staff.id,
            "name": staff.name,
            "branch_id": branch.branch_id,
            "branch_name": branch.name,
            "branch_code": branch.code,
            "today_plan": None,
            "colleagues": _people(scope, collectors(scope.session, scope.branch_id)),
            "cashiers": _people(scope, cashiers(scope.session, scope.branch_id)),
            "is_cashier": has_role(scope.session, scope.branch_id, staff.id, "cashier"),
            "keys": _keys(scope),
            "counted_total_fen": _counted_total_fen(scope),
            "hand_total_fen": _hand_total_fen(scope),
            "server_key": server_key(),
            "deposit_until": leave_of(scope.session, scope.branch_id, staff.id),
            "settings": _settings(branch)
            | {"deposit_rules": deposit_rules(scope.session, scope.branch_id)},
        }
    }


def _settings(branch: Branch) -> dict[str, Any]:
    settings = running_settings()
    return {
        "allocation": list(DEFAULT_ORDER),
        "receipt_max_fen": settings.receipt_fen_max,
        "hand_max_fen": settings.hand_fen_max,
        "takes_cash": branch.takes_cash,
        "visit_from": VISIT_FROM,
        "visit_to": VISIT_TO,
        "institution": branch.institution,
        "contact_phone": branch.contact_phone,
    }


def _people(scope: Scope, staff_ids: Iterable[str]) -> list[dict[str, str]]:
    """These people but for herself, by id."""
    rows = scope.session.scalars(
        select(Staff)
        .where(
            Staff.branch_id == scope.branch_id,
            Staff.id.in_([each for each in staff_ids if each != scope.officer_id]),
        )
        .order_by(Staff.id)
    )
    return [{"id": row.id, "name": row.name} for row in rows]


def _keys(scope: Scope) -> dict[str, list[str]]:
    """Whose phones sign with which keys, so that a handover can be checked without a signal.

    Left out in a branch of many phones: its keys would be most of what a phone loads first.
    """
    phones = scope.session.scalars(
        select(Device)
        .where(Device.branch_id == scope.branch_id, Device.status == "active")
        .order_by(Device.officer_id, Device.id)
        .limit(PHONES_KNOWN_MAX + 1)
    ).all()
    keys: dict[str, list[str]] = {}
    if len(phones) <= PHONES_KNOWN_MAX:
        for phone in phones:
            if phone.officer_id != scope.officer_id:
                keys.setdefault(phone.officer_id, []).append(phone.public_key)
    return keys


def _hand_total_fen(scope: Scope) -> int | None:
    """The cash in the officer's hand over all lanes; None if there is one, which knows better."""
    lanes = select(func.count()).select_from(Lane)
    own = (Lane.branch_id == scope.branch_id, Lane.officer_id == scope.officer_id)
    if (scope.session.scalar(lanes.where(*own)) or 0) < 2:
        return None
    return ledger.balance(scope.session, scope.branch_id, f"hand:{scope.officer_id}")


def _counted_total_fen(scope: Scope) -> int:
    """What the cashier has taken over from this officer's custody, over or short included."""
    # What a cashier took in person is known to the phone by the verdict on its own record of it.
    total = scope.session.scalar(
        select(func.sum(CashCount.expected_fen))
        .join(
            EventRow,
            (EventRow.branch_id == CashCount.branch_id) & (EventRow.hash == CashCount.event_hash),
        )
        .where(
            CashCount.branch_id == scope.branch_id,
            CashCount.officer_id == scope.officer_id,
            EventRow.kind == "cash.counted",
        )
    )
    return int(total or 0)
