"""The weekly report (下乡催收周报): facts in, figures and sentences out. Pure.

facts -> groups (report_groups) -> sums checked (report_sums)
      -> figures (here) and sentences (report_text, report_totals)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from server.office.report_facts import LimitationFact, WeekFacts
from server.office.report_groups import AreaGroups, WeekGroups, group_week
from server.office.report_sums import require_sums
from server.office.report_text import paragraphs_of
from server.office.report_totals import Totals, totals_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigures:
    """The figures of one area. households_total is None where the area does not count (A13)."""

    area: str
    households_total: int | None
    signed_back_households: int
    cash_households: int
    cash_principal_fen: int
    cash_interest_fen: int
    receipts: int
    intention_households: int
    intention_principal_fen: int
    intention_names: tuple[str, ...]
    unsigned_households: int
    unsigned_by_reason: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """The shape that `--json` prints."""
        names = (name for name in self.__slots__)
        shape: dict[str, object] = {name: getattr(self, name) for name in names}
        shape["intention_names"] = list(self.intention_names)
        shape["unsigned_by_reason"] = dict(self.unsigned_by_reason)
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every figure of the report. Amounts in fen."""

    areas: tuple[AreaFigures, ...]
    collective_loans: int
    collective_principal_fen: int
    service_requests: int
    week_receipts: int
    week_cash_principal_fen: int
    week_cash_interest_fen: int
    week_cash_total_fen: int
    limitation: Mapping[str, LimitationFact]

    def to_json(self) -> dict[str, object]:
        """The one JSON form of a report, as `doorstep rehearse --json` prints it."""
        return {
            "areas": [area.to_json() for area in self.areas],
            "collective": {
                "loans": self.collective_loans,
                "principal_fen": self.collective_principal_fen,
            },
            "service_requests": self.service_requests,
            "week_receipts": self.week_receipts,
            "week_cash_principal_fen": self.week_cash_principal_fen,
            "week_cash_interest_fen": self.week_cash_interest_fen,
            "week_cash_total_fen": self.week_cash_total_fen,
            "limitation": {
                loan_id: {"status": fact.status, "ends_on": fact.ends_on}
                for loan_id, fact in self.limitation.items()
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it would be issued now: figures, paragraphs of text, and derived totals."""

    facts: WeekFacts
    groups: WeekGroups
    figures: Figures
    paragraphs: tuple[str, ...]
    totals: Totals


def make_report(facts: WeekFacts) -> Report:
    """The report of a period. Refuses `report_does_not_sum` rather than print a wrong figure."""
    groups = group_week(facts)
    require_sums(facts, groups)
    return Report(
        facts=facts,
        groups=groups,
        figures=figures_of(facts, groups),
        paragraphs=tuple(paragraphs_of(facts, groups)),
        totals=totals_of(facts, groups),
    )


def figures_of(facts: WeekFacts, groups: WeekGroups) -> Figures:
    """Count the groups and add up the receipts of the period."""
    collective_loans = [loan for one in groups.collectives for loan in one.loans]
    return Figures(
        areas=tuple(_area_figures(area) for area in groups.areas),
        collective_loans=len(collective_loans),
        collective_principal_fen=sum(loan.principal_fen for loan in collective_loans),
        service_requests=len(facts.services),
        week_receipts=len(groups.receipts),
        week_cash_principal_fen=sum(receipt.principal_fen for receipt in groups.receipts),
        week_cash_interest_fen=sum(receipt.interest_fen for receipt in groups.receipts),
        week_cash_total_fen=sum(receipt.amount_fen for receipt in groups.receipts),
        limitation={loan.id: loan.on_report for one in facts.households for loan in one.loans},
    )


def _area_figures(groups: AreaGroups) -> AreaFigures:
    counts = groups.area.counts_household_total
    reasons = Counter(one.reason for one in groups.unsigned)
    return AreaFigures(
        area=groups.area.id,
        households_total=len(groups.households) if counts else None,
        signed_back_households=len(groups.signed),
        cash_households=len(groups.cash),
        cash_principal_fen=sum(receipt.principal_fen for receipt in groups.receipts),
        cash_interest_fen=sum(receipt.interest_fen for receipt in groups.receipts),
        receipts=len(groups.receipts),
        intention_households=len(groups.promising),
        intention_principal_fen=sum(loan.principal_fen for loan in groups.covered),
        intention_names=tuple(sorted(one.name for one in groups.promising)),
        unsigned_households=len(groups.unsigned),
        unsigned_by_reason=dict(sorted(reasons.items())),
    )
