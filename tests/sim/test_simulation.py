"""Seeded worlds: the real server and real phones, with all that can go wrong.

Safety is checked after every step, convergence when faults have stopped (docs/simulation.md). A
failure prints its seed and the command that shows it again.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sim.world.faults import ALL
from tests.sim.world.node import ROOT
from tests.sim.world.rig import make_rig
from tests.sim.world.run import run_seed
from tests.sim.world.world import Rig

CHUNK = 50
# A thousand, as `make sim`; `make sim-long` runs as many as an hour gives.
FIRSTS = range(1, 1001, CHUNK)
# A chunk may miss a rare kind of fault; `make sim` counts all of them.
MISSING_MAX = 3


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A server and a host of phones, which serve one seed after the other."""
    with make_rig(tmp_path_factory.mktemp("sim")) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("first", FIRSTS)
def test_it_breaks_no_invariant_whatever_fails(rig: Rig, first: int) -> None:
    tally: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        tally += run_seed(rig, str(seed)).tally

    missing = {name for name in ALL if tally[name] == 0}
    assert len(missing) <= MISSING_MAX, f"kinds of fault that never happened: {missing}"


def test_it_runs_a_seed_in_the_same_way_every_time(tmp_path: Path) -> None:
    hashes = [
        _hash_of("7", str(tmp_path / name), hash_seed)
        for name, hash_seed in (("a", "1"), ("b", "2"))
    ]

    assert hashes[0] == hashes[1]


def _hash_of(seed: str, folder: str, hash_seed: str) -> str:
    """The hash of the whole trace of a seed, run in a process of its own."""
    command = [sys.executable, "-m", "tests.sim.world", "--seed", seed, "--folder", folder]
    environ = {"PATH": "/usr/bin:/bin:/usr/local/bin", "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environ, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[0]
