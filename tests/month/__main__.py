"""Play random months from the command line: `python -m tests.month --first 1 --count 100`."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.month.play import Failed, play_seed
from tests.month.script import Shape
from tests.month.town import found_town


def main() -> int:
    """Play the seeds in every order of arrival; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.month")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    for item in dataclasses.fields(Shape):  # --officers 20, --void 0.5
        parser.add_argument(f"--{item.name}", type=type(item.default), default=item.default)
    wish = parser.parse_args()
    shape = Shape(**{item.name: getattr(wish, item.name) for item in dataclasses.fields(Shape)})
    failures, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        town = found_town(Path(temporary) / "town", shape.officers)
        for seed in range(wish.first, wish.first + wish.count):
            folder = Path(temporary) / f"month-{seed}"
            try:
                play_seed(town, folder, seed, shape)
            except Failed as failed:
                failures += 1
                print(failed, end="\n\n", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{wish.count} months, {failures} went wrong, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
