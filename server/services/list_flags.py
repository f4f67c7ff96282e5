"""What was applied and should be looked at all the same: flagged events, and double visits."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from server.db import snapshot
from server.services.staff_names import names
from server.stores.events import is_latest
from server.tables import EventRow, Household, VerdictRow, Visit

ROWS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedEvent:
    """An applied event with its flags."""

    hash: str
    kind: str
    officer: str
    effective_at_ms: int
    claimed_at_ms: int
    about: str
    risks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleVisit:
    """Two officers at one household on one day. Both visits stand."""

    household: str
    day: str
    officers: tuple[str, str]


def flagged_events(branch_id: str) -> list[FlaggedEvent]:
    """The applied events that bear a flag, the newest first, at most 200."""
    with snapshot() as session:
        rows = session.execute(
            select(EventRow, VerdictRow.risk)
            .join(
                VerdictRow,
                (VerdictRow.branch_id == EventRow.branch_id)
                & (VerdictRow.event_hash == EventRow.hash),
            )
            .where(
                VerdictRow.branch_id == branch_id,
                VerdictRow.risk.is_not(None),
                VerdictRow.verdict == "applied",
                is_latest(),
            )
            .order_by(VerdictRow.tick.desc(), EventRow.hash)
            .limit(ROWS_MAX)
        ).all()
        who = names(session, branch_id)
        return [_flagged(event, risk, who) for event, risk in rows]


def double_visits(branch_id: str) -> list[DoubleVisit]:
    """The households at which two officers were on one day, the latest first, at most 200."""
    other = aliased(Visit)
    with snapshot() as session:
        rows = session.execute(
            select(Household.name, Visit.started_on, Visit.officer_id, other.officer_id)
            .join(
                other,
                (other.branch_id == Visit.branch_id)
                & (other.household_id == Visit.household_id)
                & (other.started_on == Visit.started_on)
                & (other.officer_id > Visit.officer_id),
            )
            .join(
                Household,
                (Household.branch_id == Visit.branch_id) & (Household.id == Visit.household_id),
            )
            .where(Visit.branch_id == branch_id)
            .distinct()
            .order_by(Visit.started_on.desc(), Household.name)
            .limit(ROWS_MAX)
        ).all()
        who = names(session, branch_id)
    return [
        DoubleVisit(household=name, day=day, officers=(who.get(one, one), who.get(two, two)))
        for name, day, one, two in rows
    ]


def _flagged(event: EventRow, risk: str | None, who: dict[str, str]) -> FlaggedEvent:
    body = json.loads(event.canonical)["body"]
    about = body.get("receipt_no") or body.get("notice_no") or body.get("household") or ""
    return FlaggedEvent(
        hash=event.hash,
        kind=event.kind,
        officer=who.get(event.actor, event.actor),
        effective_at_ms=event.effective_at_ms,
        claimed_at_ms=event.occurred_at_ms,
        about=str(about)[:64],
        risks=tuple((risk or "").split(",")),
    )
