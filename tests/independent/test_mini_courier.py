"""A second client, written from docs/courier.md alone, lets others carry its day.

Frames and acknowledgements against the vectors; bundles against a real server process, carried by
a colleague's second client, or by a kiosk that signs nothing. Afterwards the server's database must
hold every event once, byte for byte, and the officer's cash must be what the client counts.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.independent import courier
from tests.independent.client import Phone
from tests.independent.codec import Bad, unb64
from tests.independent.courier import as_text, carry, frame, from_text, hear, seal
from tests.independent.day import keep, visit
from tests.independent.line import plain
from tests.independent.test_mini_codec import cases
from tests.independent.town import Town
from tests.small_bank import ZHANG_MIN


def in_the_valley(town: Town) -> Phone:
    """A phone with two gates unsent."""
    phone = town.phone()
    phone.sync()
    visit(phone, "W1", 1)
    visit(phone, "W2", 2)
    return phone


def bundle_of(phone: Phone, size: int = 5) -> courier.Bundle:
    """What is unsent, in batches of a few."""
    unsent = phone.unsent()
    batches = [unsent[at : at + size] for at in range(0, len(unsent), size)]
    (me,) = phone.of_type("me").values()
    return seal(phone, batches, me["server_key"])


@pytest.mark.parametrize("case", [c for c in cases("fountain") if "message" in c.values[0]["in"]])
def test_it_shows_the_frames_of_the_vectors(case: dict[str, Any]) -> None:
    given = case["in"]
    message = bytes.fromhex(given["message"])

    shown = frame(message, given["number"])

    assert shown[5:].hex() == case["out"][10:]


def test_it_reads_the_acknowledgement_of_the_vectors() -> None:
    told = {case.values[0]["name"]: case.values[0] for case in cases("bundle")}
    case = told["acknowledgement, for its phone"]
    data = from_text(case["in"]["file"])

    assert courier.open_answer(data, unb64(case["in"]["secret"])) == case["out"]["told"]
    with pytest.raises(Bad, match="bundle_invalid"):
        courier.open_answer(from_text(told["cut"]["in"]["file"]), b"")


@pytest.mark.parametrize("length", [1, 500, 501, 5_000, 40_000])
def test_it_finds_the_message_in_the_frames_that_were_seen(length: int) -> None:
    dice = random.Random(length)
    message = dice.randbytes(length)
    blocks = -(-length // 500)
    numbers = dice.sample(range(65_536), blocks + 12)

    frames = [frame(message, number) for number in numbers]

    assert courier.receive(frames) == message
    assert courier.receive(frames[: blocks - 1] or [frames[0][:-1] + b"?"]) is None


def test_it_comes_home_with_a_colleague(town: Town) -> None:
    phone = in_the_valley(town)
    colleague = town.phone(officer=ZHANG_MIN)
    colleague.sync()
    bundle = bundle_of(phone)
    data = from_text(as_text(bundle.data))

    answers = [carry(colleague, data) for _ in range(2)]
    for answer in answers:
        assert answer is not None
        hear(phone, bundle, answer)

    assert not phone.unsent()
    assert {took[0] for took in phone.memory.took.values()} == {"applied"}
    phone.sync()
    assert phone.is_equal
    keep(town, phone)


def test_it_comes_home_by_a_kiosk_after_the_phone_itself(town: Town) -> None:
    phone = in_the_valley(town)
    bundle = bundle_of(phone)
    seen = courier.receive([frame(bundle.data, number) for number in range(3, 40)])
    assert seen == bundle.data
    phone.sync()

    told = {"Content-Type": "application/octet-stream", "Doorstep-Via": "qr"}
    answer = phone.send("POST", "/v1/courier", told, seen)

    assert answer.status == 200
    got = json.loads(plain(answer))
    hear(phone, bundle, unb64(got["ack"]))
    assert all(phone.memory.took[e.hash][3] for batch in bundle.batches for e in batch)
    keep(town, phone)


def test_it_brings_a_new_key_inside_a_bundle(town: Town) -> None:
    phone = in_the_valley(town)
    colleague = town.phone(officer=ZHANG_MIN)
    colleague.sync()
    phone.lose_key()
    visit(phone, "W3", 3)
    bundle = bundle_of(phone, 400)

    answer = carry(colleague, bundle.data)

    assert answer is not None
    hear(phone, bundle, answer)
    phone.resumes = False
    phone.sync()
    assert {phone.memory.verdicts[e.hash][1] for e in phone.events()} == {"applied"}
    keep(town, phone)
