"""Plays the month of a seed against the model, as it was made and in other orders of arrival."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.month.checks import check_evening, check_history_is_clean
from tests.month.model import Model
from tests.month.orders import ORDERS
from tests.month.player import Player
from tests.month.script import Act, Shape, month
from tests.month.town import found_town, officers_of, seeded, town_copy
from tests.small_bank import BRANCH, Bank, Founded

# Twenty officers and a month of working days: some 25 s of one core.
BIG = Shape(
    officers=20,
    days=21,
    slips=2,
    works=0.5,
    sync=0.1,
    evening=0.6,
    restore=0,
    imports=0.1,
    cashier_phone=0,
    hand_over=0,
)


class Failed(AssertionError):
    """A month went wrong; its text says where, and how to see it again."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a month came to: its balances and the custody state of every slip."""

    balances: dict[str, int]
    custody: dict[str, str]


@dataclass(frozen=True, slots=True)
class Month:
    """A month that was played: the database that holds it, its branch, and what is in it."""

    url: str
    branch: str
    folder: Path
    played: Played


def play(town: Founded, folder: Path, acts: Sequence[Act]) -> tuple[Played, Bank]:
    """Play the acts on a copy of the town, comparing everything every evening. Raises Failed."""
    player, model = Player(town_copy(town, folder)), Model(officers_of(acts))
    for place, act in enumerate(acts):
        try:
            player.play(act, model.play(act))
            if act["kind"] == "evening":
                check_evening(player, model)
        except Exception as error:
            player.bank.close()
            raise Failed(f"act {place}, {act}: {type(error).__name__} {error}") from error
    check_history_is_clean(player.bank)
    custody = {name: slip.custody for name, slip in sorted(model.office.slips.items())}
    return Played(player.bank.balances(), custody), player.bank


def play_seed(
    town: Founded, folder: Path, seed: int, shape: Shape, orders: Collection[str] = tuple(ORDERS)
) -> Played:
    """Play the month of a seed in these orders of arrival; all end with the same balances.

    Raises Failed with the command to see it again.
    """
    acts, first = month(seed, shape), None
    for order in orders:
        try:
            with seeded(f"server {seed}"):
                played, bank = play(town, folder / order, ORDERS[order](acts, seed))
            bank.close()
            first = first or played
            assert played.balances == first.balances, "another order, other balances"
            assert played.custody == first.custody, "another order, other custody"
        except AssertionError as error:
            again = f"python -m tests.month --first {seed} --count 1 {shape.said}".strip()
            raise Failed(f"month {seed} {order}: {error}\nsee it again: {again}") from error
    assert first is not None, "at least one order is played"
    return first


def build_month(folder: Path, seed: int = 1, shape: Shape = BIG) -> Month:
    """Make the database of a random month, compared with the model every evening as any other.

    The folder must be new; database, keys and journal lie in it. BIG takes some 25 s of one core.
    """
    town = found_town(folder / "town", shape.officers)
    with seeded(f"server {seed}"):
        played, bank = play(town, folder / "month", month(seed, shape))
    bank.close()
    return Month(bank.url, BRANCH, folder / "month", played)
