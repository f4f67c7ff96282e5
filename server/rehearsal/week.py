"""A week as a week file tells it: master data and what happened, as integers and ids (design 7).

Days are indexes: 0 is the first day of the sweep. Money is integer fen. Outcomes, limitation and
totals are not here: the system computes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from server.office.master_data import (
    FARM_HOUSEHOLD,
    AreaData,
    HouseholdData,
    LoanData,
    MasterData,
    MergerData,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHousehold(HouseholdData):
    """A borrower and what the week says of him. away_place: the officer's remark, if any."""

    unsigned_reason: str | None = None
    away_place: str | None = None
    visit_day: int | None = None

    @property
    def is_farm(self) -> bool:
        """True for a household that is counted; a collective borrower never is (U16)."""
        return self.kind == FARM_HOUSEHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekNotice:
    """A notice. signed_day is None if it did not come back; made_day None: made when served."""

    id: str
    loan: str
    household: str
    signed_day: int | None
    made_day: int | None
    signer_role: str
    signer_name: str | None
    relation: str | None
    lives_here: bool
    adult: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekReceipt:
    """A receipt, as one upload of it: the same client_id again is a retry, or a conflict."""

    receipt_no: str
    client_id: str
    loan: str
    household: str
    day: int
    total_fen: int
    principal_fen: int
    interest_fen: int
    penalty_fen: int
    cost_fen: int
    payer_role: str
    payer_name: str | None
    collector: str
    second_person: str | None
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekIntention:
    """An intention to repay; with a date and an amount it is a promise."""

    household: str
    loan: str
    promised_on: str | None
    promised_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekAssist:
    """Help asked from offices about some borrowers."""

    id: str
    about: tuple[str, ...]
    asked_of: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekService:
    """A wish that is no debt."""

    id: str
    requester: str
    kind: str
    purpose: str
    forwarded_to: str | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPlanItem:
    """A line of next week's plan."""

    id: str
    kind: str
    area: str | None
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDay:
    """What the cashier counted on a day: pieces by fen of a piece; None: what there should be."""

    day: int
    pieces: tuple[tuple[int, int], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A whole week file in one profile of dates."""

    sweep_days: tuple[str, ...]
    report_on: str
    areas: tuple[AreaData, ...]
    households: tuple[WeekHousehold, ...]
    loans: tuple[LoanData, ...]
    notices: tuple[WeekNotice, ...] = ()
    receipts: tuple[WeekReceipt, ...] = ()
    intentions: tuple[WeekIntention, ...] = ()
    assists: tuple[WeekAssist, ...] = ()
    services: tuple[WeekService, ...] = ()
    plan: tuple[WeekPlanItem, ...] = ()
    mergers: tuple[MergerData, ...] = ()
    cash_days: tuple[CashDay, ...] = ()
    _by_id: dict[str, WeekHousehold] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {one.id: one for one in self.households})

    def household(self, household_id: str) -> WeekHousehold:
        """The household with this id."""
        return self._by_id[household_id]

    @property
    def master(self) -> MasterData:
        """The master data alone."""
        return MasterData(
            areas=self.areas, households=self.households, loans=self.loans, mergers=self.mergers
        )

    def day(self, index: int) -> str:
        """The date of a day index; behind the sweep the calendar goes on."""
        return day_of_index(self.sweep_days, index)


def day_of_index(sweep_days: tuple[str, ...], index: int) -> str:
    """The date of a day index: 0 is the first sweep day, 6 is the Sunday after five days."""
    assert index >= 0, "the reader refuses days before the sweep"
    if index < len(sweep_days):
        return sweep_days[index]
    beyond = index - len(sweep_days) + 1
    return (date.fromisoformat(sweep_days[-1]) + timedelta(days=beyond)).isoformat()
