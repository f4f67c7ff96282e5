"""The simulation itself is tried: broken variants of our code, each caught within its seeds.

Each runs in a process of its own with the faults that provoke it (tests/sim/world/mutants.py).
"""

from __future__ import annotations

import pytest

from tests.sim.world.mutants import CAUGHT, MUTANTS, run_apart

MUTANTS_MIN = 20


@pytest.mark.slow
@pytest.mark.parametrize("name", [mutant.name for mutant in MUTANTS])
def test_it_catches_every_broken_variant(name: str) -> None:
    done = run_apart(name)

    assert done.returncode == CAUGHT, done.stdout + done.stderr


def test_it_has_as_many_variants_as_were_promised() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= MUTANTS_MIN
