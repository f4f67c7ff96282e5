"""The rules of the house for TypeScript, read line by line: the files are laid out in one way.

A function ends where a closing brace stands as deep as the line that opened it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.house.tree import files, keep, lines_where, read, typescript, under

FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 400
LINE_COLUMNS_MAX = 100

SOURCES = typescript()
PROGRAM = typescript(tests=False)
CLOCK_ADAPTER = Path("pwa/src/device/clock.ts")

# A folder may import itself and what is listed. Sentences (text) may be read from anywhere.
DIRECTION = {
    "screens": {"parts", "state", "device", "sync", "text"},
    "parts": {"state", "device", "sync", "text"},
    "state": {"store", "device", "sync", "text"},
    "store": {"device", "sync", "text"},
    "device": {"store", "sync", "text"},
    "sync": set[str](),
    "text": {"sync"},
}

OPENS = re.compile(
    r"^(\s*)(?:export )?(?:default )?(?:async )?"
    r"(?:function\b.*|const \w+ = (?:async )?\(.*=>.*|"
    r"(?!if|for|while|switch|catch|return|else|describe|it|test)(?:\w+ )?\w+\(.*\).*)\{$"
)
IMPORTS = re.compile(r"""(?:from|import)\s*\(?\s*['"]([^'"]+)['"]""")
IMPORTS_OF_TYPES = re.compile(r"""(?m)^import type [^;]*?from\s*['"][^'"]+['"];""")


def function_lengths(path: Path) -> Iterator[tuple[int, int]]:
    """The line at which each function opens, and its length in lines."""
    lines = read(path).splitlines()
    for start, line in enumerate(lines):
        opened = OPENS.match(line)
        if opened:
            closing = opened[1] + "}"
            ends = (n for n in range(start + 1, len(lines)) if lines[n].startswith(closing))
            yield start + 1, next(ends, start) - start + 1


def folder_of(path: str | Path) -> str:
    """The folder of src/ in which a file lies, or '' for one directly in it."""
    parts = Path(path).parts
    return parts[2] if parts[:2] == ("pwa", "src") and parts[2] in DIRECTION else ""


def imported(path: Path) -> Iterator[str]:
    """What a file imports and runs: paths from the top of the repository, or libraries."""
    for name in IMPORTS.findall(IMPORTS_OF_TYPES.sub("", read(path))):
        if name.startswith("."):
            yield str(PurePosixPath(_resolved(path.parent, name)))
        else:
            yield name


def _resolved(folder: Path, name: str) -> Path:
    for part in PurePosixPath(name).parts:
        folder = folder.parent if part == ".." else folder / part if part != "." else folder
    return folder


def test_it_fits_functions_on_one_screen() -> None:
    found = [
        f"{path}:{line}: {length} lines"
        for path in PROGRAM
        for line, length in function_lengths(path)
        if length > FUNCTION_LINES_MAX
    ]

    keep(found, f"split what is longer than {FUNCTION_LINES_MAX} lines")


def test_it_keeps_files_short() -> None:
    found = [
        f"{path} has {len(read(path).splitlines())} lines"
        for path in SOURCES
        if folder_of(path) != "text" and len(read(path).splitlines()) > FILE_LINES_MAX
    ]

    keep(found, f"split what is longer than {FILE_LINES_MAX} lines")


def test_it_keeps_lines_short() -> None:
    styles = under("pwa/src", suffix=".css")

    keep(lines_where(SOURCES + styles, lambda line: len(line) > LINE_COLUMNS_MAX), "break the line")


def test_it_says_every_type() -> None:
    loose = re.compile(
        r":\s*any\s*(?:[,;)=\]}|&>]|$)|\bas any\b|<any\b|\bany\[\]|@ts-ignore|@ts-nocheck|, any>"
    )

    keep(lines_where(SOURCES, loose.search), "name the type, or `unknown` and a check")


@pytest.mark.parametrize("folder", sorted(DIRECTION))
def test_it_imports_in_one_direction(folder: str) -> None:
    allowed = {*DIRECTION[folder], folder}
    found = [
        f"{path} imports {name}"
        for path in typescript(f"pwa/src/{folder}", tests=False)
        for name in imported(path)
        if name.startswith("pwa/src/") and folder_of(name) not in allowed
    ]

    keep(found, "screens -> parts -> state -> store, device -> sync")


def test_it_keeps_the_core_free_of_libraries() -> None:
    found = [
        f"{path} imports {name}"
        for path in typescript("pwa/src/sync", tests=False)
        for name in imported(path)
        if not name.startswith("pwa/src/sync/")
    ]

    keep(found, "move what needs it into store/ or device/")


def test_it_opens_the_database_in_the_store_only() -> None:
    touches = re.compile(r"""from ['"]idb['"]|\bindexedDB\b""")
    outside = [
        path
        for path in PROGRAM
        if folder_of(path) not in {"store", "device"} and "testing" not in path.parts
    ]

    keep(lines_where(outside, touches.search), "go through pwa/src/store")


def test_it_asks_the_time_in_one_place_only() -> None:
    asks = re.compile(r"\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b")
    outside = [path for path in PROGRAM if path != CLOCK_ADAPTER]

    keep(lines_where(outside, asks.search), f"take it as an argument, or from {CLOCK_ADAPTER}")


def test_it_mirrors_the_python_core_file_for_file() -> None:
    found = [
        f"{path}: no sync/{path.stem.replace('-', '_')}.py"
        for path in typescript("pwa/src/sync", tests=False)
        if Path("sync", path.stem.replace("-", "_") + ".py") not in files()
    ]

    keep(found, "give the rule the same file name in both languages")


def test_it_runs_every_vector_in_both_languages() -> None:
    python = "".join(read(path) for path in under("tests"))
    mirror = "".join(read(path) for path in SOURCES if ".test." in path.name)
    found = [
        f"{path}: not run by the tests in {language}"
        for path in under("sync/vectors", suffix=".json")
        for language, tests in (("Python", python), ("TypeScript", mirror))
        if path.stem not in tests
    ]

    keep(found, "a rule that one language does not run is not held by its vector")


def test_it_loads_nothing_from_elsewhere() -> None:
    address = re.compile(r"https?://(?!www\.w3\.org/|localhost\b|127\.0\.0\.1\b)")
    seen = [
        *(path for path in PROGRAM),
        *under("pwa/src", "server/console", suffix=".css"),
        *under("server/console", "pwa", suffix=".html"),
    ]

    keep(lines_where(seen, address.search), "ship it with the program: no CDN, no web font")
