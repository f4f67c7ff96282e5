"""The supervisor plans an officer's days in the villages, and publishes the route (U21).

A sweep is a draft until it is published. Publishing puts its stops, with their households, loans
and villages, into the officer's feed; a change afterwards is published at once in the same way:
what is new or moved is sent, what was taken out leaves the phone.

A phone carries the cases of its present sweeps only: what remains of sweeps that are over leaves
it when the next one is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import Tx, transaction
from server.services import office_events, sweep_scope
from server.services.branches import collectors
from server.tables import Household, Staff, Stop, Sweep
from sync.canonical import sha256_hex
from sync.dates import parse_date
from sync.problems import Problem

# U1: the planned days of a sweep, at most seven.
DAYS_MAX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Who goes out, with whom, and from which day to which."""

    officer_id: str
    second_officer_id: str | None
    starts_on: str
    ends_on: str

    @property
    def days(self) -> list[str]:
        """The days of the sweep in order, weekends included if they lie in it."""
        first, last = parse_date(self.starts_on), parse_date(self.ends_on)
        return [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]


def draft_sweep(branch_id: str, week: Week, *, by: str) -> str:
    """Begin a sweep; its id. The same officer and first day give the same draft again.

    Refuses `staff_unknown` for somebody who is no officer, `form_invalid` for days that are none
    or too many or for a team of one person twice, `sweep_overlaps`, `sweep_published`.
    """
    _check_week(week)
    sweep_id = f"S{week.starts_on.replace('-', '')}-{week.officer_id}"[:64]
    with transaction(branch_id, actor=by, cause="draft_sweep") as tx:
        _check_team(tx.session, branch_id, week)
        _check_overlap(tx.session, branch_id, week, sweep_id)
        sweep = tx.session.get(Sweep, (branch_id, sweep_id))
        if sweep is None:
            sweep = Sweep(
                branch_id=branch_id,
                id=sweep_id,
                officer_id=week.officer_id,
                starts_on=week.starts_on,
                state="draft",
                created_by=by,
                published_at_ms=None,
            )
            tx.session.add(sweep)
        elif sweep.state == "published":
            raise Problem("sweep_published")
        sweep.second_officer_id = week.second_officer_id
        sweep.ends_on = week.ends_on
    return sweep_id


def plan_stops(branch_id: str, sweep_id: str, stops: Sequence[tuple[str, str]], *, by: str) -> None:
    """Set the route of a sweep: (household, day) in the order of the way, whole, not in part.

    A sweep that was published is published again with the change. Refuses `sweep_unknown`,
    `sweep_day_invalid`, `household_unknown`, `household_assigned`, `form_invalid` for a household
    that stands twice, and `sweep_empty` when a published sweep would lose its last stop.
    """
    with transaction(branch_id, actor=by, cause="plan_stops") as tx:
        sweep = _sweep(tx.session, branch_id, sweep_id)
        _check_stops(tx.session, sweep, stops)
        gone = _write_stops(tx, sweep, stops)
        if sweep.state == "published":
            _publish(tx, sweep, gone)


def publish_sweep(branch_id: str, sweep_id: str, *, by: str) -> str:
    """Send a sweep to the officer's phone; the hash of the event.

    Refuses `sweep_unknown`, `sweep_empty`, `sweep_overlaps` and `household_assigned`: another
    sweep may have been published since this one was drawn up.
    """
    with transaction(branch_id, actor=by, cause="publish_sweep") as tx:
        sweep = _sweep(tx.session, branch_id, sweep_id)
        week = week_of(sweep)
        _check_team(tx.session, branch_id, week)
        _check_overlap(tx.session, branch_id, week, sweep_id)
        stops = sweep_scope.stops_of(tx.session, branch_id, sweep_id)
        _check_stops(tx.session, sweep, [(stop.household_id, stop.day) for stop in stops])
        return _publish(tx, sweep, [])


def week_of(sweep: Sweep) -> Week:
    """Team and days of a sweep."""
    return Week(
        officer_id=sweep.officer_id,
        second_officer_id=sweep.second_officer_id,
        starts_on=sweep.starts_on,
        ends_on=sweep.ends_on,
    )


