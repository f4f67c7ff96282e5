"""The phone's program stays small enough for a first load on EDGE: measured on the built files."""

from __future__ import annotations

from pathlib import Path

from tests.house.bundle_size import GZIP_BYTES_MAX, sizes


def test_it_fits_into_forty_kilobytes() -> None:
    table = sizes()
    assert table, "pwa/dist is empty: run `make pwa`"

    total = sum(table.values())

    assert total < GZIP_BYTES_MAX, f"cut {total - GZIP_BYTES_MAX + 1} bytes: {table}"


def test_it_measures_javascript_and_css_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x" * 1000)
    (tmp_path / "b.css").write_text("y" * 1000)
    (tmp_path / "c.png").write_text("z" * 1000)

    assert sorted(sizes(tmp_path)) == ["a.js", "b.css"]
