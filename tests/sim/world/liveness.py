"""The evening: nothing fails any more, and within a few rounds everything must be in its place."""

from __future__ import annotations

from tests.sim.world import network
from tests.sim.world.handset import Handset
from tests.sim.world.trace import Broken
from tests.sim.world.world import World, enrol

ROUNDS = 12
MOVES = 400


def converge(world: World) -> None:
    """Stop all faults, start every phone anew, and let them talk until nothing moves."""
    world.faults.calm = True
    world.trace.say("faults stop")
    for handset in world.handsets:
        for name in sorted(handset.troubles):
            world.tell(handset, "trouble", trouble=name, on=False)
        handset.troubles = set()
        world.tell(handset, "kill", commits=True)
        world.tell(handset, "open")
    world.flights = [flight for flight in world.flights if flight.answer is None]
    before = (-1, False)
    for _ in range(ROUNDS):
        _talk(world)
        after = (world.checks.tick, all(is_settled(world, handset) for handset in world.handsets))
        # Once more, for what the last phone brought is news to the others.
        if after[1] and after == before:
            break
        before = after
        world.advance(301_000)
    _talk(world)
    for handset in world.handsets:
        check_settled(world, handset)


def _talk(world: World) -> None:
    for handset in world.handsets:
        if handset.pages and handset.pages[0].stage == "enrol" and not handset.pages[0].asks:
            enrol(world, handset)
    for _ in range(MOVES):
        if not world.flights:
            return
        network.move(world)
        world.trace.step += 1
    raise Broken("I26", "the phones never stop asking")


def is_settled(world: World, handset: Handset) -> bool:
    """It has said that it is done, or was told that it is revoked and has delivered all."""
    page = handset.page
    if page is None:
        return False
    state = page.phone["sync"]
    if handset.is_revoked and state["is"] == "error":
        return {event["hash"] for event in page.phone["log"]} <= world.checks.events.keys()
    return bool(page.phone["unsent"] == 0 and state["is"] == "done")


def check_settled(world: World, handset: Handset) -> None:
    """I26, I5, I11, I12: nothing is left on the phone, and what it shows is what is so."""
    page = handset.page
    if page is None or not is_settled(world, handset):
        stage = [page.stage for page in handset.pages]
        state = page.phone.get("sync") if page else None
        raise Broken("I26", f"{handset.name} does not come to an end: {stage} {state}")
    missing = {event["hash"] for event in page.phone["log"]} - world.checks.events.keys()
    if missing:
        raise Broken("I16", f"{handset.name} holds what the server lacks: {sorted(missing)[:3]}")
    if not handset.is_revoked:
        world.check_rows(handset, page)
