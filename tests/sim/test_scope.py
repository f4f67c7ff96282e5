"""No officer ever receives anything outside his scope, through any endpoint (I12, I24).

Method: random weeks of publishing, planning, handing over with and without grace, days that pass
and records that are pushed, drawn by Hypothesis. An oracle of plain sets says who may hold which
household when. Phones sync at random, in small pages; every answer that an officer gets is read,
and a phone that is in step holds its scope, no more and no less.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sync.specimens as say
from server.clock import at_hour, day_of
from server.services.hand_overs import tend_hand_overs
from server.services.reassign import Handing, reassign_households
from sync.client import Phone
from sync.transport import Reply, Request
from tests.small_bank import (
    BRANCH,
    CHEN_JIE,
    LI_WEI,
    ZHANG_MIN,
    Bank,
    Founded,
    copy_bank,
)
from tests.small_bank import HOUSEHOLDS as BORROWERS

OFFICERS = (LI_WEI, ZHANG_MIN)
HOUSEHOLDS = ("W1", "W2", "W3", "W4")
NAMES = {borrower.id: borrower.name for borrower in BORROWERS}
VILLAGE = {"W1": 1, "W2": 1, "W3": 2, "W4": 2}
EXAMPLES = 15

STEP = st.one_of(
    st.tuples(
        st.just("give"), st.integers(0, 1), st.sets(st.sampled_from(HOUSEHOLDS)), st.booleans()
    ),
    st.tuples(st.just("sync"), st.integers(0, 1)),
    st.tuples(st.just("record"), st.integers(0, 1), st.sampled_from(HOUSEHOLDS)),
    st.tuples(st.just("evening")),
    st.tuples(st.just("tend")),
)


@dataclass(slots=True)
class Oracle:
    """Who holds which household, in plain sets.

    has     Officer -> the households that are his.
    keeps   Officer -> those he gave away and keeps until an instant.
    """

    has: dict[str, set[str]] = field(default_factory=lambda: {each: set() for each in OFFICERS})
    keeps: dict[str, dict[str, int]] = field(
        default_factory=lambda: {each: {} for each in OFFICERS}
    )

    def give(self, giver: str, taker: str, households: set[str], until: int | None) -> None:
        self.has[giver] -= households
        self.has[taker] |= households
        for household in households:
            self.keeps[taker].pop(household, None)
            if until is not None:
                self.keeps[giver][household] = until

    def end_grace(self, officer: str, now: int) -> None:
        kept = self.keeps[officer].items()
        self.keeps[officer] = {household: until for household, until in kept if until > now}

    def may_hold(self, officer: str) -> set[str]:
        return self.has[officer] | self.keeps[officer].keys()


@dataclass(slots=True)
class World:
    """The bank, a phone for each officer, and what each answer held."""

    bank: Bank
    oracle: Oracle = field(default_factory=Oracle)
    phones: dict[str, Phone] = field(default_factory=dict)
    answers: int = 0

    def start(self) -> None:
        self.bank.publish(LI_WEI, ["W1", "W2"])
        self.bank.publish(ZHANG_MIN, ["W3", "W4"])
        self.oracle.has = {LI_WEI: {"W1", "W2"}, ZHANG_MIN: {"W3", "W4"}}
        self.phones = {officer: self.bank.phone(officer) for officer in OFFICERS}

    def give(self, who: int, households: set[str], with_grace: bool) -> None:
        giver, taker = OFFICERS[who], OFFICERS[1 - who]
        moved = households & self.oracle.has[giver]
        if not moved:
            return
        now = self.bank.clock.now
        until = at_hour(day_of(now), 22) if with_grace else None
        handing = Handing(
            household_ids=tuple(sorted(moved)),
            from_officer_id=giver,
            to_officer_id=taker,
            evict_after_ms=until,
        )
        with self.bank.app.app_context():
            reassign_households(BRANCH, handing, by=CHEN_JIE)
        self.oracle.give(giver, taker, moved, until if until and until > now else None)

    def record(self, who: int, household: str) -> None:
        """An officer records at a household, also at one that is another's by now."""
        phone = self.phones[OFFICERS[who]]
        if ("household", household) in phone.rows:
            phone.record("intention.recorded", say.intention_body(household))

    def sync(self, who: int) -> None:
        officer, phone = OFFICERS[who], self.phones[OFFICERS[who]]
        self.oracle.end_grace(officer, self.bank.clock.now)

        def watched(request: Request) -> Reply:
            reply = self.bank.send(request)
            self.read_answer(officer, reply.body.decode())
            return reply

        phone.sync(watched)
        self.check_rows(officer, phone)

    def read_answer(self, officer: str, text: str) -> None:
        """No answer names a borrower who is not this officer's, nor another's events."""
        self.answers += 1
        allowed = self.oracle.may_hold(officer)
        for household, name in NAMES.items():
            is_told = name in text or json.dumps(name).strip('"') in text
            assert household in allowed or not is_told, f"{officer} was told of {household}"
        for other in OFFICERS:
            for event in self.phones[other].log if other != officer else []:
                assert event.hash[:16] not in text, "a verdict on another's event"

    def check_rows(self, officer: str, phone: Phone) -> None:
        """A phone in step holds its scope, and only that."""
        scope = self.oracle.may_hold(officer)
        held = {etype: {eid for of, eid in phone.rows if of == etype} for etype, _ in phone.rows}
        assert held.get("household", set()) == scope
        assert held.get("loan", set()) == {f"L-{household}" for household in scope}
        assert held.get("handover", set()) <= scope
        stops = {row["row"]["household_id"] for (of, _), row in phone.rows.items() if of == "stop"}
        assert stops == scope
        assert len(held.get("village", set())) == len({VILLAGE[each] for each in scope})
        assert not phone.incidents, "no digest ever differs"

    def evening(self) -> None:
        self.bank.clock.now = at_hour(day_of(self.bank.clock.now), 22) + 1

    def tend(self) -> None:
        with self.bank.app.app_context():
            tend_hand_overs(BRANCH)
        for officer in OFFICERS:
            self.oracle.end_grace(officer, self.bank.clock.now)

    def run(self, steps: list[tuple[Any, ...]]) -> None:
        for name, *values in steps:
            getattr(self, name)(*values)
        for _ in range(2):
            self.sync(0)
            self.sync(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_bank(
    request: pytest.FixtureRequest,
    founded: Callable[[str], Founded],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], Bank]]:
    """Makes a new bank for each example of Hypothesis."""
    banks: list[Bank] = []
    original = founded(request.param)

    def make() -> Bank:
        folder = tmp_path_factory.mktemp("scope")
        if request.param == "sqlite":
            url = f"sqlite:///{folder / 'doorstep.db'}"
            source = Path(original.url.removeprefix("sqlite:///"))
            (folder / "doorstep.db").write_bytes(source.read_bytes())
        else:
            url = request.getfixturevalue("postgres").new_database(original.url)
        banks.append(copy_bank(original, url, folder))
        return banks[-1]

    yield make
    for bank in banks:
        bank.close()
        if request.param == "postgresql":
            request.getfixturevalue("postgres").drop_database(bank.url)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    print_blob=True,
)
@given(steps=st.lists(STEP, min_size=3, max_size=12))
def test_it_shows_no_officer_what_is_not_his(
    fresh_bank: Callable[[], Bank], steps: list[tuple[Any, ...]]
) -> None:
    world = World(fresh_bank())
    world.start()

    world.run(steps)


def test_it_gives_another_phone_neither_the_answer_nor_the_cursor(bank: Bank) -> None:
    """A cursor that was stolen is nobody's; what was asked by one is answered to him alone."""
    world = World(bank)
    world.start()
    mine, hers = world.phones[LI_WEI], world.phones[ZHANG_MIN]
    hers.scope.cursor = mine.cursor
    hers.sync(bank.send)
    assert {eid for of, eid in hers.rows if of == "household"} == {"W3", "W4"}

    mine.scope.cursor = None
    body = mine.build_sync()
    stranger = {"Doorstep-Device": device_of(hers)}
    assert bank.send(body, {**mine.headers(body), **stranger})[0] == 401
    assert bank.send(body, mine.headers(body))[0] == 200
    wanted = {"Doorstep-Answer": f"{json.loads(body)['req_id']};0", "Range": "bytes=0-"}
    own = {**wanted, "Doorstep-Device": device_of(mine)}
    assert bank.send(Request("GET", "/v1/answer", own)).status in (200, 206)
    assert bank.send(Request("GET", "/v1/answer", {**wanted, **stranger})).status == 404


def device_of(phone: Phone) -> str:
    assert phone.identity is not None
    return str(phone.identity["device"])
