"""A phone is lost, given back, or its officer leaves: what the office knows and what it may do.

Method: phones record, sync and send beacons over the API; then the states, the numbers and the list
of a leaver are compared with what happened.
"""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete

from server.db import transaction
from server.services.close_lanes import close_lanes
from server.services.leaving import Blocker, leaving_blockers
from server.services.phone_state import PhoneState, phone_state
from server.services.revoke_device import revoke_device
from server.services.settle_incident import settle_incident
from server.tables import Beacon, EventRow, Incident, Lane
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import photo_body, receipt_body, void_body
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank


def take(phone: Phone, *amounts_fen: int) -> None:
    for fen in amounts_fen:
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen))


def say(bank: Bank, phone: Phone) -> None:
    """The phone's word about itself, alone: it has no signal for more."""
    body = phone.beacon_request()
    answer = bank.http.post("/v1/beacon", data=body, headers=phone.headers(body))
    assert (answer.status_code, answer.data) == (204, b"")


def state(bank: Bank, phone: Phone) -> PhoneState:
    assert phone.identity is not None
    with bank.app.app_context():
        return phone_state(BRANCH, phone.identity["device"])


def revoke(bank: Bank, phone: Phone, reason: str = "lost") -> None:
    assert phone.identity is not None
    with bank.app.app_context():
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE, reason=reason)


def blockers(bank: Bank, officer: str = LI_WEI) -> list[Blocker]:
    with bank.app.app_context():
        return leaving_blockers(BRANCH, officer)


def test_it_knows_how_many_records_and_how_much_cash_are_missing(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 520_00, 650_00)
    phone.sync(bank.send)
    take(phone, 100_00, 34_50)
    say(bank, phone)

    known = state(bank, phone)

    assert (known.missing, known.missing_fen) == (2, 134_50)
    assert known.said_fen == 1304_50
    assert [(lane.head_seq, lane.beacon_seq, lane.is_even) for lane in known.lanes] == [
        (len(phone.log) - 2, len(phone.log), False)
    ]


def test_it_says_which_numbers_may_have_been_given_out(bank: Bank) -> None:
    phone = bank.phone(LI_WEI, numbers=20)
    take(phone, 520_00, 650_00)
    phone.sync(bank.send)
    take(phone, 100_00, 34_50)
    say(bank, phone)

    (book,) = state(bank, phone).numbers
    assert (book.first, book.last, book.used_to) == ("SJ000101", "SJ000120", "SJ000102")
    assert (book.used, book.maybe_from, book.maybe_to) == (2, "SJ000103", "SJ000104")

    revoke(bank, phone)
    (book,) = state(bank, phone).numbers
    # What was recorded after its last word nobody knows: all that was left may be used.
    assert (book.state, book.maybe_from, book.maybe_to) == ("suspended", "SJ000103", "SJ000120")


def test_it_counts_nothing_as_missing_when_all_is_here(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 520_00, 650_00)
    phone.record("cash.void", void_body(phone.log[-1]))
    phone.sync(bank.send)
    say(bank, phone)

    known = state(bank, phone)

    assert (known.missing, known.missing_fen) == (0, 0)
    assert known.numbers[0].maybe_to is None
    assert known.lanes[0].is_even


def test_it_takes_what_a_revoked_phone_still_sends_and_lists_it(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 520_00)
    say(bank, phone)
    revoke(bank, phone)

    phone.sync(bank.send)
    known = state(bank, phone)

    assert (known.kept, known.kept_fen) == (1, 520_00)
    assert bank.balance(f"hand:{LI_WEI}") == 520_00
    assert known.missing == 0


def test_it_says_why_a_phone_was_revoked(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)

    with pytest.raises(Problem, match="form_invalid"):
        revoke(bank, phone, "no reason")
    revoke(bank, phone, "stolen")
    revoke(bank, phone, "other")

    [row] = [row for row in bank.rows(EventRow) if row.kind == "device.revoked"]
    assert json.loads(row.canonical)["body"]["reason"] == "stolen"


def test_it_closes_a_lane_only_when_the_phones_last_word_is_here(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 520_00)
    phone.sync(bank.send)
    take(phone, 10_00)
    say(bank, phone)
    revoke(bank, phone)

    def closed() -> bool:
        with bank.app.app_context():
            close_lanes(BRANCH)
        return next(row for row in bank.rows(Lane) if row.id == phone.lane).closed_at_ms is not None

    assert not closed()
    phone.sync(bank.send)
    assert closed()
    # More than it had said came after all, by courier: late is never too late.
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="older word") as tx:
        said = tx.session.get_one(Beacon, (BRANCH, phone.lane))
        said.head_seq, said.head_hash = phone.log[-2].seq, phone.log[-2].hash[:16]
    assert not closed()


