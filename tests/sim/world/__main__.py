"""Run seeds from the command line: `make sim` and `make sim-long` call this."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.sim.world.faults import ALL
from tests.sim.world.rig import make_rig
from tests.sim.world.run import Failed, run_seed
from tests.sim.world.world import Rig


def main() -> int:
    """Run the seeds; 1 when one of them broke an invariant."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim.world")
    parser.add_argument("--seed", help="one seed only, and the hash of its trace")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seconds", type=float, help="as many seeds as so long gives")
    parser.add_argument("--aloud", action="store_true", help="print every line of the trace")
    parser.add_argument("--folder", help="where the phones' program is built")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        with make_rig(Path(wish.folder or temporary)) as rig:
            return run_all(rig, wish)


def seeds_of(wish: argparse.Namespace) -> Iterator[str]:
    """The seeds that were asked for."""
    if wish.seed:
        yield wish.seed
        return
    began, seed = time.monotonic(), wish.first
    while (
        time.monotonic() - began < wish.seconds if wish.seconds else seed < wish.first + wish.count
    ):
        yield str(seed)
        seed += 1


def run_all(rig: Rig, wish: argparse.Namespace) -> int:
    """Run them, print what broke, and at the end how often each kind of fault happened."""
    tally: Counter[str] = Counter()
    failures, done, began = 0, 0, time.monotonic()
    for seed in seeds_of(wish):
        done += 1
        try:
            result = run_seed(rig, seed, aloud=wish.aloud)
        except Failed as failed:
            failures += 1
            print(failed, end="\n\n", flush=True)
            continue
        tally += result.tally
        if wish.seed:
            print(result.hash)
    print(f"{done} seeds, {failures} broken, {time.monotonic() - began:.0f} s; faults:")
    print("\n".join(f"  {name:20}{tally[name]:8}" for name in ALL))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
