"""What the office notes beside the visits: help asked for, wishes passed on, next week's plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, transaction
from server.services import office_events
from server.tables import AssistRequest, Household, PlanItem, ServiceRequest
from sync.canonical import canonical_bytes
from sync.dates import parse_date
from sync.problems import Problem

PLAN_KINDS = ("FOLLOW_UP_INTENTIONS", "SWEEP")
ASSIST_STATES = ("OPEN", "ANSWERED", "CLOSED")
SERVICE_STATES = ("OPEN", "CONTACTED", "DONE")
_TIMES_MAX = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A wish that is no debt, such as a dedicated account (专用账户)."""

    requester: str
    kind: str
    purpose: str
    forwarded_to: str | None = None
    state: str = "OPEN"


def ask_for_help(
    branch_id: str,
    about: Sequence[str],
    asked_of: Sequence[str],
    *,
    by: str,
    noted_on: str | None = None,
) -> str:
    """Ask leaders or units for help about collective debts (协助事项); the id of the request.

    about     Ids of households, at least one. Refuses `household_unknown`.
    asked_of  Names of offices, at least one.
    noted_on  Its date; None: today.
    """
    offices = [_words("协助单位", name) for name in asked_of]
    if not about or not offices:
        raise Problem("form_invalid", field="协助事项", rule="至少一户、一个单位")
    with transaction(branch_id, actor=by, cause="ask_for_help") as tx:
        for household_id in about:
            if tx.session.get(Household, (branch_id, household_id)) is None:
                raise Problem("household_unknown", household=household_id)
        body = {"about": list(about), "asked_of": offices, "noted_on": _day(tx, noted_on)}
        event_hash = office_events.record(tx, "assist.requested", body, actor=by)
        tx.session.add(
            AssistRequest(
                branch_id=branch_id,
                id=event_hash[:32],
                about=canonical_bytes(list(about)).decode(),
                asked_of=canonical_bytes(offices).decode(),
                state="OPEN",
                noted_on=body["noted_on"],
            )
        )
    return event_hash[:32]


def note_service(branch_id: str, service: Service, *, by: str, noted_on: str | None = None) -> str:
    """Note a wish of a village and to whom it was passed on; the id of the request."""
    if service.state not in SERVICE_STATES:
        raise Problem("form_invalid", field="状态", rule="|".join(SERVICE_STATES))
    with transaction(branch_id, actor=by, cause="note_service") as tx:
        row = ServiceRequest(
            branch_id=branch_id,
            requester=_words("提出单位", service.requester),
            kind=_words("类别", service.kind)[:40],
            purpose=_words("用途", service.purpose),
            forwarded_to=_words("转交", service.forwarded_to) if service.forwarded_to else None,
            state=service.state,
            noted_on=_day(tx, noted_on),
        )
        body = {
            "requester": row.requester,
            "kind": row.kind,
            "purpose": row.purpose,
            "forwarded_to": row.forwarded_to,
            "state": row.state,
            "noted_on": row.noted_on,
        }
        event_hash = office_events.record(tx, "service.requested", body, actor=by)
        row.id = event_hash[:32]
        tx.session.add(row)
    return event_hash[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """FOLLOW_UP_INTENTIONS, or SWEEP with the name of an area and how many times."""

    week_starts_on: str
    kind: str
    area: str | None = None
    times: int = 1


def note_plan(branch_id: str, line: PlanLine, *, by: str) -> str:
    """Add a line to the plan of a week (本周工作计划); the id of the line.

    Refuses `report_week_invalid` for a first day that is no Monday, `form_invalid`.
    """
    week_starts_on, kind, times = line.week_starts_on, line.kind, line.times
    if parse_date(week_starts_on).weekday() != 0:
        raise Problem("report_week_invalid", first_day=week_starts_on)
    if kind not in PLAN_KINDS or not 1 <= times <= _TIMES_MAX:
        raise Problem("form_invalid", field="计划", rule="|".join(PLAN_KINDS))
    area = _words("片区", line.area or "") if kind == "SWEEP" else None
    with transaction(branch_id, actor=by, cause="note_plan") as tx:
        body = {"week_starts_on": week_starts_on, "kind": kind, "area": area, "times": times}
        event_hash = office_events.record(tx, "plan.noted", body, actor=by)
        tx.session.add(
            PlanItem(
                branch_id=branch_id,
                id=event_hash[:32],
                week_starts_on=week_starts_on,
                kind=kind,
                area=area,
                times=times,
                position=_next_position(tx.session, branch_id, week_starts_on),
            )
        )
    return event_hash[:32]


def _next_position(session: Session, branch_id: str, week_starts_on: str) -> int:
    held = session.scalar(
        select(func.count())
        .select_from(PlanItem)
        .where(PlanItem.branch_id == branch_id, PlanItem.week_starts_on == week_starts_on)
    )
    return int(held or 0) + 1


def _day(tx: Tx, noted_on: str | None) -> str:
    return parse_date(noted_on).isoformat() if noted_on else day_of(tx.now_ms)


def _words(field: str, text: str) -> str:
    words = text.strip()
    if not 1 <= len(words) <= 100:
        raise Problem("form_invalid", field=field, rule="1–100 字")
    return words
