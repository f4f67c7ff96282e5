"""Master data as values: areas, borrowers and loans with their balances before a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FARM_HOUSEHOLD = "FARM_HOUSEHOLD"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaData:
    """A town or a sub-area."""

    id: str
    name: str
    level: str
    population: int | None
    committees: tuple[str, ...]
    economy: str | None
    counts_household_total: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdData:
    """A farm household, or a collective borrower."""

    id: str
    name: str
    area: str
    village: str | None = None
    natural_village: str | None = None
    kind: str = FARM_HOUSEHOLD
    successor_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanData:
    """A loan. interest_fen is None where the core system gave none; dates may be unknown."""

    id: str
    household: str
    principal_fen: int
    interest_fen: int | None
    due_on: str | None
    interruptions: tuple[tuple[str, str], ...] = ()
    contract_no: str | None = None
    loan_on: str | None = None
    guarantor_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergerData:
    """One unit passed into another."""

    from_unit: str
    into_unit: str
    effective_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterData:
    """All master data of a branch, each list in the order in which it is to be printed."""

    areas: Sequence[AreaData]
    households: Sequence[HouseholdData]
    loans: Sequence[LoanData]
    mergers: Sequence[MergerData] = ()
