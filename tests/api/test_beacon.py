"""What a phone says of itself with an exchange: its beacon and its incidents.

Method: exchanges with words made by hand; what is stored is compared with what was said, and the
write transactions of an exchange with nothing new are counted.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from server.db import db
from server.services.note_beacon import BEACON_EVERY_MS
from server.tables import Beacon, CommitLog, Incident
from sync.client import Phone
from sync.specimens import receipt_body
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank
from tests.wire import lines_of

EVERY_MINUTES = BEACON_EVERY_MS // 60_000


def say(bank: Bank, phone: Phone, **changes: Any) -> int:
    """One exchange with other words than the phone's own."""
    body = json.dumps(json.loads(phone.build_sync()) | changes).encode()
    return bank.send(body, phone.headers(body))[0]


def beacon(phone: Phone, **changes: Any) -> dict[str, Any]:
    """The phone's own beacon, changed."""
    said: dict[str, Any] = json.loads(phone.build_sync())["beacon"]
    return said | changes


def test_it_knows_how_far_a_lane_is_and_the_cash_in_hand(bank: Bank) -> None:
    phone = bank.phone()
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt()))

    phone.sync(bank.send)

    (held,) = bank.rows(Beacon)
    assert (held.lane_id, held.head_seq, held.head_hash) == (phone.lane, 2, slip.hash[:16])
    assert (held.hand_fen, held.at_ms, held.received_at_ms) == (600_00, bank.clock(), bank.clock())


def test_it_writes_nothing_for_an_exchange_with_nothing_new(bank: Bank) -> None:
    phone = bank.phone()
    phone.sync(bank.send)
    ticks = len(bank.rows(CommitLog))
    begun: list[str] = []
    with bank.app.app_context():
        event.listen(db.engine, "begin", lambda connection: begun.append(_kind(connection)))

    phone.sync(bank.send)
    bank.clock.pass_minutes(EVERY_MINUTES - 1)
    phone.sync(bank.send)
    quiet = list(begun)
    bank.clock.pass_minutes(2)
    phone.sync(bank.send)

    assert "write" not in quiet and begun.count("write") == 1
    assert bank.rows(Beacon)[0].received_at_ms == bank.clock()
    assert len(bank.rows(CommitLog)) == ticks


def _kind(connection: Any) -> str:
    return "write" if connection.get_execution_options().get("write") else "read"


def test_it_believes_places_of_the_lane_before_the_clock_of_the_phone(one_bank: Bank) -> None:
    phone = one_bank.phone()
    ten_years = 10 * 365 * 86_400_000
    say(one_bank, phone, beacon=beacon(phone, head_seq=7, at=one_bank.clock() + ten_years))

    say(one_bank, phone, beacon=beacon(phone, head_seq=6, hand_fen=1))
    assert one_bank.rows(Beacon)[0].head_seq == 7
    say(one_bank, phone, beacon=beacon(phone, head_seq=8, hand_fen=2))
    assert (one_bank.rows(Beacon)[0].head_seq, one_bank.rows(Beacon)[0].hand_fen) == (8, 2)


def test_it_hears_a_phone_of_its_own_lanes_only(one_bank: Bank) -> None:
    mine, other = one_bank.phone(LI_WEI), one_bank.phone(ZHANG_MIN)

    say(one_bank, mine, beacon=beacon(mine, lane=other.lane, head_seq=99))
    say(one_bank, mine, beacon=beacon(mine, lane="0" * 32, head_seq=99))

    assert {row.lane_id: row.head_seq for row in one_bank.rows(Beacon)} == {
        mine.lane: 1,
        other.lane: 1,
    }


def test_it_keeps_an_incident_once(bank: Bank) -> None:
    phone = bank.phone()
    incident = {"kind": "rows_differ", "details": {"types": ["loan"]}, "at": 5}

    for _ in range(3):
        assert say(bank, phone, incidents=[incident, incident]) == 200
    assert say(bank, phone, incidents=[incident | {"at": 6}]) == 200

    held = bank.rows(Incident)
    assert [(row.kind, json.loads(row.details), row.at_ms) for row in held if row.at_ms == 5] == [
        ("rows_differ", {"types": ["loan"]}, 5)
    ]
    assert len(held) == 2 and phone.identity is not None
    assert {row.device_id for row in held} == {phone.identity["device"]}


def test_it_hears_what_a_phone_noted_until_an_answer_came(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    phone = bank.phone()
    phone.rows["loan", "L-GHOST"] = {"row": {"id": "L-GHOST"}, "tick": 1}
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))

    phone.sync(bank.send)
    phone.sync(bank.send)

    assert phone.is_done and ("loan", "L-GHOST") not in phone.rows
    (incident,) = bank.rows(Incident)
    assert (incident.kind, json.loads(incident.details)) == ("rows_differ", {"types": ["loan"]})


@pytest.mark.parametrize(
    "changes",
    [
        {"beacon": {}},
        {"beacon": []},
        {"incidents": None},
        {"incidents": [{}]},
        {"incidents": [{"kind": "Some Words", "details": {}, "at": 1}]},
        {"incidents": [{"kind": "x", "details": {"a": 1.5}, "at": 1}]},
        {"incidents": [{"kind": "x", "details": {"a": "x" * 3000}, "at": 1}]},
        {"incidents": [{"kind": "x", "details": {}, "at": 2**60}]},
        {"incidents": [{"kind": "x", "details": {}, "at": 1}] * 21},
    ],
)
def test_it_refuses_words_of_another_form(one_bank: Bank, changes: dict[str, Any]) -> None:
    assert say(one_bank, one_bank.phone(), **changes) == 400


def test_it_tells_every_lane_of_the_device_and_of_no_other(one_bank: Bank) -> None:
    mine, other = one_bank.phone(LI_WEI), one_bank.phone(LI_WEI, numbers=0)
    body = mine.build_sync()

    _, envelope = lines_of(one_bank.send(body, mine.headers(body))[1])

    (lane,) = envelope["lanes"]
    assert (lane["lane"], lane["head_seq"]) == (mine.lane, 1) and mine.lane != other.lane
    assert lane["head_hash"] == mine.log[0].hash
    assert (lane["archived_seq"], lane["settled_seq"]) == (0, 0)


def test_it_takes_a_little_for_an_exchange_with_nothing_new(one_bank: Bank) -> None:
    """Both bodies as they travel; the budget of 1 kB is measured with headers in benchmarks."""
    phone = one_bank.phone()
    body = phone.build_sync()
    headers = phone.headers(body) | {"Accept-Encoding": "br, gzip"}

    answer = one_bank.http.post("/v1/sync", data=body, headers=headers)

    assert len(body) < 450 and len(answer.data) < 550, (len(body), len(answer.data))
