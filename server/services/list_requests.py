"""What the office has noted: help, wishes, plan."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from server.db import snapshot
from server.tables import AssistRequest, Household, PlanItem, ServiceRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that was noted, as a line: when, what, about whom, to whom, state."""

    on: str
    what: str
    about: str
    to: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Everything, the newest first."""

    help: tuple[Note, ...]
    services: tuple[Note, ...]
    plan: tuple[Note, ...]


def noted(branch_id: str) -> Noted:
    """Help asked for, wishes passed on, and lines of plans."""
    with snapshot() as session:
        rows = session.execute(
            select(Household.id, Household.name).where(Household.branch_id == branch_id)
        )
        who = {row.id: row.name for row in rows}
        helps = session.scalars(
            select(AssistRequest)
            .filter_by(branch_id=branch_id)
            .order_by(AssistRequest.noted_on.desc(), AssistRequest.id)
        )
        services = session.scalars(
            select(ServiceRequest)
            .filter_by(branch_id=branch_id)
            .order_by(ServiceRequest.noted_on.desc(), ServiceRequest.id)
        )
        plan = session.scalars(
            select(PlanItem)
            .filter_by(branch_id=branch_id)
            .order_by(PlanItem.week_starts_on.desc(), PlanItem.position)
        )
        return Noted(
            help=tuple(_help(row, who) for row in helps),
            services=tuple(_service(row) for row in services),
            plan=tuple(_plan(row) for row in plan),
        )


def collective_households(branch_id: str) -> list[tuple[str, str]]:
    """Collective borrowers as (id, name): help is asked about these (U16)."""
    with snapshot() as session:
        rows = session.execute(
            select(Household.id, Household.name)
            .where(Household.branch_id == branch_id, Household.kind != "FARM_HOUSEHOLD")
            .order_by(Household.position)
        )
        return [(row.id, row.name) for row in rows]


def _help(row: AssistRequest, who: dict[str, str]) -> Note:
    about = "、".join(who.get(one, one) for one in json.loads(row.about))
    to = "、".join(json.loads(row.asked_of))
    return Note(on=row.noted_on, what="assist", about=about, to=to, state=row.state)


def _service(row: ServiceRequest) -> Note:
    return Note(
        on=row.noted_on,
        what=row.kind,
        about=f"{row.requester} · {row.purpose}",
        to=row.forwarded_to or "",
        state=row.state,
    )


def _plan(row: PlanItem) -> Note:
    return Note(
        on=row.week_starts_on, what=row.kind, about=row.area or "", to=str(row.times), state=""
    )
