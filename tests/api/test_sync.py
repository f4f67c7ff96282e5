"""POST /v1/sync: one exchange of a phone with its branch.

Method: real phones of the Python client talk to the real application over its test client, on
SQLite and on PostgreSQL; each test looks at the answer and at what is stored.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from sqlalchemy import event, func, select

from server.db import db, snapshot
from server.device_key import DeviceKey
from server.services.revoke_device import revoke_device
from server.services.rows import build_rows
from server.stores.pull_store import Scope, SqlPullStore
from server.tables import CommitLog, EventRow, NoticeRow, RawInbox, ReceiptRow, VerdictRow, Visit
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import (
    intention_body,
    notice_body,
    outcome_body,
    promise_body,
    receipt_body,
    served_body,
    unsigned_body,
    visit_body,
    void_body,
)
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank
from tests.wire import lines_of, with_event, with_events


def ask(bank: Bank, phone: Phone, **changes: Any) -> tuple[int, dict[str, Any]]:
    """One exchange as the phone would make it, with changes to its message, signed anew.

    Of a good answer: its envelope, and its page under "page".
    """
    message = json.loads(phone.build_sync()) | changes
    body = json.dumps(message).encode()
    status, answer = bank.send(body, phone.headers(body))
    return status, told(answer) if status == 200 else json.loads(answer)


def told(answer: bytes) -> dict[str, Any]:
    """The envelope of an answer, and its page under "page"."""
    page, envelope = lines_of(answer)
    return {**envelope, "page": page}


def pushed(phone: Phone) -> dict[str, Any]:
    """The push part of the phone's next message."""
    push: dict[str, Any] = json.loads(phone.build_sync())["push"]
    return push


