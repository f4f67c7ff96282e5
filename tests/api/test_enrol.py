"""POST /v1/enrol and GET /v1/hello: a phone becomes a device, once for each code.

Method: requests go through the application; the clock of the bank is moved by the test.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.device_key import DeviceKey
from server.guesses import GUESSES_A_MINUTE_MAX
from server.tables import Device, EventRow, Lane
from tests.small_bank import LI_WEI, ZHANG_MIN, Bank


def request_with(code: str, **changes: Any) -> dict[str, Any]:
    key = DeviceKey()
    return {
        "code": code,
        "alg": "ES256",
        "public_key": key.public_key,
        "lane": "ab" * 16,
        "app": "test",
        **changes,
    }


def test_it_makes_a_device_with_a_lane(bank: Bank) -> None:
    answer = bank.http.post("/v1/enrol", json=request_with(bank.code(LI_WEI)))

    assert answer.status_code == 201
    told = answer.json
    assert told is not None
    assert told["lane"] == {"id": "ab" * 16, "code": "D1"}
    assert told["officer"] == {"id": LI_WEI, "name": "李薇"}
    assert told["branch"] == {"id": "tangchong", "name": "塘冲分社"}
    assert told["now"] == bank.clock.now
    assert answer.headers["Cache-Control"] == "no-store"
    assert "device.enrolled" in [row.kind for row in bank.rows(EventRow)]


def test_it_takes_the_code_as_people_type_it(one_bank: Bank) -> None:
    code = one_bank.code(LI_WEI).lower().replace("-", " ")

    assert one_bank.http.post("/v1/enrol", json=request_with(code)).status_code == 201


def test_it_gives_the_same_answer_to_the_same_phone(bank: Bank) -> None:
    message = request_with(bank.code(LI_WEI))

    first = bank.http.post("/v1/enrol", json=message)
    second = bank.http.post("/v1/enrol", json=message)

    assert second.status_code == 201
    assert second.json == first.json
    assert len(bank.rows(Device)) == 1


def test_it_refuses_a_code_that_another_phone_has_used(bank: Bank) -> None:
    code = bank.code(LI_WEI)
    bank.http.post("/v1/enrol", json=request_with(code))

    other = bank.http.post("/v1/enrol", json=request_with(code, lane="cd" * 16))

    assert (other.status_code, other.json and other.json["code"]) == (409, "code_used")
    assert len(bank.rows(Device)) == 1


def test_it_refuses_a_code_after_ten_minutes(bank: Bank) -> None:
    code, used = bank.code(LI_WEI), bank.code(LI_WEI)
    message = request_with(used)
    bank.http.post("/v1/enrol", json=message)
    bank.clock.pass_minutes(10)

    late = bank.http.post("/v1/enrol", json=request_with(code, lane="cd" * 16))
    again = bank.http.post("/v1/enrol", json=message)

    assert (late.status_code, late.json and late.json["code"]) == (410, "code_expired")
    assert again.status_code == 409


def test_it_says_the_same_of_every_code_that_was_never_given(one_bank: Bank) -> None:
    answers = [
        one_bank.http.post("/v1/enrol", json=request_with(code)).json
        for code in ("AAAA-AAAA", "short", "", "零零零零-零零零零", "U" * 8)
    ]

    assert {str(answer) for answer in answers} == {str(answers[0])}
    assert answers[0] is not None and answers[0]["code"] == "code_unknown"


def test_it_makes_a_guesser_wait(one_bank: Bank) -> None:
    for _ in range(GUESSES_A_MINUTE_MAX):
        one_bank.http.post("/v1/enrol", json=request_with("AAAA-AAAA"))

    limited = one_bank.http.post("/v1/enrol", json=request_with(one_bank.code(LI_WEI)))
    assert limited.status_code == 429
    one_bank.clock.pass_minutes(1)
    after = one_bank.http.post("/v1/enrol", json=request_with(one_bank.code(LI_WEI)))
    assert after.status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"alg": "RS256"}, 422, "key_invalid"),
        ({"public_key": "AAAA"}, 422, "key_invalid"),
        ({"public_key": "B" + "A" * 86}, 422, "key_invalid"),
        ({"lane": "AB" * 16}, 400, "request_invalid"),
        ({"surplus": 1}, 400, "request_invalid"),
    ],
)
def test_it_refuses_what_is_no_key_or_no_lane(
    one_bank: Bank, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = one_bank.http.post("/v1/enrol", json=request_with(one_bank.code(LI_WEI), **changes))

    assert (answer.status_code, answer.json and answer.json["code"]) == (status, code)
    assert one_bank.rows(Device) == []


def test_it_refuses_a_lane_that_another_phone_has(bank: Bank) -> None:
    bank.http.post("/v1/enrol", json=request_with(bank.code(LI_WEI)))

    other = bank.http.post("/v1/enrol", json=request_with(bank.code(ZHANG_MIN)))

    assert (other.status_code, other.json and other.json["code"]) == (409, "lane_taken")
    assert len([row for row in bank.rows(Lane) if row.device_id]) == 1


def test_it_says_which_history_it_holds(one_bank: Bank) -> None:
    told = one_bank.http.get("/v1/hello").json

    assert told is not None
    assert set(told) == {"epoch", "now", "app_min"}
    assert told["now"] == one_bank.clock.now


def test_it_describes_itself(one_bank: Bank) -> None:
    document = one_bank.http.get("/v1/openapi.json").json

    assert document is not None
    assert set(document["paths"]) == {
        "/v1/enrol",
        "/v1/hello",
        "/v1/readmit",
        "/v1/sync",
        "/v1/answer",
        "/v1/attachments/{sha256}",
        "/v1/beacon",
        "/v1/courier",
    }
    sync = document["paths"]["/v1/sync"]["post"]
    assert sync["requestBody"]["content"]["application/json"]["schema"]
    lines = sync["responses"]["200"]["content"]["text/plain"]["schema"]
    assert "Three lines" in lines["description"]
    assert {"Page", "Envelope"} <= set(document["components"]["schemas"])


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/sync"), ("POST", "/v1/nothing")])
def test_it_refuses_in_json_what_it_does_not_serve(one_bank: Bank, method: str, path: str) -> None:
    answer = one_bank.http.open(path, method=method)

    assert answer.status_code in (404, 405)
    assert answer.json is not None and answer.json["code"] in ("not_found", "method_not_allowed")
