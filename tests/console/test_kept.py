"""The custody register (S211): two names for every thing, and no hand is forgotten.

Method: Zhou Lan and Chen Jie put things down and move them at the page; the events are read back.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.services.list_items import kept_items
from server.services.move_item import Move, move_item, put_down_item
from server.tables import EventRow, KeptItem
from sync.problems import Problem
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHOU_LAN, Bank

SEAL = {
    "kind": "seal",
    "name": "现金收讫章",
    "place": "一号保险柜",
    "custodian": ZHOU_LAN,
    "countersigner": CHEN_JIE,
    "reason": "启用",
}


def events(bank: Bank) -> list[dict[str, Any]]:
    rows = sorted(bank.rows(EventRow), key=lambda row: row.seq)
    return [json.loads(row.canonical)["body"] for row in rows if row.kind == "custody.item_moved"]


def move(**changes: Any) -> Move:
    """From Zhou Lan to Chen Jie, if nothing else is said."""
    said: dict[str, Any] = {
        "custodian": CHEN_JIE,
        "countersigner": ZHOU_LAN,
        "place": "二号保险柜",
        "reason": "休假交接",
    }
    return Move(**{**said, **changes})


def test_it_writes_down_who_has_a_thing_and_who_signed(bank: Bank, zhou_lan: Visitor) -> None:
    answer = zhou_lan.post("/kept", SEAL)

    assert answer.status_code == 302
    text = words(zhou_lan.get("/kept"))
    assert "现金收讫章 印章 一号保险柜 周兰 陈杰 2026-03-02" in text
    [body] = events(bank)
    assert (body["item"], body["from_custodian"], body["state"]) == ("K0001", None, "kept")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("countersigner", ZHOU_LAN),
        ("custodian", "nobody"),
        ("custodian", ""),
        ("kind", "horse"),
        ("name", " "),
        ("name", "章" * 101),
        ("place", ""),
        ("reason", ""),
    ],
)
def test_it_enters_nothing_that_is_not_whole(
    bank: Bank, zhou_lan: Visitor, field: str, value: str
) -> None:
    answer = zhou_lan.post("/kept", {**SEAL, field: value})

    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.text
    assert bank.rows(KeptItem) == [] and events(bank) == []


def test_it_names_both_people_before_and_after(each_bank: Bank) -> None:
    with each_bank.app.app_context():
        seal = Move(custodian=ZHOU_LAN, countersigner=CHEN_JIE, place="一号保险柜", reason="启用")
        first = put_down_item(BRANCH, "seal", "现金收讫章", seal, by=ZHOU_LAN)
        second = put_down_item(BRANCH, "vault_key", "库房钥匙", seal, by=ZHOU_LAN)
        move_item(BRANCH, first, move(), by=CHEN_JIE)
        items = {item.id: item for item in kept_items(BRANCH)}

    body = events(each_bank)[-1]
    assert (body["from_custodian"], body["from_countersigner"]) == (ZHOU_LAN, CHEN_JIE)
    assert (body["custodian"], body["countersigner"]) == (CHEN_JIE, ZHOU_LAN)
    assert (body["from_place"], body["place"]) == ("一号保险柜", "二号保险柜")
    assert (items[first].custodian, items[second].custodian) == ("陈杰", "周兰")
    assert [each.reason for each in items[first].moves] == ["启用", "休假交接"]


def test_it_moves_nothing_to_one_person_and_nothing_that_stays(
    bank: Bank, zhou_lan: Visitor
) -> None:
    zhou_lan.post("/kept", SEAL)
    with bank.app.app_context():
        for wrong, code in (
            (move(countersigner=CHEN_JIE), "custody_one_name"),
            (move(custodian="gone"), "staff_unknown"),
            (move(custodian=ZHOU_LAN, countersigner=CHEN_JIE, place="一号保险柜"), "not_moved"),
            (move(reason="  "), "form_invalid"),
        ):
            with pytest.raises(Problem, match=code):
                move_item(BRANCH, "K0001", wrong, by=ZHOU_LAN)
        with pytest.raises(Problem, match="not_found"):
            move_item(BRANCH, "K0009", move(), by=ZHOU_LAN)

    assert len(events(bank)) == 1


def test_it_keeps_on_record_what_has_left(bank: Bank, zhou_lan: Visitor) -> None:
    zhou_lan.post("/kept", SEAL)
    gone = {**SEAL, "reason": "磨损销毁", "action": "leave"}

    assert zhou_lan.post("/kept/K0001", gone).status_code == 302
    assert zhou_lan.post("/kept/K0001", gone).status_code == 409

    text = words(zhou_lan.get("/kept"))
    assert "已移出" in text and "磨损销毁" in text
    assert events(bank)[-1]["state"] == "released"
    zhou_lan.post("/kept", SEAL)
    assert {row.id: row.state for row in bank.rows(KeptItem)} == {
        "K0001": "released",
        "K0002": "kept",
    }


def test_it_lists_the_receipt_books_with_their_two_names(bank: Bank, wu_ping: Visitor) -> None:
    bank.phone(LI_WEI)

    page = wu_ping.get("/kept")

    assert "SJ000101-000150 外勤手机 李薇 周兰" in words(page)
    assert "<button" not in page.text.split("</header>")[1]
