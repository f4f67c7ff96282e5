"""A small bank for the report's rules: what a test does not speak of is filled in."""

from __future__ import annotations

from typing import Any

from server.office.report import Report, make_report
from server.office.report_facts import (
    AreaFact,
    HouseholdFact,
    IntentionFact,
    LimitationFact,
    LoanFact,
    Period,
    ReasonFact,
    ReceiptFact,
    SignatureFact,
    WeekFacts,
)

PERIOD = Period(starts_on="2026-03-02", ends_on="2026-03-06", report_on="2026-03-09")
RUNNING = LimitationFact(status="RUNNING", ends_on="2027-01-01")
EXPIRED = LimitationFact(status="EXPIRED", ends_on="2021-01-01")
UNKNOWN = LimitationFact(status="UNKNOWN", ends_on=None)

TOWN = AreaFact(
    id="T", name="清溪镇", committees=("上坪", "下坪"), population=900, counts_household_total=True
)
SUB_AREA = AreaFact(
    id="S", name="河背片区", committees=(), population=None, counts_household_total=False
)


def loan(loan_id: str, stand: LimitationFact = RUNNING, **changes: Any) -> LoanFact:
    """An open loan of 1,000 yuan."""
    given: dict[str, Any] = {
        "principal_fen": 1000_00,
        "is_open": True,
        "on_visit": stand,
        "on_report": stand,
    }
    return LoanFact(id=loan_id, **(given | changes))


def household(number: int, name: str, *stands: LimitationFact, **changes: Any) -> HouseholdFact:
    """A household of the town with one loan for each limitation given, or one that runs."""
    loans = tuple(loan(f"L{number}-{n}", stand) for n, stand in enumerate(stands or [RUNNING]))
    given: dict[str, Any] = {
        "area_id": "T",
        "village": "上坪",
        "natural_village": None,
        "loans": loans,
    }
    return HouseholdFact(id=f"H{number}", name=name, **(given | changes))


def receipt(number: int, **changes: Any) -> ReceiptFact:
    """A slip of 600 yuan of household `number`: 500 principal, 100 interest."""
    given: dict[str, Any] = {
        "receipt_no": f"SJ{number:06}",
        "household_id": f"H{number}",
        "loan_id": f"L{number}-0",
        "effective_on": "2026-03-03",
        "amount_fen": 600_00,
        "principal_fen": 500_00,
        "interest_fen": 100_00,
        "penalty_fen": 0,
        "cost_fen": 0,
    }
    return ReceiptFact(**(given | changes))


def signature(number: int, role: str = "debtor", **changes: Any) -> SignatureFact:
    """A notice of household `number` that came back."""
    given: dict[str, Any] = {
        "signed_on": "2026-03-03",
        "lives_here": True,
        "adult": True,
        "relation": None,
    }
    return SignatureFact(household_id=f"H{number}", signer_role=role, **(given | changes))


def reason(number: int, code: str, away_place: str | None = None) -> ReasonFact:
    """What the officer chose for household `number`."""
    return ReasonFact(household_id=f"H{number}", reason=code, away_place=away_place)


def intention(number: int, loan_number: int = 0) -> IntentionFact:
    """Household `number` means to repay one of its loans."""
    return IntentionFact(household_id=f"H{number}", loan_id=f"L{number}-{loan_number}")


def facts(*households: HouseholdFact, **changes: Any) -> WeekFacts:
    """A week of these households in the town and the sub-area."""
    given: dict[str, Any] = {"areas": (TOWN, SUB_AREA), "period": PERIOD}
    return WeekFacts(households=households, **(given | changes))


def report(*households: HouseholdFact, **changes: Any) -> Report:
    """The report of such a week."""
    return make_report(facts(*households, **changes))
