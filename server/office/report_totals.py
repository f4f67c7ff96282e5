"""Totals behind the sentences: rates, cash by denomination, and who was reached.

Rates are hundredths of a percent as integers: 68.42 % is 6842. An area without a total has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.office.report_facts import HouseholdFact, VarianceFact, WeekFacts
from server.office.report_groups import UNSTATED, AreaGroups, WeekGroups
from server.office.report_names import yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTotals:
    """What follows from the groups of one area that counts its households.

    secured  Households that signed or paid and whose open loans all run on the report day.
    """

    area: str
    name: str
    households: int
    signed_back: int
    unpaid: int
    secured: int
    unexplained: int
    cash_total_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What follows from the week as a whole."""

    areas: tuple[AreaTotals, ...]
    receipts: int
    cash_total_fen: int
    cash_principal_fen: int
    cash_interest_fen: int
    intention_households: int
    intention_principal_fen: int
    households_touched: int
    pieces: Mapping[int, int]
    variances: tuple[VarianceFact, ...]


def percent(part: int, whole: int) -> int | None:
    """A rate in hundredths of a percent, half up; None of nothing, for 0 of 0 is no rate."""
    return (part * 10_000 * 2 + whole) // (whole * 2) if whole else None


def show_percent(rate: int | None) -> str:
    """68.42%, or a dash where there is no rate (A13)."""
    return "—" if rate is None else f"{rate // 100}.{rate % 100:02d}%"


def totals_of(facts: WeekFacts, groups: WeekGroups) -> Totals:
    """The derived totals of a week."""
    return Totals(
        areas=tuple(_area(one) for one in groups.areas if one.area.counts_household_total),
        receipts=len(groups.receipts),
        cash_total_fen=sum(receipt.amount_fen for receipt in groups.receipts),
        cash_principal_fen=sum(receipt.principal_fen for receipt in groups.receipts),
        cash_interest_fen=sum(receipt.interest_fen for receipt in groups.receipts),
        intention_households=sum(len(area.promising) for area in groups.areas),
        intention_principal_fen=sum(
            loan.principal_fen for area in groups.areas for loan in area.covered
        ),
        households_touched=len(_touched(facts, groups)),
        pieces=dict(sorted((facts.pieces or {}).items(), reverse=True)),
        variances=facts.variances,
    )


def _area(groups: AreaGroups) -> AreaTotals:
    return AreaTotals(
        area=groups.area.id,
        name=groups.area.name,
        households=len(groups.households),
        signed_back=len(groups.signed),
        unpaid=len(groups.households) - len(groups.cash),
        secured=sum(_is_secured(one) for one in (*groups.signed, *groups.cash)),
        unexplained=len(groups.because(UNSTATED)),
        cash_total_fen=sum(receipt.amount_fen for receipt in groups.receipts),
    )


def _is_secured(household: HouseholdFact) -> bool:
    return all(loan.on_report.status == "RUNNING" for loan in household.loans if loan.is_open)


def _touched(facts: WeekFacts, groups: WeekGroups) -> set[str]:
    """Farm households that were visited, or of whom anything was recorded, in the period."""
    recorded = {
        *(one.household_id for one in groups.receipts),
        *(one.household_id for one in facts.signatures),
        *(one.household_id for one in facts.reasons),
        *(one.household_id for one in facts.intentions),
    }
    return {
        one.id
        for area in groups.areas
        for one in area.households
        if one.visited_on is not None or one.id in recorded
    }


def total_lines(totals: Totals) -> list[str]:
    """The totals as lines for people, behind the sentences of the report."""
    lines = [
        f"本期现金收据{totals.receipts}张，共{yuan(totals.cash_total_fen)}，"
        f"本金{yuan(totals.cash_principal_fen)}，利息{yuan(totals.cash_interest_fen)}。",
        f"达成还款意向{totals.intention_households}户，"
        f"借款本金{yuan(totals.intention_principal_fen)}。",
        f"本期走访农户{totals.households_touched}户。",
        *(_area_line(area) for area in totals.areas if area.households),
    ]
    if totals.pieces:
        lines.append(_pieces_line(totals.pieces))
    return lines + [_variance_line(one) for one in totals.variances]


def _area_line(area: AreaTotals) -> str:
    signed_of_all = show_percent(percent(area.signed_back, area.households))
    signed_of_unpaid = show_percent(percent(area.signed_back, area.unpaid))
    secured = show_percent(percent(area.secured, area.households))
    return (
        f"{area.name}：签回率{signed_of_all}（占借款农户），"
        f"{signed_of_unpaid}（占未还现金农户）；"
        f"诉讼时效已保全{area.secured}户（{secured}）；"
        f"现金共{yuan(area.cash_total_fen)}；未注明原因{area.unexplained}户。"
    )


def _pieces_line(pieces: Mapping[int, int]) -> str:
    return f"点钞：{'，'.join(_pieces(pieces))}。"


def _pieces(pieces: Mapping[int, int]) -> Sequence[str]:
    return [f"{yuan(value)}券{count}张" for value, count in pieces.items() if count]


def _variance_line(one: VarianceFact) -> str:
    side = "短款" if one.variance_fen < 0 else "长款"
    return f"{one.day} {one.officer}{side}{yuan(abs(one.variance_fen))}：{one.cause}。"
