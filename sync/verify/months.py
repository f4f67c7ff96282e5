"""The cashier's monthly reports (出纳报告单), added up again from legs and receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sync.books import Leg
from sync.cash_reports import CASH, MonthReport, Movement, month_report
from sync.cash_reports import Slip as Line
from sync.parts import PARTS
from sync.verify.slips import Slip
from sync.verify.world import World


def month_figures(report: MonthReport) -> dict[str, object]:
    """What an export says of a monthly report. Amounts in fen."""
    return {
        "opening_fen": report.journal.opening_fen,
        "in_fen": report.journal.in_fen,
        "out_fen": report.journal.out_fen,
        "closing_fen": report.journal.closing_fen,
        "variance_fen": report.variance_fen,
        "used": len(report.used),
        "void": len(report.void),
        "days": [list(day) for day in report.days],
    }


def check_months(world: World, slips: Mapping[str, Slip]) -> None:
    """Every month that had receipts or cash has its report, and the report adds up."""
    movements = _movements(world)
    lines = _lines(world, slips)
    shut = {str(event.body.get("day")): event.recorded_at for event in world.of_kind("day.closed")}
    told = world.once("monthly", "month", "month")
    for month in sorted({*told, *_months(world)}):
        if month not in told:
            world.findings.broken("figure_wrong", month=month)
            continue
        should = month_figures(month_report(movements, lines, shut, month))
        for name, figure in should.items():
            if told[month][name] != figure:
                world.findings.broken("figure_wrong", month=month, field=name)


def _months(world: World) -> set[str]:
    found = {event.recorded_on[:7] for event in world.of_kind("cash.receipt", "cash.void")}
    for event in world.events.values():
        if any(leg.account == CASH for leg in event.legs):
            found |= {event.recorded_on[:7], *(day[:7] for day in event.value_days)}
    return found


def _movements(world: World) -> list[Movement]:
    """The events of the cash. All legs of one bear one day, or check_legs has said so."""
    return [
        Movement(
            event=event.hash,
            kind=event.kind,
            at_ms=event.recorded_at,
            seq=event.seq,
            value_on=min(event.value_days),
            recorded_on=event.recorded_on,
            legs=tuple(Leg(leg.account, leg.amount_fen) for leg in event.legs),
            body=event.body,
        )
        for event in world.events.values()
        if any(leg.account in (CASH, "over_short") for leg in event.legs)
    ]


def _lines(world: World, slips: Mapping[str, Slip]) -> dict[str, Line]:
    voided = _voided_on(world)
    return {
        event_hash: Line(
            event=event_hash,
            number=slip.number,
            officer=slip.event.holder,
            loan=str(slip.event.body.get("loan")),
            household=str(slip.event.body.get("household")),
            method=str(slip.event.body.get("method")),
            state=slip.state,
            amount_fen=slip.cash_fen,
            parts={part: _fen(slip.event.body.get(f"{part}_fen")) for part in PARTS},
            taken_on=slip.event.effective_on,
            arrived_on=slip.event.recorded_on,
            voided_on=voided.get(event_hash) if slip.state == "voided" else None,
            counted_by=slip.counted_by,
        )
        for event_hash, slip in slips.items()
    }


def _voided_on(world: World) -> dict[str, str]:
    """Receipt -> the day on which the office heard of its void, or a supervisor ruled so."""
    days: defaultdict[str, list[str]] = defaultdict(list)
    for event in world.of_kind("quarantine.resolved"):
        days[str(event.body.get("target"))].append(event.recorded_on)
    found = {target: max(each) for target, each in days.items()}
    for event in world.of_kind("cash.void"):
        if event.is_applied:
            found[str(event.body.get("target"))] = event.recorded_on
    return found


def _fen(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
