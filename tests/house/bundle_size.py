"""The size of the phone's program as it travels: gzip of every JavaScript and CSS file.

Used by the test of the same name, and by `make size` to print the table.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

BUILT = Path(__file__).parents[2] / "pwa" / "dist"
# design 6: what a phone on EDGE (80 kbit/s) can load in four seconds, headers and page included.
GZIP_BYTES_MAX = 40_000


def sizes(built: Path = BUILT) -> dict[str, int]:
    """The gzip size in bytes of each JavaScript and CSS file, by its name in the folder."""
    files = [path for path in sorted(built.rglob("*")) if path.suffix in {".js", ".mjs", ".css"}]
    return {
        path.relative_to(built).as_posix(): len(gzip.compress(path.read_bytes(), 9))
        for path in files
    }


def main() -> int:
    """Print the table; 1 if there is nothing to measure or it is too large."""
    table = sizes()
    for name, size in table.items():
        print(f"{size:>8,}  {name}")
    total = sum(table.values())
    print(f"{total:>8,}  bytes of JavaScript and CSS, gzip; the limit is {GZIP_BYTES_MAX:,}")
    return 0 if table and total < GZIP_BYTES_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
