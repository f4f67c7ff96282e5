"""What happens to phones and server beside the traffic: kills, wipes, clocks, restores."""

from __future__ import annotations

from collections.abc import Callable

from sync.problems import Problem
from tests.sim.world import office
from tests.sim.world.faults import WORLD
from tests.sim.world.handset import Handset
from tests.sim.world.trace import Broken
from tests.sim.world.world import World

YEAR_MS = 365 * 86_400_000
HOUR_MS = 3_600_000


def happen(world: World) -> bool:
    """At most one of the happenings of this world; False if nothing happened."""
    for name in WORLD:
        if world.faults.happens(name, world.chance):
            HAPPENINGS[name](world)
            return True
    return False


def close(world: World, handset: Handset) -> None:
    """The officer closes the app, or Android does."""
    world.tell(handset, "kill", commits=world.chance.random() < 0.5)


def _one(world: World) -> Handset:
    return world.chance.choice(world.handsets)


def _reload(world: World) -> None:
    handset = _one(world)
    close(world, handset)
    world.tell(handset, "open")


def _second_tab(world: World) -> None:
    handset = _one(world)
    if len(handset.pages) < 2:
        world.tell(handset, "open")
    else:
        page = world.chance.choice(handset.pages)
        world.tell(handset, "kill", page)


def _wipe_database(world: World) -> None:
    handset = _one(world)
    close(world, handset)
    _wipe(world, handset, "database")


def _wipe(world: World, handset: Handset, store: str) -> None:
    """Lose one store; both of them, if the other was lost and had not been mended."""
    handset.wiped |= {store}
    lost = handset.wiped
    world.tell(handset, "wipe", database="database" in lost, files="files" in lost)


def _lose_journal(world: World) -> None:
    handset = _one(world)
    close(world, handset)
    _wipe(world, handset, "files")


def _image(world: World) -> None:
    """A copy of both stores: what a backup of the phone holds, or a flash that lost a day."""
    handset = _one(world)
    if not handset.is_enrolled or handset.wiped or handset.page is None:
        return
    close(world, handset)
    name = f"{handset.name} {len(handset.images)}"
    handset.images[name] = set(handset.saved)
    world.tell(handset, "keep", copy=name)
    world.tell(handset, "open")


def _put_image(world: World, handset: Handset, source: Handset) -> None:
    name = world.chance.choice(sorted(source.images))
    handset.saved, handset.log_at_answer = set(source.images[name]), set()
    handset.wiped, handset.is_enrolled = set(), True
    world.tell(handset, "bring_back", copy=name)
    world.tell(handset, "open")


def _roll_back(world: World) -> None:
    """Both stores are as they were at an earlier time; what was recorded since is forgotten."""
    handset = _one(world)
    if handset.images:
        close(world, handset)
        _put_image(world, handset, handset)


def _clone(world: World) -> None:
    """A second phone begins with what the first one held, its key among it."""
    source = _one(world)
    if not source.images or any(handset.twin for handset in world.handsets):
        return
    twin = Handset(f"{source.name}x", source.officer, twin=source.name)
    twin.is_revoked = source.is_revoked
    world.handsets.append(twin)
    _put_image(world, twin, source)


def _connection_drops(world: World) -> None:
    """A connection that dies while the app starts shows its trouble, and a reload cures it."""
    handset = _one(world)
    if handset.page is not None:
        world.tell(handset, "drop")


def _trouble(name: str) -> Callable[[World], None]:
    def begin_or_end(world: World) -> None:
        handset = _one(world)
        is_on = name not in handset.troubles
        handset.troubles ^= {name}
        world.tell(handset, "trouble", trouble=name, on=is_on)

    return begin_or_end


def _clock_jump(world: World) -> None:
    chance = world.chance
    ahead = chance.choice((0, HOUR_MS, -HOUR_MS, 3 * YEAR_MS, -2 * YEAR_MS))
    world.tell(_one(world), "clock", ahead=ahead)


def _server_clock_jump(world: World) -> None:
    world.server_ahead = world.chance.choice((0, HOUR_MS, -HOUR_MS, YEAR_MS, -YEAR_MS))
    world.set_time()
    world.trace.say(f"the server's clock is {world.server_ahead} ahead")


def _long_pause(world: World) -> None:
    world.advance(world.chance.choice((5 * 60_000, HOUR_MS, 8 * HOUR_MS)))


def _backup(world: World) -> None:
    world.trace.say(f"backup {world.server.backup()}")


def _restore(*, has_journal: bool) -> Callable[[World], None]:
    def restore(world: World) -> None:
        kept = len(world.server.kept)
        # Mostly the newest. An older one may be from before a phone was enrolled.
        number = kept - 1 if world.chance.random() < 0.8 else world.chance.randrange(kept)
        before = set(world.checks.events)
        try:
            found = world.server.restore(number, has_journal=has_journal)
        except Problem as problem:  # the journal is of a history that came after this backup
            world.server.restart()
            world.trace.say(f"no restore from {number}: {problem.code}")
            return
        if found:
            raise Broken("restore", "; ".join(found))
        world.trace.say(f"the server is restored from {number}, journal: {has_journal}")
        world.checks.look()
        if has_journal and before - world.checks.events.keys():
            raise Broken("I16", "the journal did not bring back what was committed")

    return restore


def _revoke(world: World) -> None:
    office.revoke(world, _one(world))


HAPPENINGS: dict[str, Callable[[World], None]] = {
    "reload": _reload,
    "second_tab": _second_tab,
    "wipe_database": _wipe_database,
    "lose_journal": _lose_journal,
    "connection_drops": _connection_drops,
    "disk_full": _trouble("files_full"),
    "silent_database": _trouble("silent"),
    "image": _image,
    "roll_back": _roll_back,
    "clone": _clone,
    "clock_jump": _clock_jump,
    "server_clock_jump": _server_clock_jump,
    "long_pause": _long_pause,
    "backup": _backup,
    "restore": _restore(has_journal=False),
    "restore_with_journal": _restore(has_journal=True),
    "reassign": office.reassign,
    "revoke": _revoke,
}
