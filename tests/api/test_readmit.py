"""A phone that a restored server has forgotten comes back by its ticket, and nobody else does.

Method: a real backup from before the enrolment is restored, without the journal, by the code of
`doorstep restore`; the phone syncs as on any evening. On SQLite and PostgreSQL.
"""

from __future__ import annotations

import json

from sqlalchemy import text

from server.db import transaction
from server.device_key import DeviceKey
from server.tables import EventRow, Incident
from sync.client import Phone
from sync.specimens import intention_body, receipt_body, visit_body
from tests.safekeeping import back_up, lose_everything, restored
from tests.small_bank import BRANCH, LI_WEI, Bank


def test_it_brings_a_phone_back_that_was_enrolled_after_the_backup(
    bank: Bank,
) -> None:
    before = back_up(bank).folder
    phone = bank.phone(LI_WEI)
    phone.record("visit.started", visit_body())
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    phone.sync(bank.send)
    lose_everything(bank)
    bank, _ = restored(bank, before)
    phone.record("intention.recorded", intention_body())

    phone.sync(bank.send)

    stored = {row.hash for row in bank.rows(EventRow)}
    assert {event.hash for event in phone.log} <= stored and phone.is_done
    # Its book was issued after the backup too: the slip waits for the cashier, its cash does not.
    assert phone.verdicts[slip.hash]["reason"] == "number_not_in_book"
    assert bank.balance(f"hand:{LI_WEI}") == 600_00 == phone.hand_fen()
    phone.sync(bank.send)
    assert len(bank.rows(EventRow)) == len(stored)
    assert bank.rows(Incident) == []
    bank.close()


def readmit(bank: Bank, phone: Phone, ticket: str) -> int:
    """The status with which the server answers this ticket."""
    body = json.dumps({"ticket": ticket}).encode()
    return bank.http.post("/v1/readmit", data=body, headers=phone.headers(body)).status_code


def test_it_believes_no_ticket_but_the_phones_own(bank: Bank) -> None:
    before = back_up(bank).folder
    phone, other = bank.phone(LI_WEI), bank.phone(LI_WEI)
    assert phone.identity and other.identity
    own, foreign = phone.identity["ticket"], other.identity["ticket"]
    lose_everything(bank)
    bank, _ = restored(bank, before)
    thief = Phone(DeviceKey(), bank.world())
    thief.identity = {"device": phone.identity["device"]}

    assert readmit(bank, phone, foreign) == 401
    assert readmit(bank, phone, own[:-8] + "AAAAAAAA") == 401
    assert readmit(bank, phone, "") == 401
    assert readmit(bank, thief, own) == 401, "a ticket alone is not enough"
    assert readmit(bank, phone, own) == 204
    assert readmit(bank, phone, own) == 204, "again changes nothing"
    bank.close()


def test_it_does_not_wake_a_revoked_phone(one_bank: Bank) -> None:
    phone = one_bank.phone(LI_WEI)
    assert phone.identity
    with one_bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.execute(text("UPDATE device SET status = 'revoked'"))

    assert readmit(one_bank, phone, phone.identity["ticket"]) == 204

    statuses = one_bank.query(text("SELECT status FROM device"))
    assert [row.status for row in statuses] == ["revoked"]
