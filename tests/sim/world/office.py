"""What the office does meanwhile: gives households to others, counts cash, issues books."""

from __future__ import annotations

from collections.abc import Callable

from server.services.count_cash import DENOMINATIONS_FEN, Counted, count_cash
from server.services.issue_book import issue_book
from server.services.plan_sweep import plan_stops
from server.services.revoke_device import revoke_device
from sync.problems import Problem
from sync.receipts import Book
from sync.specimens import MONDAY
from tests.sim.world.handset import Handset
from tests.sim.world.server import ServerKilled
from tests.sim.world.setting import BOSS, BRANCH, CASHIER
from tests.sim.world.world import World


def act(world: World, name: str, work: Callable[[], object]) -> bool:
    """Do something in the office; the server may die over it, and may refuse it."""
    world.server.dies = None
    if world.faults.happens("server_dies_before", world.chance):
        world.server.dies = (0, "before")
    try:
        world.server.office(work)
        told = "done"
    except Problem as problem:
        told = problem.code
    except ServerKilled:
        told = "died"
        world.server.restart()
    world.server.dies = None
    world.trace.say(f"office {name}: {told}")
    world.checks.look()
    return told == "done"


def route_of(world: World, officer: str) -> tuple[str, list[str]]:
    """The sweep of an officer as it is in the database, and its households in order."""
    rows = world.server.sql(
        "SELECT sweep.id, stop.household_id FROM sweep LEFT JOIN stop"
        " ON stop.branch_id = sweep.branch_id AND stop.sweep_id = sweep.id"
        " WHERE sweep.officer_id = ? ORDER BY stop.position",
        officer,
    )
    return rows[0][0], [house for _, house in rows if house]


def reassign(world: World) -> None:
    """A household goes from one officer to another: off the one route, onto the other."""
    officers = sorted({handset.officer for handset in world.handsets})
    giver, taker = world.chance.sample(officers, 2)
    (from_sweep, houses), (to_sweep, others) = route_of(world, giver), route_of(world, taker)
    if len(houses) < 2:
        return
    house = world.chance.choice(houses)
    rest = [(one, MONDAY) for one in houses if one != house]
    more = [(one, MONDAY) for one in [*others, house]]
    name = f"gives {house} from {giver} to {taker}"
    if act(world, name, lambda: plan_stops(BRANCH, from_sweep, rest, by=BOSS)):
        act(world, name, lambda: plan_stops(BRANCH, to_sweep, more, by=BOSS))


def count(world: World) -> None:
    """The cashier takes over what an officer has in hand, sometimes ten fen short."""
    officer = world.chance.choice(sorted({handset.officer for handset in world.handsets}))
    rows = world.server.sql(
        "SELECT COALESCE(SUM(amount_fen), 0) FROM ledger WHERE account = ?", f"hand:{officer}"
    )
    left = max(0, int(rows[0][0]) - world.chance.choice((0, 0, 0, 10)))
    pieces = {}
    for piece in DENOMINATIONS_FEN:
        pieces[piece], left = divmod(left, piece)
    counted = Counted(denominations=pieces, cause="少一角")
    act(world, f"counts {officer}", lambda: count_cash(BRANCH, officer, counted, by=CASHIER))


def issue(world: World) -> None:
    """A new book for the officer's newest phone."""
    officer = world.chance.choice(sorted({handset.officer for handset in world.handsets}))
    [(last,)] = world.server.sql("SELECT MAX(to_no) FROM receipt_book")
    book = Book("SJ", last + 1, last + 20, 6)
    act(
        world,
        f"issues {last + 1} to {officer}",
        lambda: issue_book(BRANCH, book, officer_id=officer, by=CASHIER),
    )


def revoke(world: World, handset: Handset) -> None:
    """The supervisor takes a phone out of service."""
    page = handset.page
    if page is None:
        return
    device = page.phone["identity"]["device"]
    name = f"revokes {handset.name}"
    if act(world, name, lambda: revoke_device(BRANCH, device, by=BOSS)):
        for other in world.handsets:
            other.is_revoked |= other.name == handset.name or other.twin == handset.name
            other.is_revoked |= handset.twin == other.name
