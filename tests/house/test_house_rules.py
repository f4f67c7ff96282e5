"""The rules of the house that a machine can keep, for Python. Each failure names its cure.

Read from the syntax tree of every file; docs/developer.md lists the rules for people.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import Function, functions, imports, keep, lines_where, parsed, read, under

FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 400  # sentences excepted: a list of words has no parts
LINE_COLUMNS_MAX = 100
PARAMETERS_MAX = 5

# A variant of the golden case may say its number (NV1 to NV10) before its sentence.
SENTENCE = re.compile(r"test_(?:it|nv\d+)_")

PYTHON = under("sync", "server", "tests")
PROGRAM = under("sync", "server")
SYNC = under("sync")

# Which other folders of server/ a folder may import. Files directly in server/ are for everyone.
DIRECTION = {
    "tables": set[str](),
    "stores": {"tables"},
    "office": set[str](),
    "services": {"office", "stores", "tables"},  # the only writers: decision 0008
    "schemas": set[str](),
    "documents": {"office"},
    "api": {"services", "schemas", "office"},
    "console": {"services", "schemas", "office", "documents"},
    "public": {"services"},
    "commands": {"services", "stores", "schemas", "office", "documents", "demo", "rehearsal"},
    "rehearsal": {"services", "office"},
    "demo": {"services", "office", "tables", "rehearsal"},
    "migrations": set[str](),
}

# The verifier checks signatures. It is run alone, so nothing else of it may need a library.
MAY_ALSO_IMPORT = {Path("sync/verify/ecdsa.py"): {"cryptography"}}

CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "uuid.uuid1", "uuid.uuid4", "uuid4"),
}
CLOCK_ADAPTER = Path("server/clock.py")


def lines_of(function: Function) -> int:
    assert function.end_lineno, "parsed from a file"
    return function.end_lineno - function.lineno + 1


def parameters_of(function: Function) -> int:
    arguments = function.args
    names = [one.arg for one in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]
    # `tx` is what a service works in, as a method works in `self`.
    return len([name for name in names if name not in {"self", "cls", "tx"}])


def public_functions(outer: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Functions that others may call: not inside a function, under no name with a line before."""
    for node in outer.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            if isinstance(node, ast.ClassDef):
                yield from public_functions(node)
            else:
                yield node


def at(path: Path, node: Function) -> str:
    return f"{path}:{node.lineno}: {node.name}"


def test_it_fits_functions_on_one_screen() -> None:
    found = [
        f"{at(path, node)} has {lines_of(node)} lines"
        for path in PYTHON
        for node in functions(path)
        if lines_of(node) > FUNCTION_LINES_MAX
    ]

    keep(found, f"split what is longer than {FUNCTION_LINES_MAX} lines")


def test_it_keeps_files_short() -> None:
    counted = [(path, len(read(path).splitlines())) for path in PYTHON if "text" not in path.parts]
    found = [f"{path} has {lines} lines" for path, lines in counted if lines > FILE_LINES_MAX]

    keep(found, f"split what is longer than {FILE_LINES_MAX} lines")


def test_it_keeps_lines_short() -> None:
    keep(lines_where(PYTHON, lambda line: len(line) > LINE_COLUMNS_MAX), "break the line")


def test_it_takes_few_parameters() -> None:
    found = [
        f"{at(path, node)} takes {parameters_of(node)}"
        for path in PROGRAM
        for node in functions(path)
        if parameters_of(node) > PARAMETERS_MAX
    ]

    keep(found, f"put what belongs together into one value; at most {PARAMETERS_MAX} parameters")


def test_it_explains_every_public_function_of_the_core() -> None:
    found = [
        at(path, node)
        for path in SYNC
        for node in public_functions(parsed(path))
        if not ast.get_docstring(node)
    ]

    keep(found, "say in a docstring: units, reason, what is refused")


def test_it_never_silences_a_type_without_its_name() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:)")

    keep(lines_where(PYTHON, bare.search), "name what is ignored, in [brackets], or cure it")


def test_it_keeps_the_core_on_the_standard_library() -> None:
    known = {*sys.stdlib_module_names, "sync"}
    found = [
        f"{path} imports {name}"
        for path in SYNC
        for name in imports(path)
        if name.split(".")[0] not in known | MAY_ALSO_IMPORT.get(path, set())
    ]

    keep(found, "move what needs it into server/")


def wrong_ways(folder: str, allowed: set[str]) -> Iterator[str]:
    """Imports from a folder of server/ into another that it may not know."""
    closed = {f"server.{other}" for other in DIRECTION if other not in {*allowed, folder}}
    for path in under(f"server/{folder}"):
        used = {".".join(name.split(".")[:2]) for name in imports(path)}
        yield from (f"{path} imports {name}" for name in sorted(used & closed))


def test_it_knows_the_direction_of_every_folder() -> None:
    folders = {path.parts[1] for path in under("server") if len(path.parts) > 2}

    keep(sorted(folders - DIRECTION.keys()), "say in DIRECTION what this folder may import")


@pytest.mark.parametrize("folder", sorted(DIRECTION))
def test_it_imports_in_one_direction(folder: str) -> None:
    found = list(wrong_ways(folder, DIRECTION[folder]))

    keep(found, "api, console -> services -> office, stores, tables, sync; stores -> tables, sync")


def test_it_keeps_the_request_out_of_services() -> None:
    found = [
        f"{path} imports {name}"
        for path in under("server/services", "server/stores", "server/office")
        for name in imports(path)
        if name in {"flask.request", "flask.current_app", "flask.g", "flask.session"}
    ]

    keep(found, "take what you need as an argument; server/clock.py tells the time")


def dotted(node: ast.expr) -> str:
    """A name such as datetime.now, without what stands before its last two parts."""
    if isinstance(node, ast.Attribute):
        return ".".join(f"{dotted(node.value)}.{node.attr}".split(".")[-2:])
    return node.id if isinstance(node, ast.Name) else ""


def test_it_asks_the_time_in_one_place_only() -> None:
    found = [
        f"{path}:{node.lineno}: {dotted(node.func)}"
        for path in PROGRAM
        if path != CLOCK_ADAPTER
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and dotted(node.func) in CLOCKS
    ]

    keep(found, "take the instant as an argument, or from server/clock.py")


def test_it_takes_chance_from_the_system_or_from_a_seed() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in PROGRAM
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import) and "random" in {alias.name for alias in node.names}
    ]

    keep(found, "take `secrets`, or `from random import Random` with a seed")


def test_it_names_tests_as_sentences() -> None:
    found = [
        at(path, node)
        for path in under("tests")
        if path.name.startswith("test_")
        for node in functions(path)
        if node.name.startswith("test_") and not SENTENCE.match(node.name)
    ]

    keep(found, "begin the name with test_it_ and say what is so")


def test_it_says_what_each_test_module_tests() -> None:
    found = [
        str(path)
        for path in under("tests")
        if path.name.startswith("test_") and not ast.get_docstring(parsed(path))
    ]

    keep(found, "open the module with what is tested and by what method")


def test_it_never_runs_without_assertions() -> None:
    assert __debug__, "run Python without -O: our assertions are part of the program"
