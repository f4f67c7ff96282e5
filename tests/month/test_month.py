"""Random months: no fen is lost, every receipt is in one place, every hole is known, in any order.

Method: each seed makes a month of visits, receipts good and wrong, voids, counts with and without
variance, deposits, closes, books, imports, reassignments, rulings and restores. Real phones and the
real server play it on SQLite; a model of plain dicts says every evening what every account, every
receipt and every hole must be. Then the same month reaches the server in another order
(orders.py says which orders there may be), and must end with the same balances.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.month.__main__ import main
from tests.month.model import Model
from tests.month.orders import ORDERS
from tests.month.play import play_seed
from tests.month.script import Shape, month
from tests.month.town import found_town
from tests.small_bank import Founded

SMALL = Shape(officers=2, days=4, sync=0.1, backup=0.3, restore=0.3)
# For the order `late`: fewer slips in doubt and fewer voids, so that more phones may be late.
PLAIN = dataclasses.replace(SMALL, strange=0.02, foreign=0.02, twice=0.02, void=0.06)
SEEDS = range(1, 21)


def shape_of(seed: int) -> Shape:
    """The shape of a seed's month."""
    return SMALL if seed % 2 else PLAIN


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """The town before any month."""
    return found_town(tmp_path_factory.mktemp("town"), SMALL.officers)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_conserves_the_cash_of_a_random_month(seed: int, town: Founded, tmp_path: Path) -> None:
    orders = ("as_made", "shuffled" if seed % 2 else "late")

    played = play_seed(town, tmp_path / "month", seed, shape_of(seed), orders)

    assert sum(played.balances.values()) == 0


def test_it_has_every_kind_of_happening_in_its_months() -> None:
    kinds, custody, doubts = Counter[str](), Counter[str](), Counter[str]()
    for seed in SEEDS:
        acts, model = month(seed, shape_of(seed)), Model(SMALL.officers)
        for act in acts:
            kinds[act["kind"]] += 1
            model.play(act)
            if act["kind"] == "evening":
                custody.update(each.custody.split(":")[0] for each in model.office.slips.values())
                doubts.update(each.doubt for each in model.office.slips.values())

    assert not set(EXPECTED_KINDS) - kinds.keys(), kinds
    assert not {"with", "doubted", "counted", "void"} - custody.keys(), custody
    assert not {"unknown_case", "number_not_in_book", "receipt_no_collision"} - doubts.keys()


def test_it_is_played_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["month", "--first", "3", "--count", "1", "--officers", "1", "--days", "1"]
    monkeypatch.setattr(sys, "argv", [*said, "--counts", "1.0"])

    assert main() == 0
    assert capsys.readouterr().out.startswith("1 months, 0 went wrong")


def test_it_has_other_orders_that_differ() -> None:
    for name, first in (("shuffled", 1), ("late", 2)):
        months = {seed: month(seed, shape_of(seed)) for seed in SEEDS if seed % 2 == first % 2}
        differ = [seed for seed, acts in months.items() if ORDERS[name](acts, seed) != acts]
        assert len(differ) > len(months) * 2 / 3, f"{name}: {differ}"


EXPECTED_KINDS = (
    *("day", "evening", "enrol", "publish", "issue", "sync", "visit", "slip", "void"),
    *("handed", "taken"),
    *("count", "deposit", "close", "import", "reassign", "rule", "backup", "restore"),
)
