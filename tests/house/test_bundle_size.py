"""The phone's program stays small enough for a first load on EDGE: measured on the built files."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.bundle_size import (
    BUILT,
    GZIP_BYTES_MAX,
    LATER_BYTES_MAX,
    is_later,
    sizes,
    totals,
)


def test_it_fits_into_forty_kilobytes() -> None:
    table = sizes()
    assert table, "pwa/dist is empty: run `make pwa`"

    first, _ = totals(table)

    assert first < GZIP_BYTES_MAX, f"cut {first - GZIP_BYTES_MAX + 1} bytes: {table}"


def test_it_limits_what_comes_later() -> None:
    _, later = totals(sizes())

    assert later < LATER_BYTES_MAX, f"cut {later - LATER_BYTES_MAX + 1} bytes"


def test_it_waits_for_nothing_that_is_called_later() -> None:
    awaited = re.compile(r"""(?:from|import)\s*["'](\./)?later-""")
    first = [BUILT / name for name in sizes() if not is_later(name) and name.endswith(".js")]

    assert [path.name for path in first if awaited.search(path.read_text())] == []


def test_it_keeps_all_of_it_on_the_phone() -> None:
    worker = (BUILT / "sw.js").read_text()
    missing = [name for name in sizes() if name != "sw.js" and f'"/{name}"' not in worker]

    assert missing == [], "the service worker must fetch it before there is no signal"


def test_it_measures_javascript_and_css_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x" * 1000)
    (tmp_path / "b.css").write_text("y" * 1000)
    (tmp_path / "c.png").write_text("z" * 1000)
    (tmp_path / "later-d.js").write_text("y" * 1000)

    table = sizes(tmp_path)

    assert sorted(table) == ["a.js", "b.css", "later-d.js"]
    assert totals(table) == (table["a.js"] + table["b.css"], table["later-d.js"])
