"""docs/sync-invariants.md is true: every invariant and every peers' pain has tests that exist.

Method: the two tables of the page are read; each test that a row names is looked for in the tree,
a Python function by its name, a TypeScript test by its title.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import files, keep, read

PAGE = Path("docs/sync-invariants.md")
INVARIANTS = [f"I{number}" for number in range(1, 31)]

# Rows of the peers' list that are about the exchange; the others are about screens and money.
PAINS = [f"P{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 20, 21, 23, 24, 25, 26, 30)]

ROW = re.compile(r"(?m)^\| (?P<id>[IP]\d+) \| (?P<says>[^|]+) \| (?P<tests>[^|]+) \|$")
NAMED = re.compile(r"`(?P<path>[\w./-]+)::(?P<name>[^`]+)`")


def rows() -> dict[str, str]:
    """What each row names as its tests, by the row's id."""
    return {row["id"]: row["tests"] for row in ROW.finditer(read(PAGE))}


def named() -> list[tuple[str, str, str]]:
    """(row, file, test) of every test that the page names."""
    return [
        (row, found["path"], found["name"])
        for row, tests in rows().items()
        for found in NAMED.finditer(tests)
    ]


def exists(path: Path, name: str) -> bool:
    """Is there such a test in such a file?"""
    if path not in files():
        return False
    source = read(path)
    if path.suffix == ".py":
        return re.search(rf"(?m)^\s*(?:async )?def {re.escape(name)}\(", source) is not None
    return f"'{name}'" in source or f'"{name}"' in source or f"`{name}`" in source


def test_it_lists_every_invariant_and_every_pain_once_in_order() -> None:
    listed = [row["id"] for row in ROW.finditer(read(PAGE))]

    assert listed == INVARIANTS + PAINS


def test_it_names_a_test_for_each() -> None:
    tested = {row for row, _, _ in named()}

    keep(sorted(set(rows()) - tested), "name a test as `path::name` in docs/sync-invariants.md")


def test_it_names_only_tests_that_exist() -> None:
    found = [
        f"{row}: {path}::{name}" for row, path, name in named() if not exists(Path(path), name)
    ]

    keep(found, "there is no such test; correct the row of docs/sync-invariants.md")


def test_it_names_the_regression_tests_of_the_peers_after_their_rows() -> None:
    found = [
        row
        for row in PAINS
        if not any(
            of == row and re.search(rf"peers_{row[1:]}\b|peers {row[1:]}\b", name)
            for of, _, name in named()
        )
    ]

    keep(found, "name the test of this row test_it_..._peers_N, or its title '... (peers N)'")


def test_it_would_notice_a_test_that_is_gone() -> None:
    assert not exists(Path("tests/house/test_house_docs.py"), "test_it_is_nowhere")
    assert exists(Path("tests/house/test_house_docs.py"), "test_it_writes_a_change_log")
