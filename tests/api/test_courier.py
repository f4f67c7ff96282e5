"""POST /v1/courier: records that somebody else carries.

Method: Li Wei's phone records without a signal and seals its outbox; Zhang Min's phone, or a
kiosk, brings it to the real application; each test looks at the answer, at what the first phone
can read of it, and at what is stored, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from server.guesses import GUESSES_A_MINUTE_MAX
from server.keys import rotate_sealing_key
from server.seal import seal
from server.services.kept_bundles import KEPT_MAX, bundle_path
from server.services.open_bundles import open_bundles
from server.services.revoke_device import revoke_device
from server.tables import CourierBundle, EventRow, VerdictRow
from sync.bundle import read_bundle, write
from sync.client import Phone
from sync.specimens import receipt_body
from tests.couriers import batches, bundle_of, packed_content, secret_of, server_point, told_by
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, Bank


def carry(bank: Bank, data: bytes, by: Phone | None = None, *, via: str = "courier") -> Any:
    """Bring a bundle, as a colleague's phone or (by nobody) as a kiosk."""
    signed = by.headers(data) if by else {}
    headers = {**signed, "Doorstep-Via": via}
    return bank.http.post("/v1/courier", data=data, headers=headers)


def recorded(bank: Bank, receipts: int = 2) -> Phone:
    """Li Wei's phone with receipts that only it holds."""
    bank.publish(LI_WEI, ["W1", "W2"])
    phone = bank.phone()
    for n in range(receipts):
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), (n + 1) * 100_00))
    return phone


def sealed(phone: Phone, pushes: list[dict[str, Any]], secret: bytes | None = None) -> bytes:
    packed = packed_content(phone, pushes=pushes, secret=secret)
    return write(seal(server_point(phone), len(pushes), packed))


def stored(bank: Bank, phone: Phone) -> dict[str, tuple[str, str | None]]:
    """Hash -> (how it came, who brought it) of the phone's events on the server."""
    return {
        row.hash: (row.received_via, row.sender_device)
        for row in bank.rows(EventRow)
        if row.lane_id == phone.lane
    }


def test_it_takes_in_what_a_colleague_carries(bank: Bank) -> None:
    phone, carrier = recorded(bank), bank.phone(ZHANG_MIN)
    data = bundle_of(phone)

    answer = carry(bank, data, carrier)

    assert answer.status_code == 200
    held = stored(bank, phone)
    assert phone.identity and set(held) == {event.hash for event in phone.log}
    for event in phone.unacked:
        assert held[event.hash] == ("courier", phone.identity["device"])
    assert bank.balance(f"hand:{LI_WEI}") == 300_00
    row = bank.rows(CourierBundle)[0]
    assert (row.state, row.events, row.lane_id) == ("opened", 2, phone.lane)
    assert carrier.identity and row.carried_by == carrier.identity["device"]


def test_it_answers_for_the_phone_that_made_it_and_nobody_else(bank: Bank) -> None:
    phone, carrier = recorded(bank), bank.phone(ZHANG_MIN)

    answer = carry(bank, bundle_of(phone), carrier)

    told = told_by(answer.json["ack"], phone)
    lane = {one["lane"]: one for one in told["lanes"]}[phone.lane]
    assert (lane["head_seq"], lane["head_hash"]) == (len(phone.log), phone.log[-1].hash)
    assert told["took"] == [[[2, "applied", None, None, False]]]
    assert told["epoch"] == phone.epoch
    with pytest.raises(Exception, match="seal"):
        told_by(answer.json["ack"], carrier)


def test_it_marks_its_answer_for_the_carrier(one_bank: Bank) -> None:
    phone, carrier = recorded(one_bank), one_bank.phone(ZHANG_MIN)
    data = bundle_of(phone)

    told = carry(one_bank, data, carrier).json

    words = f"{read_bundle(data).id.hex()}|{told['ack']}".encode()
    assert told["mark"] == hmac.new(secret_of(carrier), words, hashlib.sha256).hexdigest()


def test_it_changes_nothing_when_the_phone_itself_comes_later(bank: Bank) -> None:
    phone = recorded(bank)
    carry(bank, bundle_of(phone))
    before = (len(bank.rows(EventRow)), len(bank.rows(VerdictRow)), bank.balances())

    phone.sync(bank.send)

    assert (len(bank.rows(EventRow)), len(bank.rows(VerdictRow)), bank.balances()) == before
    assert phone.unacked == []


def test_it_takes_bundles_in_any_order(bank: Bank) -> None:
    phone = recorded(bank, 4)
    first, second = bundle_of(phone, phone.unacked[:2]), bundle_of(phone, phone.unacked[2:])

    early = told_by(carry(bank, second).json["ack"], phone)
    late = told_by(carry(bank, first).json["ack"], phone)

    heads = [one["head_seq"] for one in (*early["lanes"], *late["lanes"])]
    assert heads == [phone.acked_seq, len(phone.log)]
    assert bank.balance(f"hand:{LI_WEI}") == 1000_00
    assert {row.verdict for row in bank.rows(VerdictRow)} == {"applied"}