def test_it_closes_no_lane_by_number_alone(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 520_00)
    phone.sync(bank.send)
    say(bank, phone)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="fork") as tx:
        tx.session.get_one(Beacon, (BRANCH, phone.lane)).head_hash = "f" * 16
    revoke(bank, phone)

    assert [row.closed_at_ms for row in bank.rows(Lane) if row.id == phone.lane] == [None]


def test_it_leaves_the_lane_of_a_working_phone_open(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    phone.sync(bank.send)
    take(phone, 1_00)
    phone.sync(bank.send)
    say(bank, phone)

    with bank.app.app_context():
        assert close_lanes(BRANCH) == 0


def test_it_lists_all_that_keeps_an_account_open(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W2"])
    take(phone, 520_00)
    phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.record("attachment.added", photo_body(b"\xff\xd8\xff"))
    phone.sync(bank.send)
    take(phone, 10_00, 20_00)
    say(bank, phone)

    found = {each.kind: (each.count, each.amount_fen) for each in blockers(bank)}

    assert found == {
        "cash": (1, 570_00),
        "unsent": (2, 30_00),
        "kept": (1, None),
        "books": (1, None),
        "photos": (1, None),
        "households": (2, None),
        "phones": (1, None),
    }


def test_it_waits_for_a_phone_that_never_spoke_of_itself(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="forget") as tx:
        tx.session.execute(delete(Beacon))  # all came by courier, or from an older build

    assert "unheard" in {each.kind for each in blockers(bank)}
    say(bank, phone)
    assert "unheard" not in {each.kind for each in blockers(bank)}


def test_it_takes_a_beacon_only_from_its_phone_and_of_its_lane(bank: Bank) -> None:
    mine, other = bank.phone(LI_WEI), bank.phone(ZHANG_MIN)
    take(mine, 1_00)
    body = mine.beacon_request()
    before = [(row.lane_id, row.head_seq) for row in bank.rows(Beacon)]

    forged = {**mine.headers(body), "Doorstep-Signature": other.headers(body)["Doorstep-Signature"]}
    statuses = [
        bank.http.post("/v1/beacon", data=body, headers=forged).status_code,
        bank.http.post("/v1/beacon", data=body, headers=other.headers(body)).status_code,
        bank.http.post("/v1/beacon", data=b"{}", headers=mine.headers(b"{}")).status_code,
        bank.http.post("/v1/beacon", data=b"1" * 2000, headers={}).status_code,
    ]

    assert statuses == [401, 204, 400, 413]
    assert [(row.lane_id, row.head_seq) for row in bank.rows(Beacon)] == before


def test_it_never_believes_less_than_it_was_told(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 1_00, 2_00)
    old = phone.beacon_request()
    take(phone, 3_00)
    say(bank, phone)

    bank.http.post("/v1/beacon", data=old, headers=phone.headers(old))

    assert (state(bank, phone).missing, state(bank, phone).missing_fen) == (3, 6_00)


def test_it_hears_a_revoked_phone(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    take(phone, 7_00)
    revoke(bank, phone)

    say(bank, phone)

    assert (state(bank, phone).missing, state(bank, phone).missing_fen) == (1, 7_00)


def test_it_has_nothing_against_somebody_who_has_given_back_everything(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    say(bank, phone)
    revoke(bank, phone, "leaver")

    assert blockers(bank) == []
    assert blockers(bank, ZHANG_MIN) == []
    with pytest.raises(Problem, match="staff_unknown"):
        blockers(bank, "nobody")


def test_it_sums_the_cash_over_all_phones_of_an_officer(bank: Bank) -> None:
    first, second = bank.phone(LI_WEI), bank.phone(LI_WEI)
    take(first, 520_00)
    first.sync(bank.send)
    take(second, 80_00)
    second.sync(bank.send)

    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert [each.amount_fen for each in blockers(bank) if each.kind == "cash"] == [600_00]


def test_it_notes_who_looked_into_an_incident_first(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    assert phone.identity is not None
    device = phone.identity["device"]
    with bank.app.app_context():
        with transaction(BRANCH, actor="test", cause="incident") as tx:
            row = Incident(
                branch_id=BRANCH, id="i1", device_id=device, kind="forked", details="{}", at_ms=1
            )
            tx.session.add(row)
        settle_incident(BRANCH, "i1", by=CHEN_JIE)
        settle_incident(BRANCH, "i1", by=LI_WEI)
        with pytest.raises(Problem, match="incident_unknown"):
            settle_incident(BRANCH, "i2", by=CHEN_JIE)

    assert [each.settled_by for each in state(bank, phone).incidents] == ["陈杰"]
