"""Handing households over at the console: by village, one by one, at once or in the evening.

Method: Chen Jie fills in the form; the phones of both officers show what has moved.
"""

from __future__ import annotations

import pytest

from server.clock import at_hour
from server.tables import HandOver, Village
from tests.console.visitors import Visitor, words
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank

PAGE = "/plan/hand-over"
MONDAY = "2026-03-02"


@pytest.fixture
def ready(bank: Bank) -> Bank:
    """Li Wei with three households, and a phone that has them."""
    bank.publish(LI_WEI, ["W1", "W2", "W3"])
    bank.phone(LI_WEI)
    return bank


def village(bank: Bank, name: str) -> str:
    return next(str(row.id) for row in bank.rows(Village) if row.name == name)


def moved(bank: Bank) -> set[str]:
    return {row.household_id for row in bank.rows(HandOver)}


def test_it_hands_over_a_village_and_single_households(ready: Bank, chen_jie: Visitor) -> None:
    page = chen_jie.get(f"{PAGE}?giver={LI_WEI}")
    form = {
        "giver": LI_WEI,
        "taker": ZHANG_MIN,
        "when": "now",
        "village": village(ready, "马头冲"),
        "household": "W3",
    }

    answer = chen_jie.post(PAGE, form)

    assert "马头冲" in words(page) and "测三" in words(page) and "测四" not in words(page)
    assert answer.status_code == 302 and answer.headers["Location"].endswith("done=3")
    assert moved(ready) == {"W1", "W2", "W3"}
    after = words(chen_jie.get(f"{PAGE}?giver={LI_WEI}&done=3"))
    assert "已移交 3 户" in after and "他名下没有农户" in after


def test_it_lists_what_is_uncertain_and_settles_it_by_hand(ready: Bank, chen_jie: Visitor) -> None:
    chen_jie.post(PAGE, {"giver": LI_WEI, "taker": ZHANG_MIN, "household": "W1", "when": "now"})
    before = words(chen_jie.get(PAGE))

    answer = chen_jie.post(f"{PAGE}/W1/settle")

    assert "王刚" in before and "李薇" in before and "张敏" in before and "已问清" in before
    assert answer.status_code == 302
    assert "没有不确定的移交" in words(chen_jie.get(PAGE))
    assert chen_jie.post(f"{PAGE}/W1/settle").status_code == 404


def test_it_leaves_them_with_the_former_officer_until_the_day_ends(
    ready: Bank, chen_jie: Visitor
) -> None:
    form = {"giver": LI_WEI, "taker": ZHANG_MIN, "household": "W1", "when": "evening"}
    chen_jie.post(PAGE, form)

    (row,) = ready.rows(HandOver)
    assert row.evict_after_ms == at_hour(MONDAY, 0) + 24 * 3_600_000 and row.evict_tick is None
    page = words(chen_jie.get(PAGE))
    assert "原外勤保留到 2026-03-03 00:00" in page and "没有不确定的移交" not in page


def test_it_keeps_what_was_chosen_when_it_refuses(ready: Bank, chen_jie: Visitor) -> None:
    form = {"giver": LI_WEI, "taker": LI_WEI, "household": "W1", "when": "now"}

    answer = chen_jie.post(PAGE, form)

    assert answer.status_code == 422 and "交出和接手的是同一人" in words(answer)
    assert 'name="household" value="W1" checked' in answer.text
    assert moved(ready) == set()