def test_it_is_not_moved_by_a_thousand_replays(one_bank: Bank) -> None:
    phone, carrier = recorded(one_bank), one_bank.phone(ZHANG_MIN)
    data = bundle_of(phone)
    carry(one_bank, data, carrier)
    before = (one_bank.balances(), len(one_bank.rows(EventRow)), len(one_bank.rows(VerdictRow)))

    answers = {carry(one_bank, data, carrier).status_code for _ in range(1000)}

    assert answers == {200}
    assert before == (
        one_bank.balances(),
        len(one_bank.rows(EventRow)),
        len(one_bank.rows(VerdictRow)),
    )
    assert len(one_bank.rows(CourierBundle)) == 1


def test_it_takes_a_bundle_from_a_kiosk_and_says_so(bank: Bank) -> None:
    phone = recorded(bank)

    answer = carry(bank, bundle_of(phone), via="qr")

    assert answer.status_code == 200 and "mark" not in answer.json
    assert {via for via, _ in stored(bank, phone).values()} == {"https", "qr"}
    assert bank.rows(CourierBundle)[0].carried_by is None


def test_it_lets_a_kiosk_come_only_so_often(one_bank: Bank) -> None:
    phone = recorded(one_bank)
    data = bundle_of(phone)
    answers = [carry(one_bank, data).status_code for _ in range(GUESSES_A_MINUTE_MAX + 1)]

    assert answers == [200] * GUESSES_A_MINUTE_MAX + [429]
    assert carry(one_bank, data, one_bank.phone(ZHANG_MIN)).status_code == 200
    one_bank.clock.pass_minutes(1)
    assert carry(one_bank, data).status_code == 200


def test_it_opens_what_was_sealed_to_the_key_before(bank: Bank) -> None:
    phone = recorded(bank)
    data = bundle_of(phone)
    with bank.app.app_context():
        rotate_sealing_key(bank.app.extensions["settings"])
    phone_later = bank.phone(ZHANG_MIN)

    assert server_point(phone_later) != server_point(phone)
    assert carry(bank, data).status_code == 200
    assert len(stored(bank, phone)) == len(phone.log)


def test_it_keeps_the_cash_of_a_revoked_phone(bank: Bank) -> None:
    phone = recorded(bank)
    with bank.app.app_context():
        assert phone.identity
        revoke_device(BRANCH, phone.identity["device"], by=CHEN_JIE)

    told = told_by(carry(bank, bundle_of(phone)).json["ack"], phone)

    assert told["took"] == [[[2, "quarantined", "revoked_device", None, False]]]
    assert bank.balance(f"hand:{LI_WEI}") == 300_00


def test_it_takes_the_other_batches_when_one_is_none(bank: Bank) -> None:
    phone = recorded(bank)
    pushes = [{"v": 1, "nonsense": True}, *batches(phone)]
    data = sealed(phone, pushes)

    told = told_by(carry(bank, data).json["ack"], phone)

    assert told["took"] == [None, [[2, "applied", None, None, False]]]
    assert bank.balance(f"hand:{LI_WEI}") == 300_00


def test_it_believes_nobody_who_does_not_hold_the_secret(bank: Bank) -> None:
    phone = recorded(bank)
    forged = sealed(phone, batches(phone), secret=b"x" * 32)

    answer = carry(bank, forged)

    assert (answer.status_code, answer.json["code"]) == (202, "bundle_unproved")
    assert answer.json["ack"] is None
    assert bank.balance(f"hand:{LI_WEI}") == 0
    with bank.app.app_context():
        assert bundle_path(hashlib.sha256(forged).hexdigest()).read_bytes() == forged


def test_it_keeps_what_it_cannot_open_until_it_can(bank: Bank) -> None:
    phone = recorded(bank)
    data = bundle_of(phone)
    settings = bank.app.extensions["settings"]
    with bank.app.app_context():
        rotate_sealing_key(settings)
    lost = settings.data_dir / f"seal-{read_bundle(data).key_id.hex()}.pem"
    hidden = lost.rename(lost.with_suffix(".away"))

    answer = carry(bank, data)
    assert (answer.status_code, answer.json["code"]) == (202, "bundle_key_unknown")
    with bank.app.app_context():
        assert open_bundles() == (0, 1)
        hidden.rename(lost)
        assert open_bundles() == (1, 0)
        assert open_bundles() == (0, 0)

    assert {row.state for row in bank.rows(CourierBundle)} == {"opened"}
    assert carry(bank, data).status_code == 200
    assert bank.balance(f"hand:{LI_WEI}") == 300_00


def test_it_stops_keeping_when_a_stranger_brings_too_many(one_bank: Bank) -> None:
    carrier, phone = one_bank.phone(ZHANG_MIN), recorded(one_bank)
    data = bundle_of(phone)
    for n in range(KEPT_MAX):
        assert carry(one_bank, data[:200] + n.to_bytes(8), carrier).status_code == 202

    answer = carry(one_bank, data[:300], carrier)

    assert (answer.status_code, answer.json["code"]) == (503, "courier_full")
    assert carry(one_bank, data, carrier).status_code == 200


def test_it_refuses_a_carrier_who_signs_wrong(one_bank: Bank) -> None:
    phone, carrier = recorded(one_bank), one_bank.phone(ZHANG_MIN)

    answer = one_bank.http.post(
        "/v1/courier", data=bundle_of(phone), headers=carrier.headers(b"other bytes")
    )

    assert answer.status_code == 401
    assert len(stored(one_bank, phone)) == phone.acked_seq
