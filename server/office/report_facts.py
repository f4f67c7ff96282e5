"""What the weekly report is made of: the facts of one period, as plain values.

A service reads them from the database; nothing here knows where they came from. Money is integer
fen, dates are 'YYYY-MM-DD' in Asia/Shanghai, and people are told apart by id, never by name (R30).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# After these no court protects the claim any more; UNKNOWN and IN_PROCEDURE are not lost.
LOST_STATUSES = frozenset({"EXPIRED", "LONGSTOP_PASSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days a report counts, and the day on which it is written.

    A receipt dated after ends_on belongs to the next period even if it is here already.
    """

    starts_on: str
    ends_on: str
    report_on: str

    def holds(self, day: str) -> bool:
        """Does a day belong to this period?"""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFact:
    """A town or sub-area; one that does not count households reports its cash only (A13)."""

    id: str
    name: str
    committees: tuple[str, ...]
    population: int | None
    counts_household_total: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationFact:
    """Where the limitation period of a loan stood on a day; ends_on is the unrolled last day."""

    status: str
    ends_on: str | None

    @property
    def is_lost(self) -> bool:
        """True if the claim is no longer protected (已丧失诉讼时效)."""
        return self.status in LOST_STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFact:
    """A loan as it stands on the report day, and its limitation on the day of the visit."""

    id: str
    principal_fen: int
    is_open: bool
    on_visit: LimitationFact
    on_report: LimitationFact


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFact:
    """A borrower that is visited: a farm household, or a collective one (U16)."""

    id: str
    name: str
    area_id: str
    village: str | None
    natural_village: str | None
    loans: tuple[LoanFact, ...]
    visited_on: str | None = None
    was_planned: bool = False
    is_collective: bool = False
    successor_unit: str | None = None

    @property
    def has_lost_limitation(self) -> bool:
        """True if every open loan was expired on the day of the visit (design 7)."""
        loans = [loan for loan in self.loans if loan.is_open]
        return bool(loans) and all(loan.on_visit.is_lost for loan in loans)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFact:
    """A receipt. is_valid is false while it waits for a person: its cash is counted apart."""

    receipt_no: str
    household_id: str
    loan_id: str
    effective_on: str
    amount_fen: int
    principal_fen: int
    interest_fen: int
    penalty_fen: int
    cost_fen: int
    is_valid: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFact:
    """A notice that came back with a signature, and who signed it."""

    household_id: str
    signed_on: str
    signer_role: str
    lives_here: bool
    adult: bool
    relation: str | None
    addressee_role: str = "borrower"
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFact:
    """Why a household did not sign, as the officer chose it; the last one of the period."""

    household_id: str
    reason: str
    away_place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentionFact:
    """An intention or promise to repay one loan."""

    household_id: str
    loan_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistFact:
    """Help asked from leaders or units about some borrowers (协助事项)."""

    about: tuple[str, ...]
    asked_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFact:
    """A wish that is no debt (S54)."""

    requester: str
    kind: str
    purpose: str
    forwarded_to: str | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFact:
    """A line of the plan for the week in which the report is written (A18)."""

    kind: str
    area: str | None
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergerFact:
    """One unit passed into another (合并)."""

    from_unit: str
    into_unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceFact:
    """A count of cash that differed from the receipts: negative is short (短款)."""

    day: str
    officer: str
    variance_fen: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """All facts of one report, each list in the order in which it is to be printed.

    receipts     Of the period, valid ones and those that wait for a person.
    late         Dated after the period and here already: printed apart (NV7).
    pieces       Pieces counted by the cashier in the period, by their value in fen.
    variances    Counts of the period that were over or short; never hidden, never spread (R24).
    """

    period: Period
    areas: tuple[AreaFact, ...]
    households: tuple[HouseholdFact, ...]
    receipts: tuple[ReceiptFact, ...] = ()
    late: tuple[ReceiptFact, ...] = ()
    signatures: tuple[SignatureFact, ...] = ()
    reasons: tuple[ReasonFact, ...] = ()
    intentions: tuple[IntentionFact, ...] = ()
    assists: tuple[AssistFact, ...] = ()
    services: tuple[ServiceFact, ...] = ()
    plan: tuple[PlanFact, ...] = ()
    mergers: tuple[MergerFact, ...] = ()
    pieces: Mapping[int, int] | None = None
    variances: tuple[VarianceFact, ...] = ()
