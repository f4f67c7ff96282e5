"""Random week files: everything that a week may hold, in any mixture, from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

Raw = dict[str, Any]

MONDAY = date(2026, 3, 2)
REPORT_ON = date(2026, 3, 9)
# Few names and few villages, so that equal names meet in one area and in one village.
NAMES = ("测阿山", "测木生", "测火养", "测水旺", "测土根", "测二")
VILLAGES = ("上坪", "下坪", "石桥")
REASONS = (
    *("AWAY_MIGRANT_WORK", "NOT_HOME", "REFUSED", "DISPUTES_DEBT", "MOVED", "DECEASED"),
    *("LOST_CONTACT", "OTHER", "UNSTATED", "LIMITATION_LOST"),
)
SIGNERS = ("DEBTOR", "DEBTOR", "SPOUSE", "CO_BORROWER", "NEIGHBOUR", "GUARANTOR", "OTHER")
PLACES = (None, None, "广州", "深圳")
LATE_DAY = 6
PIECES = {"100": 10000, "50": 5000, "20": 2000, "10": 1000, "5": 500, "1": 100, "0.1": 10}


@dataclass(slots=True)
class Maker:
    """Makes one week. Lists grow as households are made."""

    random: Random
    households: list[Raw] = field(default_factory=list)
    loans: list[Raw] = field(default_factory=list)
    notices: list[Raw] = field(default_factory=list)
    receipts: list[Raw] = field(default_factory=list)
    intentions: list[Raw] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share

    def week(self) -> Raw:
        """The whole file."""
        areas = [self.area(number) for number in range(self.random.randint(1, 4))]
        for number in range(self.random.randint(3, 14)):
            self.household(number, self.random.choice(areas)["id"])
        collectives = [self.collective(n, areas[0]["id"]) for n in range(self.random.randint(0, 2))]
        self.number_receipts()
        self.repeat_some()
        sweep_days = [(MONDAY + timedelta(n)).isoformat() for n in range(5)]
        dates = {"sweep_days": sweep_days, "report_date": REPORT_ON.isoformat()}
        raw: Raw = {
            "date_profiles": {"modern": dates},
            "areas": areas,
            "households": self.households,
            "loans": self.loans,
            "notices": self.notices,
            "receipts": self.receipts,
            "intentions": self.intentions,
            "collective_borrowers": collectives,
        }
        raw |= self.requests(collectives)
        if self.chance(0.5):
            raw["cash_days"] = [self.cash_day(day) for day in range(5)]
        return raw

    def area(self, number: int) -> Raw:
        """A town that counts its households, or one that does not."""
        made: Raw = {"id": f"A{number}", "name": f"测试{'甲乙丙丁'[number]}镇"}
        if self.chance(0.7):
            made["village_committees_stated"] = list(VILLAGES[: self.random.randint(0, 3)])
        if self.chance(0.5):
            made["population"] = self.random.randint(0, 9000)
        made["counts_household_total"] = self.chance(0.7)
        return made

    def household(self, number: int, area: str) -> None:
        """A household with loans, and whatever happened to it in the week."""
        one: Raw = {"id": f"H{number:02}", "name": self.random.choice(NAMES), "area": area}
        one["village"] = self.random.choice(VILLAGES)
        if self.chance(0.3):
            one["natural_village"] = "新村"
        if self.chance(0.8):
            one["visit_day_index"] = self.random.randint(0, 4)
        if self.chance(0.5):
            one["unsigned_reason"] = self.random.choice(REASONS)
            one["away_place"] = self.random.choice(PLACES)
        self.households.append(one)
        loans = [self.loan(f"L{number:02}-{n}") for n in range(self.random.choice((1, 1, 1, 2, 3)))]
        for loan in loans:
            self.loans.append(loan | {"household": one["id"]})
            if self.chance(0.6):
                self.notice(one, loan)
            if self.chance(0.25):
                self.receipt(one["id"], loan["id"], area)
        if self.chance(0.1):
            self.receipt(one["id"], loans[0]["id"], area)
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            covered = self.random.choice(loans)["id"]
            self.intentions.append({"household": one["id"], "loan": covered})

    def loan(self, loan_id: str) -> Raw:
        """A loan whose limitation has run out, runs, or is unknown; never near the week."""
        made: Raw = {"id": loan_id, "principal_outstanding_before_fen": self.fen(1, 5000)}
        made["interest_due_before_fen"] = self.random.choice((None, self.fen(0, 300)))
        if self.chance(0.1):
            return made
        is_lost = self.chance(0.45)
        first, last = (
            (date(2016, 1, 1), date(2022, 6, 1))
            if is_lost
            else (
                date(2023, 6, 1),
                date(2025, 12, 1),
            )
        )
        due = first + timedelta(self.random.randrange((last - first).days))
        made["due_date"] = {"modern": due.isoformat()}
        if self.chance(0.4):
            noticed = due + timedelta(self.random.randint(1, 200))
            kind = self.random.choice(("SIGNED_NOTICE", "PARTIAL_PAYMENT"))
            if noticed < (date(2022, 6, 1) if is_lost else MONDAY):
                made["prior_interruptions"] = {
                    "modern": [{"date": noticed.isoformat(), "type": kind}]
                }
        return made

    def fen(self, low: int, high: int) -> int:
        """An amount in whole jiao, between yuan limits."""
        return self.random.randint(low * 10, high * 10) * 10

    def notice(self, household: Raw, loan: Raw) -> None:
        """A notice that came back, or did not."""
        made: Raw = {"id": f"N-{loan['id']}", "loan": loan["id"], "household": household["id"]}
        if self.chance(0.6):
            day = household.get("visit_day_index", self.random.randint(0, 4))
            made |= {"status": "SIGNED_BACK", "signed_day_index": self.random.randint(day, 4)}
            made["signed_by"] = self.random.choice(SIGNERS)
        else:
            made |= {"status": "NOT_SIGNED", "signed_day_index": None, "signed_by": None}
        self.notices.append(made)

    def receipt(self, household: str, loan: str, area: str | None) -> None:
        """A slip with up to four parts; now and then one of the Sunday after."""
        parts = {
            "principal_fen": self.random.choice((0, self.fen(1, 900))),
            "interest_fen": self.random.choice((0, self.fen(1, 90))),
            "penalty_fen": self.random.choice((0, 0, self.fen(1, 9))),
            "fee_fen": self.random.choice((0, 0, self.fen(1, 9))),
        }
        if not sum(parts.values()):
            parts["interest_fen"] = self.fen(1, 90)
        made: Raw = {"loan": loan, "household": household, **parts}
        made |= {"total_fen": sum(parts.values()), "client_id": f"c{len(self.receipts)}"}
        made["day_index"] = LATE_DAY if self.chance(0.1) else self.random.randint(0, 4)
        made["collector"] = self.random.choice(("officer-1", "officer-1", "officer-2", "officer-3"))
        if area is not None and self.chance(0.5):
            made["area"] = area
        self.receipts.append(made)

    def number_receipts(self) -> None:
        """Numbers that a book can hold, with or without gaps; or in an order that none can."""
        in_order = sorted(self.receipts, key=lambda one: (one["collector"], one["day_index"]))
        if self.chance(0.3):
            self.random.shuffle(in_order)
        number = 100
        for one in in_order:
            number += 1 if self.chance(0.8) else self.random.randint(2, 9)
            one["receipt_no"] = f"SJ{number:06}"

    def repeat_some(self) -> None:
        """Some slips come twice, and some again with another amount."""
        for one in list(self.receipts):
            if self.chance(0.1):
                self.receipts.append(dict(one))
            if self.chance(0.1):
                changed = {key: one[key] + 100 for key in ("interest_fen", "total_fen")}
                self.receipts.append(one | changed)

    def collective(self, number: int, area: str) -> Raw:
        """A borrower that is no household, and perhaps its cash."""
        loan = self.loan(f"LC{number}")
        if self.chance(0.3):
            self.receipt(f"C{number}", loan["id"], None)
        return {
            "id": f"C{number}",
            "borrower_name": f"测试{'一二'[number]}组",
            "area": area,
            "successor_unit": self.random.choice((None, "测试村委")),
            "loan": loan,
        }

    def requests(self, collectives: list[Raw]) -> Raw:
        """Help asked for, wishes and a plan, where there are any."""
        raw: Raw = {}
        if collectives and self.chance(0.5):
            raw["assist_requests"] = [
                {"id": "R1", "about": [collectives[0]["id"]], "asked_of": ["部门领导"]}
            ]
        raw["service_requests"] = [
            {"id": f"S{n}", "requester": "测试村委", "kind": kind, "purpose": "专款专用"}
            for n, kind in enumerate(("DEDICATED_ACCOUNT", "OTHER")[: self.random.randint(0, 2)])
        ]
        if self.chance(0.7):
            raw["plan"] = [
                {"id": "P1", "kind": "FOLLOW_UP_INTENTIONS"},
                {"id": "P2", "kind": "SWEEP", "area": "测试镇", "times": self.random.randint(1, 3)},
            ]
        return raw

    def cash_day(self, day: int) -> Raw:
        """What the cashier counted: what the slips say, or a little less."""
        clients: dict[str, int] = {}
        for one in self.receipts:
            clients.setdefault(one["client_id"], one["total_fen"] * (one["day_index"] == day))
        left = sum(clients.values())
        if left > 100_00 and self.chance(0.2):
            left -= 10_00
        pieces = {}
        for name, value in PIECES.items():
            pieces[name], left = divmod(left, value)
        return {"day_index": day, "denominations": {k: n for k, n in pieces.items() if n}}


def random_week(seed: int) -> Raw:
    """The week of a seed."""
    return Maker(Random(seed)).week()