def test_it_stores_a_day_once_and_moves_the_books(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1", "W2"])
    phone = bank.phone()
    phone.record("visit.started", visit_body())
    phone.record("visit.outcome", outcome_body())
    made = phone.record("notice.made", notice_body())
    phone.record("notice.served", served_body(made))
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    phone.record("visit.started", visit_body("W2"))
    phone.record("notice.unsigned", unsigned_body("W2"))
    phone.record("intention.recorded", intention_body("W2"))
    phone.record("promise.made", promise_body("W2"))

    phone.sync(bank.send)

    assert {item["verdict"] for item in phone.verdicts.values()} == {"applied"}
    assert phone.incidents == [], "the digest of the server is the digest of the phone"
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert bank.balance("loan:L-W1:principal") == 4500_00
    assert phone.rows["loan", "L-W1"]["row"]["principal_fen"] == 4500_00
    assert phone.rows["household", "W1"]["row"]["state"]["outcome"] == "CASH"
    state = phone.rows["household", "W2"]["row"]["state"]
    assert (state["outcome"], state["reason"], state["intention"]) == ("UNSIGNED", "NOT_HOME", True)
    assert len(bank.rows(Visit)) == 2
    assert bank.rows(NoticeRow)[0].review == "pending"
    assert phone.hand_fen() == 600_00


def test_it_changes_nothing_when_the_same_body_comes_again(bank: Bank) -> None:
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    body = phone.build_sync()
    headers = phone.headers(body)

    first = told(bank.send(body, headers)[1])
    ticks = len(bank.rows(CommitLog))
    answer = bank.send(body, headers)[1]
    second = told(answer)

    assert first["took"] == [[1, "applied", None, None, False]]
    assert second["took"] == [[1, "applied", None, None, True]]
    assert second["lanes"] == first["lanes"]
    assert len(bank.rows(CommitLog)) == ticks
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    phone.absorb(answer)
    assert phone.acked_seq == len(phone.log)


def test_it_unpacks_gzip_and_packs_the_answer(one_bank: Bank) -> None:
    one_bank.publish(LI_WEI, ["W1", "W2", "W3"])
    phone = one_bank.phone()
    body = json.dumps(
        json.loads(phone.build_sync()) | {"pull": {"cursor": None, "limit_bytes": 99999}}
    )
    plain = body.encode()
    headers = phone.headers(plain) | {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}

    answer = one_bank.http.post("/v1/sync", data=gzip.compress(plain), headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told(gzip.decompress(answer.data))["page"]["complete"] is True


def test_it_takes_a_push_without_a_pull_and_a_pull_without_a_push(one_bank: Bank) -> None:
    phone = one_bank.phone()
    phone.record("intention.recorded", intention_body())

    status, answer = ask(one_bank, phone, pull=None)
    assert (status, answer["page"], answer["lanes"][0]["head_seq"]) == (200, None, 2)

    status, answer = ask(one_bank, phone, push=None)
    assert (status, answer["took"], answer["page"]["complete"]) == (200, None, True)


@pytest.mark.parametrize("amount", [0, -1, 5_000_000_01, "600", True])
def test_it_keeps_a_receipt_of_an_amount_that_is_none(bank: Bank, amount: Any) -> None:
    phone = bank.phone()
    body = receipt_body(phone.next_receipt()) | {"amount_fen": amount}
    phone.record("cash.receipt", body, unchecked=True)

    phone.sync(bank.send)

    assert phone.verdicts[phone.log[-1].hash]["reason"] == "amount_invalid"
    assert bank.balance(f"hand:{LI_WEI}") == 0
    assert phone.is_done


def test_it_refuses_an_amount_with_a_fraction_as_no_canonical_json(bank: Bank) -> None:
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    body = receipt_body(phone.next_receipt()) | {"amount_fen": 1.005}
    push = with_event(pushed(phone), 0, body=body)

    status, refusal = ask(bank, phone, push=push)

    assert (status, refusal["code"]) == (400, "not_canonical")
    assert [row.error for row in bank.rows(RawInbox)] == ["not_canonical"]


def test_it_keeps_a_receipt_whose_parts_do_not_sum(bank: Bank) -> None:
    phone = bank.phone()
    body = receipt_body(phone.next_receipt()) | {"interest_fen": 1}
    phone.record("cash.receipt", body, unchecked=True)

    phone.sync(bank.send)

    assert phone.verdicts[phone.log[-1].hash]["reason"] == "parts_mismatch"
    assert bank.balances()["suspense"] == -600_00
    assert [row.state for row in bank.rows(ReceiptRow)] == ["quarantined"]


def test_it_quarantines_a_notice_that_was_signed_before_it_was_made(bank: Bank) -> None:
    phone = bank.phone()
    made = phone.record("notice.made", notice_body())
    phone.record("notice.served", served_body(made, signed_on="2026-03-01"))

    phone.sync(bank.send)

    assert phone.verdicts[phone.log[-1].hash]["reason"] == "notice_presigned"
    assert bank.rows(NoticeRow)[0].served_hash is None


def test_it_never_counts_the_signature_of_a_neighbour(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    phone = bank.phone()
    made = phone.record("notice.made", notice_body())
    phone.record("notice.served", served_body(made, signer_role="neighbour"))

    phone.sync(bank.send)

    risks = [row.risk for row in bank.rows(VerdictRow) if row.event_hash == phone.log[-1].hash]
    assert risks == ["signer_may_not_sign"]
    assert bank.rows(NoticeRow)[0].review == "pending"
    assert phone.rows["household", "W1"]["row"]["state"]["outcome"] == "UNSIGNED"


def test_it_voids_a_receipt_before_the_cash_is_counted(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    phone = bank.phone()
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    phone.sync(bank.send)
    phone.record("cash.void", void_body(slip))

    phone.sync(bank.send)

    assert bank.balance(f"hand:{LI_WEI}") == 0
    assert [row.state for row in bank.rows(ReceiptRow)] == ["voided"]
    assert phone.rows["loan", "L-W1"]["row"]["principal_fen"] == 5000_00
    assert phone.rows["household", "W1"]["row"]["state"]["outcome"] is None
    assert phone.hand_fen() == 0


def test_it_does_not_know_a_replay_from_another_device(bank: Bank) -> None:
    mine, other = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    mine.record("cash.receipt", receipt_body(mine.next_receipt()))
    body = mine.build_sync()
    stolen = mine.headers(body) | {"Doorstep-Device": other.headers(body)["Doorstep-Device"]}

    status, answer = bank.send(body, stolen)

    assert (status, json.loads(answer)["code"]) == (401, "bad_request_signature")
    assert bank.balance(f"hand:{LI_WEI}") == 0
    assert [row.error for row in bank.rows(RawInbox)] == ["bad_request_signature"]


def test_it_takes_the_events_of_a_colleague_for_what_they_are(bank: Bank) -> None:
    """A push part carried by another phone is the first officer's still, and only once."""
    mine, other = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    slip = mine.record("cash.receipt", receipt_body(mine.next_receipt()))

    status, answer = ask(bank, other, push=pushed(mine))
    mine.sync(bank.send)

    assert (status, answer["took"][0][:2]) == (200, [1, "applied"])
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert bank.balance(f"hand:{ZHANG_MIN}") == 0
    assert bank.query(select(func.count()).where(EventRow.hash == slip.hash))[0][0] == 1


def test_it_keeps_what_a_revoked_device_sends(bank: Bank) -> None:
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    assert phone.identity is not None
    with bank.app.app_context():
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE)

    phone.sync(bank.send)

    assert phone.pull_error == "device_revoked"
    assert phone.verdicts[phone.log[-1].hash]["reason"] == "revoked_device"
    assert phone.acked_seq == len(phone.log)
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert bank.balances()["suspense"] == -600_00


def test_it_says_no_to_a_device_it_does_not_know(one_bank: Bank) -> None:
    phone = one_bank.phone()
    body = phone.build_sync()

    status, answer = one_bank.send(body, phone.headers(body) | {"Doorstep-Device": "nobody"})

    assert (status, json.loads(answer)["code"]) == (401, "device_unknown")
    assert one_bank.rows(RawInbox)[0].device_id is None


def test_it_keeps_a_body_that_is_no_json_once(bank: Bank) -> None:
    phone = bank.phone()
    for _ in range(3):
        status, answer = bank.send(b"\xff not json", phone.headers(b"\xff not json"))
        assert (status, json.loads(answer)["code"]) == (400, "body_not_json")

    assert [(row.error, row.body) for row in bank.rows(RawInbox)] == [
        ("body_not_json", b"\xff not json")
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"req_id": "x"}, "request_invalid"),
        ({"sent_at": "now"}, "request_invalid"),
        ({"surplus": 1}, "request_invalid"),
        ({"pull": {"cursor": 1, "limit_bytes": 1}}, "request_invalid"),
        ({"pull": {"cursor": None, "limit_bytes": 0}}, "request_invalid"),
        ({"push": []}, "request_invalid"),
        ({"push": {}}, "batch_invalid"),
    ],
)
def test_it_refuses_a_message_of_another_form(one_bank: Bank, changes: Any, code: str) -> None:
    status, refusal = ask(one_bank, one_bank.phone(), **changes)

    assert (status, refusal["code"]) == (400, code)
    assert len(one_bank.rows(RawInbox)) == 1


