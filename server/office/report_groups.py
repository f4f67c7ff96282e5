"""Which group each household of a report is in: cash over signed over unsigned (domain 2.5).

Every household of an area is in exactly one of the three, so that the groups sum to the total.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.office.report_facts import (
    AreaFact,
    HouseholdFact,
    LoanFact,
    ReasonFact,
    ReceiptFact,
    SignatureFact,
    WeekFacts,
)
from sync.events import may_sign

UNSTATED = "UNSTATED"
LIMITATION_LOST = "LIMITATION_LOST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A household that neither paid nor signed, and why."""

    household: HouseholdFact
    reason: str
    away_place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaGroups:
    """One area of the report: its households by group, each list in the order of printing.

    promising    Households with an intention or a promise in the period.
    covered      The loans those are about, each once.
    signed_lost  Signed back although every loan had expired: for legal review (NV3).
    """

    area: AreaFact
    households: tuple[HouseholdFact, ...]
    receipts: tuple[ReceiptFact, ...]
    cash: tuple[HouseholdFact, ...]
    signed: tuple[HouseholdFact, ...]
    unsigned: tuple[Unsigned, ...]
    promising: tuple[HouseholdFact, ...]
    covered: tuple[LoanFact, ...]

    @property
    def signed_lost(self) -> tuple[HouseholdFact, ...]:
        """Households whose signature does not bring the expired claim back by itself."""
        return tuple(one for one in self.signed if one.has_lost_limitation)

    def because(self, reason: str) -> tuple[Unsigned, ...]:
        """The unsigned households with this reason."""
        return tuple(one for one in self.unsigned if one.reason == reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekGroups:
    """The whole week in groups: the areas, the collective borrowers, and what is counted apart."""

    areas: tuple[AreaGroups, ...]
    collectives: tuple[HouseholdFact, ...]
    collective_receipts: tuple[ReceiptFact, ...]
    receipts: tuple[ReceiptFact, ...]
    waiting: tuple[ReceiptFact, ...]


def group_week(facts: WeekFacts) -> WeekGroups:
    """Put every household of the facts into its area and its group."""
    valid = tuple(receipt for receipt in facts.receipts if receipt.is_valid)
    collectives = tuple(one for one in facts.households if one.is_collective)
    return WeekGroups(
        areas=tuple(_group_area(facts, area, valid) for area in facts.areas),
        collectives=collectives,
        collective_receipts=_receipts_of(collectives, valid),
        receipts=valid,
        waiting=tuple(receipt for receipt in facts.receipts if not receipt.is_valid),
    )


def counts_as_signed(paper: SignatureFact) -> bool:
    """Did the notice come back signed by one who may sign it, and was it not refused?"""
    return not paper.is_refused and may_sign(
        paper.signer_role,
        lives_here=paper.lives_here,
        adult=paper.adult,
        relation=paper.relation,
        addressee_role=paper.addressee_role,
    )


def _group_area(facts: WeekFacts, area: AreaFact, receipts: tuple[ReceiptFact, ...]) -> AreaGroups:
    households = tuple(
        one for one in facts.households if one.area_id == area.id and not one.is_collective
    )
    paid = {receipt.household_id for receipt in receipts}
    signed = {paper.household_id for paper in facts.signatures if counts_as_signed(paper)}
    promised = {intention.household_id for intention in facts.intentions}
    loans = {intention.loan_id for intention in facts.intentions}
    reasons = {reason.household_id: reason for reason in facts.reasons}
    return AreaGroups(
        area=area,
        households=households,
        receipts=_receipts_of(households, receipts),
        cash=tuple(one for one in households if one.id in paid),
        signed=tuple(one for one in households if one.id in signed - paid),
        unsigned=tuple(
            _unsigned(one, reasons.get(one.id)) for one in households if one.id not in signed | paid
        ),
        promising=tuple(one for one in households if one.id in promised),
        covered=tuple(loan for one in households for loan in one.loans if loan.id in loans),
    )


def _unsigned(household: HouseholdFact, typed: ReasonFact | None) -> Unsigned:
    """Lost limitation is computed and stands over whatever was typed, true or not (design 7)."""
    if household.has_lost_limitation:
        return Unsigned(household=household, reason=LIMITATION_LOST, away_place=None)
    if typed is None or typed.reason == LIMITATION_LOST:
        return Unsigned(household=household, reason=UNSTATED, away_place=None)
    return Unsigned(household=household, reason=typed.reason, away_place=typed.away_place)


def _receipts_of(
    households: Iterable[HouseholdFact], receipts: tuple[ReceiptFact, ...]
) -> tuple[ReceiptFact, ...]:
    ids = {household.id for household in households}
    return tuple(receipt for receipt in receipts if receipt.household_id in ids)
