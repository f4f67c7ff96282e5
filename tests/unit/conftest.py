"""What the unit tests share: a printed seed (UNIT_SEED repeats it), Li Wei's phone, its office."""

from __future__ import annotations

import os
import random
import secrets

import pytest

from sync.client import Phone, World
from tests.unit.cast import MONDAY_MS
from tests.unit.fake_office import BOOK, LOAN, FakeKey, FakeOffice


@pytest.fixture(name="seed")
def fixture_seed() -> int:
    """A seed that is printed when its test fails."""
    seed = int(os.environ.get("UNIT_SEED") or secrets.randbits(32))
    print(f"UNIT_SEED={seed}")
    return seed


@pytest.fixture(name="office")
def fixture_office() -> FakeOffice:
    """An office with one loan, one receipt book and the officer herself."""
    office = FakeOffice()
    office.rows = {
        ("loan", "L-W14"): (1, LOAN),
        ("book", "book-1"): (2, BOOK),
        ("me", "officer-1"): (3, {"id": "officer-1", "counted_total_fen": 0}),
    }
    return office


@pytest.fixture(name="phone")
def fixture_phone(office: FakeOffice) -> Phone:
    """Li Wei's phone, enrolled, its lane open and nothing sent."""
    source = random.Random(1)
    world = World(now_ms=lambda: MONDAY_MS, random_bytes=source.randbytes)
    phone = Phone(FakeKey(), world)
    office.rows["book", "book-1"] = (2, {**BOOK, "lane": phone.lane})
    phone.absorb_enrolment(office.enrolment(phone.enrol_request("0123ABCD")))
    return phone