def test_it_refuses_more_events_than_one_batch_may_hold(one_bank: Bank) -> None:
    phone = one_bank.phone()
    phone.record("intention.recorded", intention_body())
    push = with_events(pushed(phone), lambda events: events.extend(events * 400))

    status, refusal = ask(one_bank, phone, push=push)

    assert (status, refusal["code"]) == (400, "batch_invalid")


def test_it_lets_a_wiped_phone_come_back_with_a_new_key(bank: Bank) -> None:
    """The key is gone, the journal is not: the secret of the enrolment vouches for a new key."""
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    identity, old_key = phone.identity, phone.signer
    assert identity is not None
    phone.signer = DeviceKey()
    body = {"device": identity["device"], "alg": "ES256", "public_key": phone.signer.public_key}
    phone.record("key.rotated", body)
    phone.record("cash.receipt", receipt_body(phone.next_receipt(), 50_00))

    phone.sync(bank.send)
    assert {item["verdict"] for item in phone.verdicts.values()} == {"applied"}
    assert bank.balance(f"hand:{LI_WEI}") == 650_00

    phone.record("intention.recorded", intention_body())
    phone.sync(bank.send)
    assert phone.is_done
    phone.signer = old_key
    with pytest.raises(Problem, match="status_401"):
        phone.sync(bank.send)


def test_it_believes_no_resume_without_the_secret(one_bank: Bank) -> None:
    phone = one_bank.phone()
    body = phone.build_sync()
    device = phone.headers(body)["Doorstep-Device"]

    status, _ = one_bank.send(body, {"Doorstep-Device": device, "Doorstep-Resume": "0" * 64})

    assert status == 401


def test_it_shows_an_officer_nothing_of_anothers_route(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    bank.publish(ZHANG_MIN, ["W2"])
    mine, other = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    mine.record("cash.receipt", receipt_body(mine.next_receipt()))
    mine.sync(bank.send)
    other.sync(bank.send)

    assert ("household", "W2") not in mine.rows and ("household", "W1") not in other.rows
    assert mine.log[-1].hash not in other.verdicts
    pull = {"cursor": mine.cursor, "limit_bytes": 99_999}
    status, answer = ask(bank, other, pull=pull)
    page = answer["page"]
    assert (status, page["reset"]) == (200, True)
    assert {row["eid"] for row in page["rows"] if row["etype"] == "household"} == {"W2"}


def test_it_reads_any_number_of_rows_in_the_same_number_of_queries(bank: Bank) -> None:
    few, many = (LI_WEI, ["W1"]), (ZHANG_MIN, ["W2", "W3", "W4"])

    counts = [_queries_for(bank, officer, households) for officer, households in (few, many)]

    assert counts[0] == counts[1] <= 32


def _queries_for(bank: Bank, officer: str, households: list[str]) -> int:
    """How many statements the whole scope of an officer takes."""
    bank.publish(officer, households)
    statements: list[str] = []
    with bank.app.app_context(), snapshot() as session:
        store = SqlPullStore(Scope(session, BRANCH, officer), build_rows)
        lines = store.scope()
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert len(store.rows(lines)) == len(lines)
    return len(statements)
