"""Reads the facts of a weekly report from the records. Nothing is typed, nothing is guessed.

In scope are the areas in which the period has a planned stop or a record of any kind; of such an
area every borrowing household counts (A3, A4), visited or not.
"""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy.orm import Session

from server.office.master_data import FARM_HOUSEHOLD
from server.office.report_facts import AreaFact, Period, WeekFacts
from server.office.report_period import monday_of
from server.services.weekly_households import household_facts
from server.services.weekly_rows import WeekRows
from server.tables import Area


def week_facts(session: Session, branch_id: str, period: Period) -> WeekFacts:
    """The facts of a period as they are recorded now."""
    rows = WeekRows(session, branch_id, period)
    areas = _areas(rows)
    receipts = rows.receipts()
    return WeekFacts(
        period=period,
        areas=areas,
        households=household_facts(rows, {area.id for area in areas}),
        receipts=tuple(one for one in receipts if period.holds(one.effective_on)),
        late=tuple(one for one in receipts if one.effective_on > period.ends_on and one.is_valid),
        signatures=rows.signatures(),
        reasons=rows.reasons(),
        intentions=rows.intentions(),
        assists=rows.assists(),
        services=rows.services(),
        plan=rows.plan(monday_of(period.report_on)),
        mergers=rows.mergers(),
        pieces=_pieces(rows),
        variances=rows.variances(),
    )


def _areas(rows: WeekRows) -> tuple[AreaFact, ...]:
    """The areas in scope. One without any farm household is kept for its name and collectives."""
    households = rows.households()
    active = rows.active_households()
    inhabited = {row.area_id for row in households if row.kind == FARM_HOUSEHOLD}
    in_scope = {row.area_id for row in households if row.id in active}
    return tuple(
        _area(row) for row in rows.areas() if row.id in in_scope or row.id not in inhabited
    )


def _area(row: Area) -> AreaFact:
    return AreaFact(
        id=row.id,
        name=row.name,
        committees=tuple(json.loads(row.committees)),
        population=row.population,
        counts_household_total=row.counts_household_total,
    )


def _pieces(rows: WeekRows) -> dict[int, int]:
    """Pieces the cashier counted in the period, by fen of a piece."""
    pieces: Counter[int] = Counter()
    for counted in rows.denominations():
        pieces.update({int(value): count for value, count in json.loads(counted).items()})
    return dict(pieces)
