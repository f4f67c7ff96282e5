"""Running a seed: the morning, the steps, and the evening on which everything must come right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.sim.world import network, office
from tests.sim.world.handset import Handset
from tests.sim.world.happenings import happen
from tests.sim.world.liveness import converge
from tests.sim.world.trace import Broken
from tests.sim.world.world import Rig, World, enrol, make_world

STEPS = 120

# What an officer does, and how often.
DEEDS = {
    "begin": 5,
    "end": 2,
    "notice": 2,
    "serve": 2,
    "unsigned": 1,
    "cash": 6,
    "void": 1,
    "intention": 1,
    "promise": 1,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a seed."""

    seed: str
    hash: str
    steps: int
    tally: Counter[str]


class Failed(AssertionError):
    """A seed broke an invariant; its text says how to see it again."""


def run_seed(
    rig: Rig, seed: str, rates: Mapping[str, float] | None = None, *, aloud: bool = False
) -> Result:
    """Run one seed. Raises Failed."""
    world = make_world(rig, seed, rates)
    world.trace.aloud = aloud
    try:
        set_up(world)
        for _ in range(STEPS):
            world.trace.step += 1
            step(world)
        converge(world)
    except Broken as broken:
        raise Failed(failure(world, broken)) from broken
    return Result(seed, world.trace.hash, world.trace.step, world.tally)


def failure(world: World, broken: Broken) -> str:
    """What to print: seed, step, invariant, the last lines, and the command to see it again."""
    return "\n".join(
        [
            f"seed {world.seed}, step {world.trace.step}: {broken}",
            *world.trace.last,
            f"see it again: make sim SEED={world.seed}",
        ]
    )


def set_up(world: World) -> None:
    """Enrol every phone and give it its route, without any fault."""
    world.faults.calm = True
    world.server.backup()
    for handset in world.handsets:
        world.tell(handset, "open")
        enrol(world, handset)
        while world.flights:
            network.move(world)
        if not handset.is_enrolled or handset.page is None:
            raise Broken("set-up", f"{handset.name} could not be enrolled")
    world.faults.calm = False
    world.server.backup()


def step(world: World) -> None:
    """One thing happens."""
    if happen(world):
        return
    chance = world.chance
    draw = chance.random()
    ready = [handset for handset in world.handsets if handset.page]
    waiting = [handset for handset in world.handsets if handset.waits]
    closed = [handset for handset in world.handsets if not handset.pages]
    fresh = [one for one in world.handsets if one.pages and one.pages[0].stage == "enrol"]
    if fresh and draw < 0.2:
        enrol(world, fresh[0])
    elif closed and draw < 0.3:
        world.tell(chance.choice(closed), "open")
    elif waiting and draw < 0.4:
        world.tell(chance.choice(waiting), "run")
    elif world.flights and draw < 0.7:
        network.move(world)
    elif ready and draw < 0.82:
        deed(world, chance.choice(ready))
    elif ready and draw < 0.92:
        handset = chance.choice(ready)
        world.tell(handset, "sync", handset.page)
    elif draw < 0.96:
        chance.choice((office.count, office.issue, office.count))(world)
    else:
        world.advance(chance.choice((500, 3_000, 9_000, 21_000, 61_000)))


def deed(world: World, handset: Handset) -> None:
    """The officer records something."""
    chance: Random = world.chance
    does = chance.choices(list(DEEDS), list(DEEDS.values()))[0]
    fen = chance.choice((10, 500, 10_000, 66_60, 123_40))
    what = {"does": does, "which": chance.randrange(6), "fen": fen}
    world.tell(handset, "act", handset.page, name=does, deed=what)
