"""The size of the phone's program as it travels: gzip of every JavaScript and CSS file.

The first load is what stands between the officer and the first screen. What is named `later-` is
loaded behind it, or when it is opened: no screen waits for it, so it has a limit of its own.
Used by the test of the same name, and by `make size` to print the table.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

BUILT = Path(__file__).parents[2] / "pwa" / "dist"
# design 6: what a phone on EDGE (80 kbit/s) can load in four seconds, headers and page included.
GZIP_BYTES_MAX = 40_000
# All that comes behind the first screen, together: six seconds of the same line. 23 kB of it draw
# moving QR codes and read them where the browser cannot; they must be there without a signal.
LATER_BYTES_MAX = 60_000
LATER = "later-"


def sizes(built: Path = BUILT) -> dict[str, int]:
    """The gzip size in bytes of each JavaScript and CSS file, by its name in the folder."""
    files = [path for path in sorted(built.rglob("*")) if path.suffix in {".js", ".mjs", ".css"}]
    return {
        path.relative_to(built).as_posix(): len(gzip.compress(path.read_bytes(), 9))
        for path in files
    }


def totals(table: dict[str, int]) -> tuple[int, int]:
    """Bytes of the first load, and of what comes later."""
    later = sum(size for name, size in table.items() if is_later(name))
    return sum(table.values()) - later, later


def is_later(name: str) -> bool:
    """Whether a file of the program is loaded behind the first screen only."""
    return Path(name).name.startswith(LATER)


def main() -> int:
    """Print the table; 1 if there is nothing to measure or it is too large."""
    table = sizes()
    for name, size in table.items():
        print(f"{size:>8,}  {name}")
    first, later = totals(table)
    print(f"{first:>8,}  bytes of the first load, gzip; the limit is {GZIP_BYTES_MAX:,}")
    print(f"{later:>8,}  bytes that come later, gzip; the limit is {LATER_BYTES_MAX:,}")
    fits = first < GZIP_BYTES_MAX and later < LATER_BYTES_MAX
    return 0 if table and fits else 1


if __name__ == "__main__":
    sys.exit(main())
