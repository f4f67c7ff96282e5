"""The figures of a week file, worked out a second time: short, slow, and from the file alone.

Nothing of the program is imported. The rules are those of domain 2.5 and of issue 2, item 7. Only
the modern profile is understood, only periods of three years, and no loan may run out near the
week: the random weeks are made so.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

Raw = dict[str, Any]

MAY_SIGN = {"DEBTOR", "SPOUSE", "CO_BORROWER"}
LAST_DAY = 4


class Naive:
    """The file, asked question by question."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        dates = raw["date_profiles"]["modern"]
        self.monday = date.fromisoformat(dates["sweep_days"][0])
        self.report_on = date.fromisoformat(dates["report_date"])
        first: dict[str, Raw] = {}
        for one in raw["receipts"]:
            first.setdefault(one["client_id"], one)
        self.receipts = list(first.values())
        self.loans = [*raw["loans"]]
        self.loans += [c["loan"] | {"household": c["id"]} for c in raw["collective_borrowers"]]

    def figures(self) -> Raw:
        """All figures in the shape of `--json`."""
        week = [one for one in self.receipts if one["day_index"] <= LAST_DAY]
        collective = {one["id"] for one in self.raw["collective_borrowers"]}
        owed = [self.owed(loan) for loan in self.loans if loan["household"] in collective]
        return {
            "areas": [self.area(area) for area in self.raw["areas"]],
            "collective": {"loans": len(owed), "principal_fen": sum(owed)},
            "service_requests": len(self.raw["service_requests"]),
            "week_receipts": len(week),
            "week_cash_principal_fen": sum(one["principal_fen"] for one in week),
            "week_cash_interest_fen": sum(one["interest_fen"] for one in week),
            "week_cash_total_fen": sum(one["total_fen"] for one in week),
            "limitation": {loan["id"]: self.limitation(loan) for loan in self.loans},
        }

    def area(self, area: Raw) -> Raw:
        """The figures of one area."""
        people = [one for one in self.raw["households"] if one["area"] == area["id"]]
        ids = {one["id"] for one in people}
        slips = [r for r in self.receipts if r["household"] in ids and r["day_index"] <= LAST_DAY]
        groups = Counter(self.outcome(one) for one in people)
        said = [one for one in self.raw["intentions"] if one["household"] in ids]
        willing = {one["household"] for one in said}
        covered = {one["loan"] for one in said}
        reasons = Counter(self.reason(one) for one in people if self.outcome(one) == "UNSIGNED")
        return {
            "area": area["id"],
            "households_total": len(people) if area["counts_household_total"] else None,
            "signed_back_households": groups["SIGNED"],
            "cash_households": groups["CASH"],
            "cash_principal_fen": sum(one["principal_fen"] for one in slips),
            "cash_interest_fen": sum(one["interest_fen"] for one in slips),
            "receipts": len(slips),
            "intention_households": len(willing),
            "intention_principal_fen": sum(
                self.owed(loan) for loan in self.loans if loan["id"] in covered
            ),
            "intention_names": sorted(one["name"] for one in people if one["id"] in willing),
            "unsigned_households": groups["UNSIGNED"],
            "unsigned_by_reason": dict(reasons),
        }

    def outcome(self, household: Raw) -> str:
        """Cash over signed over unsigned."""
        mine = [one for one in self.receipts if one["household"] == household["id"]]
        if any(one["day_index"] <= LAST_DAY for one in mine):
            return "CASH"
        return "SIGNED" if self.signatures(household["id"]) else "UNSIGNED"

    def signatures(self, household: str) -> list[Raw]:
        """Notices that came back signed by one who may sign."""
        return [
            one
            for one in self.raw["notices"]
            if one["household"] == household and one["signed_by"] in MAY_SIGN
        ]

    def reason(self, household: Raw) -> str:
        """Lost if every loan is; else what was typed, if it was typed and may be."""
        mine = [loan for loan in self.loans if loan["household"] == household["id"]]
        if all(self.limitation(loan)["status"] == "EXPIRED" for loan in mine):
            return "LIMITATION_LOST"
        typed: str | None = household.get("unsigned_reason")
        return "UNSTATED" if typed in (None, "LIMITATION_LOST") else str(typed)

    def owed(self, loan: Raw) -> int:
        """What is left of the principal on the day of the report."""
        paid = sum(one["principal_fen"] for one in self.receipts if one["loan"] == loan["id"])
        principal: int = loan["principal_outstanding_before_fen"]
        return max(0, principal - int(paid))

    def limitation(self, loan: Raw) -> Raw:
        """Three years from the due date, and again from every interruption within them."""
        if "due_date" not in loan:
            return {"status": "UNKNOWN", "ends_on": None}
        end = three_years(date.fromisoformat(loan["due_date"]["modern"]))
        for day in sorted(self.interruptions(loan)):
            if day <= end:
                end = three_years(day)
        status = "EXPIRED" if end < self.report_on else "RUNNING"
        return {"status": status, "ends_on": end.isoformat()}

    def interruptions(self, loan: Raw) -> list[date]:
        """Earlier ones, good signatures, and cash."""
        days = [
            date.fromisoformat(one["date"])
            for one in loan.get("prior_interruptions", {}).get("modern", [])
        ]
        signed = [one for one in self.signatures(loan["household"]) if one["loan"] == loan["id"]]
        days += [self.monday + timedelta(one["signed_day_index"]) for one in signed]
        slips = [one for one in self.receipts if one["loan"] == loan["id"]]
        return days + [self.monday + timedelta(one["day_index"]) for one in slips]


def three_years(day: date) -> date:
    """The same day three years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 3)
    except ValueError:
        return day.replace(year=day.year + 3, day=28)
