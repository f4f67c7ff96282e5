"""The rules of the house for the whole repository: what must never be in it.

Every text file is read; the patterns are written so that they do not find themselves.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.house.tree import HERE, files, keep, lines_where, read, texts, typescript, under

TEXTS = [path for path, _ in texts()]
LOCKS = [path for path in files() if path.name == "package-lock.json"]
REQUIREMENTS = under("requirements", suffix=".txt")
# Their contents are hashes and addresses of sponsors, written by the package managers.
WRITTEN = [path for path in TEXTS if path not in {*LOCKS, *REQUIREMENTS}]
ELSEWHERE = [path for path in WRITTEN if not path.is_relative_to(HERE)]


def test_it_names_no_folder_of_a_machine() -> None:
    place = re.compile(r"(?<![\w.\]/)}])/(?:work|tmp|root|home/\w+|Users/\w+)(?=[/\s'\"`,;:.)]|$)")

    keep(lines_where(WRITTEN, place.search), "use a path inside the repository or tempfile")


def test_it_names_no_package_registry() -> None:
    host = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|npm[m]irror|deb\.debian\.")

    keep(lines_where(TEXTS, host.search), "the client of each machine knows its own registry")


def test_it_pins_every_python_library_by_hash() -> None:
    source = re.compile(r"^\s*-(?:-index-url|-extra-index-url|i|-find-links|f|-trusted-host)\b")
    loose = [
        f"{path}: {entry.splitlines()[0]}"
        for path in REQUIREMENTS
        for entry in re.split(r"\n(?=\S)", read(path).strip())
        if not entry.startswith("#") and ("==" not in entry or "--hash=sha256:" not in entry)
    ]

    assert REQUIREMENTS, "requirements/*.txt are missing: run `make lock`"
    keep(lines_where(REQUIREMENTS, source.search), "run `make lock`: no address of a registry")
    keep(loose, "run `make lock`: each library needs a version and its hashes")


def test_it_pins_every_node_library_by_hash_and_without_address() -> None:
    packages = {
        f"{lock}: {name}": entry
        for lock in LOCKS
        for name, entry in json.loads(read(lock))["packages"].items()
        if name
    }

    assert packages, "pwa/package-lock.json is missing"
    keep([name for name, entry in packages.items() if "resolved" in entry], "see pwa/.npmrc")
    keep([name for name, entry in packages.items() if "integrity" not in entry], "no hash")


def test_it_asks_for_exact_versions_of_node_libraries() -> None:
    wanted = json.loads(read(Path("pwa/package.json")))
    found = [
        f"{name} {version}"
        for part in ("dependencies", "devDependencies")
        for name, version in wanted[part].items()
        if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ]

    keep(found, "write one exact version in pwa/package.json")


def test_it_holds_nothing_personal() -> None:
    identity = r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    mobile = r"1[3-9]\d{9}"
    card = r"62\d{14,17}"
    personal = re.compile(rf"(?<![\w.])(?:{identity}|{mobile}|{card})(?![\w.])")

    keep(lines_where(WRITTEN, personal.search), "invent it so that it cannot be anyone's: 100-0000")


def test_it_leaves_nothing_for_later() -> None:
    later = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")

    keep(
        lines_where(ELSEWHERE, later.search), "do it now, or open an issue and say so nowhere here"
    )


def test_it_skips_no_test() -> None:
    python = re.compile(r"\bpytest\.(?:skip|importorskip|xfail)\b|\bmark\.(?:skip|skipif|xfail)\b")
    mirror = re.compile(r"\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bxit\(|\bxdescribe\(")

    keep(lines_where(under("tests"), python.search), "make it pass, or remove it")
    keep(lines_where(typescript(), mirror.search), "make it pass, or remove it")


def test_it_stops_shell_scripts_at_the_first_error() -> None:
    scripts = [path for path in TEXTS if path.suffix == ".sh" or path == Path(".ci/run")]
    found = [str(path) for path in scripts if "set -euo pipefail" not in read(path)]

    keep(found, "write `set -euo pipefail` below the first line")


def test_it_runs_make_test_and_nothing_else_in_ci() -> None:
    commands = [
        line
        for line in read(Path(".ci/run")).splitlines()
        if not line.startswith(("#", "set ", "cd "))
    ]

    assert commands == ["exec make test"], "put new checks into the Makefile"
