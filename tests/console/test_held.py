"""Cash in the field: the deadline, the alarm when it is missed, leave for a day more (U36).

Method: Li Wei has Thursday's cash; the clock goes on, and the page of the supervisor, her phone and
the first page are read.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.tables import DepositLeave, EventRow
from tests.console.fieldwork import li_wei_with_cash
from tests.console.visitors import Visitor, words
from tests.small_bank import LI_WEI, Bank

DAY_MINUTES = 24 * 60
EXTEND = f"/held/{LI_WEI}/extend"


def test_it_alarms_the_supervisor_with_amount_officer_and_age(
    bank: Bank, chen_jie: Visitor
) -> None:
    li_wei_with_cash(bank)
    assert "逾期未交" not in words(chen_jie.get("/held"))

    bank.clock.pass_minutes(DAY_MINUTES)

    page = words(chen_jie.get("/held"))
    assert "李薇" in page and "1,170.00" in page and "逾期未交" in page and "1 天" in page
    assert "1 现金逾期未交" in words(chen_jie.get("/"))


def test_it_extends_to_the_next_working_day_and_tells_the_phone(
    bank: Bank, chen_jie: Visitor, zhou_lan: Visitor
) -> None:
    phone = li_wei_with_cash(bank)
    bank.clock.pass_minutes(4 * DAY_MINUTES)  # Friday

    assert zhou_lan.post(EXTEND, {"reason": "雪"}).status_code == 403
    assert chen_jie.post(EXTEND, {"reason": " "}).status_code == 422
    assert chen_jie.post(EXTEND, {"reason": "大雪封山，住在村里"}).status_code == 302

    (leave,) = bank.rows(DepositLeave)
    assert (leave.officer_id, leave.until) == (LI_WEI, "2026-03-09")
    assert sum(row.kind == "deposit.extended" for row in bank.rows(EventRow)) == 1
    assert "逾期未交" not in words(chen_jie.get("/held"))
    phone.sync(bank.send)
    assert phone.rows["me", LI_WEI]["row"]["deposit_until"] == "2026-03-09"
    bank.clock.pass_minutes(4 * DAY_MINUTES)  # Tuesday
    assert "逾期未交" in words(chen_jie.get("/held"))


def test_it_extends_nothing_for_an_empty_hand(bank: Bank, chen_jie: Visitor) -> None:
    answer = chen_jie.post(EXTEND, {"reason": "雪"})

    assert answer.status_code == 409 and "没有现金" in words(answer)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"deadline": "next_working_day", "from_on": "2026-03-02", "source": "某文"}, 302),
        ({"deadline": "next_working_day", "from_on": "2026-03-01", "source": "某文"}, 422),
        ({"deadline": "next_year", "from_on": "2026-03-02", "source": "某文"}, 422),
        ({"deadline": "same_day", "from_on": "2026-03-02", "source": ""}, 422),
        ({"deadline": "same_day", "from_on": "2 March", "source": "某文"}, 422),
    ],
)
def test_it_sets_the_deadline_of_the_branch_from_a_day_on(
    bank: Bank, chen_jie: Visitor, form: dict[str, Any], status: int
) -> None:
    phone = li_wei_with_cash(bank)

    assert chen_jie.post("/held/rule", form).status_code == status

    phone.sync(bank.send)
    rules = phone.rows["me", LI_WEI]["row"]["settings"]["deposit_rules"]
    assert rules == ([{"from": "2026-03-02", "deadline": "next_working_day"}] * (status == 302))
    bank.clock.pass_minutes(DAY_MINUTES)
    assert ("逾期未交" in words(chen_jie.get("/held"))) is (status != 302)