def _check_week(week: Week) -> None:
    first, last = parse_date(week.starts_on), parse_date(week.ends_on)
    if not 1 <= (last - first).days + 1 <= DAYS_MAX:
        raise Problem("form_invalid", field="日期", rule=f"1–{DAYS_MAX} 天")
    if week.second_officer_id == week.officer_id:
        raise Problem("form_invalid", field="同行人员", rule="须是另一人")


def _check_team(session: Session, branch_id: str, week: Week) -> None:
    officers = collectors(session, branch_id)
    for staff_id in (week.officer_id, week.second_officer_id):
        if staff_id is not None and staff_id not in officers:
            raise Problem("staff_unknown", staff=staff_id)


def _check_overlap(session: Session, branch_id: str, week: Week, sweep_id: str) -> None:
    """One officer has one published sweep at a time (U21)."""
    for other in sweep_scope.published(session, branch_id, week.starts_on, week.ends_on):
        if other.officer_id == week.officer_id and other.id != sweep_id:
            officer = session.get_one(Staff, (branch_id, week.officer_id))
            raise Problem(
                "sweep_overlaps",
                officer=officer.name,
                starts_on=other.starts_on,
                ends_on=other.ends_on,
            )


def _sweep(session: Session, branch_id: str, sweep_id: str) -> Sweep:
    sweep = session.get(Sweep, (branch_id, sweep_id), with_for_update=True)
    if sweep is None:
        raise Problem("sweep_unknown", sweep=sweep_id)
    return sweep


def _check_stops(session: Session, sweep: Sweep, stops: Sequence[tuple[str, str]]) -> None:
    days = set(week_of(sweep).days)
    known = set(session.scalars(select(Household.id).filter_by(branch_id=sweep.branch_id)))
    taken = sweep_scope.taken_by_others(session, sweep)
    seen: set[str] = set()
    for household_id, day in stops:
        if day not in days:
            raise Problem("sweep_day_invalid", day=day)
        if household_id not in known:
            raise Problem("household_unknown", household=household_id)
        if household_id in seen:
            raise Problem("form_invalid", field=household_id, rule="重复")
        if household_id in taken:
            raise Problem("household_assigned", household=household_id, officer=taken[household_id])
        seen.add(household_id)


def _write_stops(tx: Tx, sweep: Sweep, stops: Sequence[tuple[str, str]]) -> list[Stop]:
    """Bring the rows to the new route; the stops that are gone."""
    held = {
        stop.household_id: stop for stop in sweep_scope.stops_of(tx.session, tx.branch_id, sweep.id)
    }
    position: dict[str, int] = {}
    for household_id, day in stops:
        position[day] = position.get(day, 0) + 1
        stop = held.pop(household_id, None)
        if stop is None:
            key = f"{sweep.id} {household_id}"
            stop = Stop(
                branch_id=tx.branch_id,
                id=sha256_hex(key.encode())[:32],
                sweep_id=sweep.id,
                household_id=household_id,
            )
            tx.session.add(stop)
        stop.day, stop.position = day, position[day]
    for stop in held.values():
        tx.session.delete(stop)
    tx.session.flush()
    return list(held.values())


def _publish(tx: Tx, sweep: Sweep, gone: Sequence[Stop]) -> str:
    stops = sweep_scope.stops_of(tx.session, tx.branch_id, sweep.id)
    if not stops:
        raise Problem("sweep_empty")
    sweep.state = "published"
    sweep.published_at_ms = tx.now_ms
    tx.session.flush()
    body = {
        "sweep": sweep.id,
        "officer": sweep.officer_id,
        "second_officer": sweep.second_officer_id,
        "starts_on": sweep.starts_on,
        "ends_on": sweep.ends_on,
        "stops": [[stop.household_id, stop.day, stop.position] for stop in stops],
    }
    event_hash = office_events.record(tx, "sweep.published", body, actor=tx.actor)
    sweep_scope.rescope(tx, sweep, stops, gone)
    return event_hash
