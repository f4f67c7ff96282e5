"""The first sync of design 6: 300 households with three visits, 360 loans with 35 fields.

Our rows are narrower today; the budget is for what a core system may give. The real server runs
here with builders that fill the rows of the real feed up to that form, about 660 kB as compact
JSON. Everything is invented, and alike only as far as such data are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from server.services import rows
from server.stores.pull_store import Scope

HOUSEHOLDS, LOANS, VISITS = 300, 360, 3

Built = dict[str, dict[str, Any]]

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
_GIVEN = "大山小河春生桂花水根石头金凤土生木林火旺秀英建国志强美玲永福"
_NOTES = (
    "全家在广州打工，春节回", "约定卖完晚稻后还", "老人在家，儿子在深圳", "已签收",
    "对利息有异议，已解释", "家中无人，邻居说去镇上了", "承认欠款，暂无力偿还", "答应月底先还利息",
)  # fmt: skip
_PLACES = ("马头冲", "黄家冲", "涡水", "大坪", "石径", "上洞", "下洞", "油岭")


def household(eid: str) -> dict[str, Any]:
    """A household with its three last visits."""
    dice = random.Random(eid)
    name = _name(dice)
    return {
        "id": eid,
        "name": name,
        "village_id": f"V{dice.randrange(8)}",
        "village": dice.choice(_PLACES),
        "group": f"第{dice.randint(1, 14)}组",
        "phone": f"1{dice.randint(30, 99)}{dice.randint(0, 99999999):08d}",
        "address": f"{dice.choice(_PLACES)}第{dice.randint(1, 30)}组{dice.randint(1, 299)}号",
        "people": dice.randint(1, 8),
        "lat_udeg": 24_700_000 + dice.randint(-60_000, 60_000),
        "lon_udeg": 112_280_000 + dice.randint(-60_000, 60_000),
        "state": {"outcome": None, "reason": None, "intention": False, "visited_on": None},
        "visits": [_visit(dice, number) for number in range(VISITS)],
    }


def loan(eid: str) -> dict[str, Any]:
    """A loan with 35 fields."""
    dice = random.Random(eid)
    principal = dice.randint(10, 500) * 100_00
    return _contract(dice, eid, principal) | _state(dice, principal)


def _contract(dice: random.Random, eid: str, principal: int) -> dict[str, Any]:
    """What was agreed, and with whom."""
    return {
        "id": eid,
        "household_id": eid.removeprefix("L-").removesuffix("-2"),
        "contract_no": f"HT{dice.randint(2017, 2023)}{dice.randint(0, 999999):06d}",
        "borrower_name": _name(dice),
        "borrower_id_tail": f"{dice.randint(0, 9999):04d}",
        "co_borrower_name": _name(dice) if dice.random() < 0.3 else None,
        "guarantor_name": _name(dice) if dice.random() < 0.6 else None,
        "guarantor_phone": f"1{dice.randint(3000000000, 9999999999)}",
        "product": dice.choice(("农户小额信用贷款", "农户联保贷款", "农机贷款", "助学贷款")),
        "purpose": dice.choice(("养殖", "种植", "建房", "农机", "其他")),
        "rate_ppm": dice.choice((58_000, 72_000, 87_600, 104_400)),
        "loan_on": _day(dice, 2016, 2022),
        "due_on": _day(dice, 2019, 2025),
        "limit_fen": principal + dice.randint(0, 9) * 1000_00,
        "collateral": None,
        "group_code": f"G{dice.randint(1, 99):02d}",
        "account_tail": f"{dice.randint(0, 9999):04d}",
    }


def _state(dice: random.Random, principal: int) -> dict[str, Any]:
    """How it stands."""
    return {
        "as_of": "2026-02-28",
        "classification": dice.choice(("NORMAL", "SPECIAL", "SUBSTANDARD", "DOUBTFUL", "LOSS")),
        "days_past_due": dice.randint(30, 2200),
        "principal_fen": principal,
        "interest_fen": dice.randint(0, principal // 3),
        "penalty_fen": dice.randint(0, principal // 20),
        "cost_fen": 0,
        "last_paid_on": _day(dice, 2020, 2025),
        "last_paid_fen": dice.randint(1, 90) * 50_00,
        "paid_times": dice.randint(0, 40),
        "notices": dice.randint(0, 6),
        "last_notice_on": _day(dice, 2022, 2025),
        "promise_due_on": None,
        "promise_fen": None,
        "officer_code": f"KH{dice.randint(1, 12):03d}",
        "limitation": {"status": "RUNNING", "ends_on": _day(dice, 2026, 2028), "colour": "green"},
        "guarantee": {"status": "RUNNING", "ends_on": _day(dice, 2026, 2027)},
        "court_case_no": None,
    }


def widen() -> None:
    """From now on this process builds wide rows."""
    rows.BUILDERS["household"] = _wide(rows.BUILDERS["household"], household)
    rows.BUILDERS["loan"] = _wide(rows.BUILDERS["loan"], loan)


def _wide(narrow: rows.Builder, make: Callable[[str], dict[str, Any]]) -> rows.Builder:
    """The rows that exist, in their wide form; what a sync changes in them still shows."""

    def build(scope: Scope, ticks: dict[str, int]) -> Built:
        return {eid: make(eid) | row for eid, row in narrow(scope, ticks).items()}

    return build


def _visit(dice: random.Random, number: int) -> dict[str, Any]:
    return {
        "on": _day(dice, 2023 + number, 2023 + number),
        "met": dice.choice(("debtor", "nobody", "adult_relative")),
        "outcome": dice.choice(("SIGNED", "UNSIGNED", "CASH")),
        "officer": f"officer-{dice.randint(1, 9)}",
        "at": dice.randint(8 * 60, 19 * 60),
        "note": f"{dice.choice(_NOTES)}，{dice.choice(_NOTES)}，欠息{dice.randint(90, 9999)}元",
        "photo": f"{dice.getrandbits(32):08x}",
    }


def _name(dice: random.Random) -> str:
    return dice.choice(_SURNAMES) + "".join(dice.sample(_GIVEN, 2))


def _day(dice: random.Random, first: int, last: int) -> str:
    return f"{dice.randint(first, last)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
