"""I5, I7: a batch leaves the same rows whether it is taken in in one piece or event by event.

Method: from a seed, two officers record a mixed day, good and bad, with forks and poison; it is
cut into pieces that overlap, repeat and come backwards, some with a wrong signature, some carried
by the colleague. The same pieces go into two databases: one tries each in one piece first, as the
server does, the other takes each event by itself. After each piece the answers are equal; in the
end so is every row of every table: events, verdicts with their ticks, legs, receipts, visits,
notices, feed. Some pieces must have gone in one piece, or nothing was compared.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import sync.specimens as say
from server.db import Base, snapshot
from sync.push import Batch
from sync.testing import HOUSEHOLDS, Pen, deliver
from tests.contract.benches import SqlBench
from tests.contract.test_any_order import a_day
from tests.contract.test_poison import POISON

Benches = tuple[SqlBench, SqlBench]

# Their keys or contents are chance, or their own: not what a batch leaves behind.
NOT_COMPARED = {"epoch", "journal_mark"}


@pytest.fixture(params=["sqlite", "postgresql"])
def both(
    request: pytest.FixtureRequest,
    make_template: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Benches]:
    """Two empty worlds; the first tries each batch in one piece."""
    made = []
    for name in ("quick", "careful"):
        folder = tmp_path / name
        folder.mkdir()
        url = f"sqlite:///{folder / 'doorstep.db'}"
        template = make_template(request.param)
        if request.param == "sqlite":
            Path(url.removeprefix("sqlite:///")).write_bytes(
                Path(template.removeprefix("sqlite:///")).read_bytes()
            )
        else:
            url = request.getfixturevalue("postgres").new_database(template)
        made.append(SqlBench(url, folder, monkeypatch))
    made[0].tries_quickly = True
    yield made[0], made[1]
    for bench in made:
        bench.close()


def rows(bench: SqlBench) -> dict[str, list[Any]]:
    """Every row of every table, in one order; the office's own lane has an id by chance."""
    with bench.app.app_context(), snapshot() as session:
        return {
            table.name: sorted(
                (tuple(row) for row in session.execute(select(table)) if _is_compared(row)),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_COMPARED
        }


def _is_compared(row: Any) -> bool:
    return "head_seq" not in row._mapping or row._mapping["device_id"] is not None


def pieces(dice: random.Random) -> Iterator[tuple[Batch, int]]:
    """The days of two officers as they may arrive: (batch, who brings it)."""
    pens = [a_day(0, dice), a_day(1, dice)]
    for pen in pens:
        kind, body = dice.choice([each for each in POISON if len(repr(each)) < 5_000])
        pen.write(kind, body, visit=dice.randbytes(16).hex())
        pen.receipt(7_00, dice.choice(HOUSEHOLDS))
    fork = pens[0].fork(len(pens[0].log) - 2)
    fork.write("intention.recorded", say.intention_body("W2"))
    pens.append(fork)
    for pen in dice.sample([*pens, *pens], 6):
        first = dice.randint(1, len(pen.log))
        batch = pen.batch(first, min(len(pen.log), first + dice.randint(0, 9)))
        if dice.random() < 0.15:
            batch = replace(batch, sigs={})
        yield batch, 1 - pen.who if dice.random() < 0.2 else pen.who
    for pen in pens:
        yield pen.batch(), pen.who


@pytest.mark.parametrize("seed", range(8))
def test_it_leaves_the_same_rows_on_both_paths(both: Benches, seed: int) -> None:
    quick, careful = both
    for batch, who in pieces(random.Random(seed)):
        assert deliver(quick, batch, sender=who) == deliver(careful, batch, sender=who)
        assert quick.balances() == careful.balances()
    assert quick.quick > 0, "nothing was compared"
    assert rows(quick) == rows(careful)


def test_it_takes_a_good_day_in_one_piece(both: Benches) -> None:
    quick, careful = both
    pen = Pen()
    for number, household in enumerate(HOUSEHOLDS):
        pen.visit(f"{number:032x}", household)
        made = pen.notice(f"T-{number}", household)
        pen.write("notice.served", say.served_body(made))
        pen.receipt(100_00, household)
        pen.write("visit.outcome", say.outcome_body(household), visit=f"{number:032x}")
        pen.write("promise.made", say.promise_body(household))
    pen.write("cash.void", say.void_body(next(e for e in pen.log if e.kind == "cash.receipt")))
    for bench in both:
        deliver(bench, pen.batch(1, 10))
        deliver(bench, pen.batch(8))
    assert quick.quick == 2
    assert rows(quick) == rows(careful)


def test_it_leaves_nothing_of_a_piece_that_was_given_up(both: Benches) -> None:
    """What waited for this batch is judged again: the piece is undone, then done with care."""
    quick, careful = both
    pen = Pen()
    slip = pen.receipt(100_00)
    pen.write("cash.void", say.void_body(slip))
    for bench in both:
        deliver(bench, pen.batch(2))
        deliver(bench, pen.batch(1, 1))
    assert quick.quick == 1
    assert rows(quick) == rows(careful)
    assert quick.balances() == {}
