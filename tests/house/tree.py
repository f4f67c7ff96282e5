"""The files of the repository as the house rules see them, without what a machine makes again."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path("tests/house")
MADE_AGAIN = {
    *(".git", ".venv", "node_modules", "dist", "build", "var", "artefacts", "coverage"),
    *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
    *("doorstep.egg-info", "htmx.min.js", ".coverage"),
}
PICTURES = {".png", ".jpg", ".webp", ".ico", ".xlsx", ".pdf"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the repository, relative to its top, in order."""
    found: list[Path] = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in MADE_AGAIN]
        found += [Path(folder, name) for name in names if name not in MADE_AGAIN]
    kept = (path.relative_to(ROOT) for path in found if not path.name.startswith(".nfs"))
    return tuple(sorted(path for path in kept if ".sqlite3" not in path.name))


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file and what it says."""
    for path in files():
        if path.suffix not in PICTURES:
            yield path, read(path)


@cache
def read(path: Path) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def under(*folders: str, suffix: str = ".py") -> list[Path]:
    """The files with an ending below some folders."""
    return [
        path
        for path in files()
        if path.suffix == suffix and any(path.is_relative_to(folder) for folder in folders)
    ]


def typescript(folder: str = "pwa/src", *, tests: bool = True) -> list[Path]:
    """The TypeScript files below a folder, with or without those that test."""
    found = under(folder, suffix=".ts") + under(folder, suffix=".tsx")
    return [path for path in sorted(found) if tests or ".test." not in path.name]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(read(path), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a Python file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def imports(path: Path) -> set[str]:
    """The modules that a Python file imports; `from a import b` counts as a and as a.b."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def lines_where(paths: Iterable[Path], says: Callable[[str], object]) -> list[str]:
    """Places in files, as path:line, whose line is one that `says` finds."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(read(path).splitlines(), 1)
        if says(line)
    ]


def keep(found: list[str], cure: str) -> None:
    """Fail with the cure and with every place that needs it."""
    assert not found, "\n  ".join([f"{cure}:", *found])
