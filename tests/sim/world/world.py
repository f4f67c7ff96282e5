"""One seed: a world of phones and a server, and the order in which everything happens in it.

Every choice is drawn from one generator, so that a seed always gives the same run. Safety is
checked after every step; then faults stop, and everything must converge.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from server.services.enrolment import issue_code
from tests.sim.world.checks_phone import check_phone
from tests.sim.world.checks_server import ServerChecks
from tests.sim.world.faults import Faults, draw_rates
from tests.sim.world.handset import Flight, Handset, Page
from tests.sim.world.node import Node
from tests.sim.world.scope import rows_of
from tests.sim.world.server import Server
from tests.sim.world.setting import BOSS, BRANCH, MORNING, OFFICERS
from tests.sim.world.trace import Broken, Trace


@dataclass(frozen=True, slots=True)
class Rig:
    """What every seed of a process shares: the server's side and the phones' side."""

    server: Server
    node: Node


@dataclass(slots=True)
class World:
    """The state of one run."""

    rig: Rig
    seed: str
    chance: Random
    faults: Faults
    checks: ServerChecks
    trace: Trace = field(default_factory=Trace)
    handsets: list[Handset] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    now: int = MORNING
    server_ahead: int = 0
    last_answers: dict[str, Any] = field(default_factory=dict)
    answered_at: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        """The server's side."""
        return self.rig.server

    @property
    def tally(self) -> Counter[str]:
        """How often each kind of fault has happened."""
        return self.faults.tally

    # Phones

    def tell(self, handset: Handset, op: str, page: Page | None = None, **more: Any) -> None:
        """Give a command to a phone, let it run as far as chance lets it, and look at it."""
        command = {"op": op, "profile": handset.name, **more}
        if page is not None:
            command["tab"] = page.id
        limits = self._limits()
        self.trace.say(f"{handset.name} {op} {_short(more)} {_short(limits)}".rstrip())
        self.hear(handset, self.rig.node.ask({**command, **limits}))

    def _limits(self) -> dict[str, Any]:
        if self.faults.happens("page_dies", self.chance):
            cut = self.faults.happens("power_cut", self.chance)
            steps = self.chance.choice((1, 2, 3, 5, 8, 13, 21, 34, 55))
            return {
                "steps": self.chance.randrange(steps + 1),
                "dies": True,
                "commits": self.chance.random() < 0.5,
                "power_cut": cut,
                "torn": round(self.chance.random(), 3),
            }
        if self.faults.happens("held", self.chance):
            return {"steps": self.chance.randrange(30)}
        return {}

    def hear(self, handset: Handset, report: Mapping[str, Any]) -> None:
        """Take in what can be seen of a phone, and check it."""
        handset.waits = report["waits"]
        known = {page.id: page for page in handset.pages}
        handset.pages = []
        for said in report["tabs"]:
            page = known.get(said["id"]) or Page(said["id"])
            handset.pages.append(page)
            self._see(handset, page, said)
        for done in report["finished"]:
            self._finished(handset, done)
        here = {(page.id, ask) for page in handset.pages for ask in page.asks}
        for flight in self.flights:
            if flight.profile == handset.name and (flight.tab, flight.ask["id"]) not in here:
                flight.is_lost = True
        for page in handset.pages:
            if page.is_ready:
                check_phone(handset, page, self.checks, page.changed)
                self._check_done(handset, page)

    def _see(self, handset: Handset, page: Page, said: Mapping[str, Any]) -> None:
        if said["failures"]:
            raise Broken("unheard", f"{handset.name}: {said['failures']}")
        if said["stage"] != page.stage:
            self._check_stage(handset, said["stage"], said["details"])
        page.stage, page.details, page.due = said["stage"], said["details"], said["due"]
        page.phone |= said["phone"]
        page.changed = set(said["phone"])
        asks = {ask["id"]: ask for ask in said["asks"]}
        for number, ask in asks.items():
            if number not in page.asks:
                body = _bytes(ask["body"])
                self.trace.say(f"{handset.name} asks {ask['method']} {ask['path']} {len(body)}")
                self.flights.append(Flight(handset.name, page.id, ask, body))
        page.asks = set(asks)
        if "sync" in said["phone"]:
            state = said["phone"]["sync"]
            self.trace.say(f"{handset.name} is {state['is']} {state['code'] or ''}".rstrip())

    def _check_stage(self, handset: Handset, stage: str, details: str) -> None:
        """A phone starts, whatever happened to it, unless its disk is full."""
        if stage == "trouble" and "files_full" in handset.troubles:
            return
        if stage in ("two_histories", "trouble", "unsupported"):
            raise Broken("stage", f"{handset.name}: {stage} {details}")
        if stage == "enrol" and handset.is_enrolled:
            if handset.wiped != {"database", "files"}:
                raise Broken("I17", f"{handset.name} has forgotten everything")
            handset.is_enrolled, handset.saved, handset.log_at_answer = False, set(), set()
        if stage == "ready":
            handset.wiped = set()

    def _finished(self, handset: Handset, done: Mapping[str, Any]) -> None:
        value = done["value"]
        if isinstance(value, str) and value.startswith("!"):
            raise Broken("unheard", f"{handset.name} {done['what']}: {value}")
        if isinstance(value, list):
            handset.saved |= set(value)
            self.trace.say(f"{handset.name} saved {done['what']} {value[-1][:8] if value else ''}")
        if done["what"] == "enrol":
            self.trace.say(f"{handset.name} enrol: {value}")
            if value == "enrolled":
                handset.is_enrolled = True

    def _check_done(self, handset: Handset, page: Page) -> None:
        """'Done' is never said early: everything is stored, and the rows are the server's."""
        shown = page.phone
        if shown["sync"]["is"] != "done" or page.was_done:
            page.was_done = shown["sync"]["is"] == "done"
            return
        page.was_done = True
        # What was recorded after the last answer had come is not what "done" speaks of.
        missing = handset.log_at_answer - self.checks.stored[shown["acked"]["epoch"]]
        if missing:
            raise Broken("done", f"{handset.name} is done, and {sorted(missing)[0]} is not stored")
        if self.answered_at.get(handset.name) == (self.checks.epoch, self.checks.tick):
            self.check_rows(handset, page)

    def check_rows(self, handset: Handset, page: Page) -> None:
        """The phone's rows are those that the plan and the master data give its officer."""
        expected = rows_of(self.server, handset.officer)
        held = {(etype, eid): total for etype, eid, _, total in page.phone["rows"]}
        wrong = sorted(key for key in {*expected, *held} if expected.get(key) != held.get(key))
        if wrong:
            name = "I12" if any(key not in expected for key in wrong) else "I11"
            raise Broken(name, f"{handset.name} is done, and differs in {wrong}")

    # Time

    def advance(self, milliseconds: int) -> None:
        """Let time pass for everybody, and fire the timers that are due."""
        self.now += milliseconds
        self.set_time()
        self.trace.say(f"time +{milliseconds}")
        for handset in self.handsets:
            if any(page.due <= self.now for page in handset.pages):
                self.tell(handset, "fire")

    def set_time(self) -> None:
        """Tell both sides what time it is."""
        self.server.now = self.now + self.server_ahead
        self.rig.node.ask({"op": "time", "now": self.now})

    # The beginning

    def begin(self) -> None:
        """Put the morning in place: fresh storage, phones enrolled and their route on them."""
        self.server.begin(self.seed)
        # Some seeds get their rows tick by tick, some in one page.
        self.server.limit_pages(self.chance.choice((300, 1_500, 1_000_000)))
        self.rig.node.ask({"op": "reset", "seed": self.seed, "now": self.now})
        self.checks.look()


def make_world(rig: Rig, seed: str, rates: Mapping[str, float] | None = None) -> World:
    """The world of a seed; `rates` replace some of those that it would draw."""
    chance = Random(f"world {seed}")
    drawn = {**draw_rates(chance), **(rates or {})}
    world = World(rig, seed, chance, Faults(drawn), ServerChecks(rig.server))
    world.begin()
    count = chance.choice((2, 2, 3, 4))
    for officer in OFFICERS[:count]:
        phones = 2 if chance.random() < 0.25 else 1
        for n in range(phones):
            world.handsets.append(Handset(f"{officer[-1]}{'ab'[n]}", officer))
    return world


def enrol(world: World, handset: Handset) -> None:
    """The supervisor gives a code, and it is typed into the phone."""
    code = world.server.office(
        lambda: issue_code(BRANCH, handset.officer, issued_by=BOSS, minutes=60)
    )
    world.tell(handset, "enrol", handset.pages[0], code=code)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _short(what: Mapping[str, Any]) -> str:
    told = {key: value for key, value in what.items() if key not in ("body", "headers")}
    return " ".join(f"{key}={value}" for key, value in told.items())
