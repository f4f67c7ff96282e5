"""The set-up says in one sentence what is missing: its scripts run with an almost empty PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent
ORDINARY = ["bash", "dirname", "df", "awk", "id", "cat"]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the few programs that every machine has: the whole PATH of a test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ORDINARY:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def add(programs: Path, name: str, script: str) -> None:
    """Put a program of our own into the PATH."""
    (programs / name).write_text(f"#!{shutil.which('bash')}\n{script}\n")
    (programs / name).chmod(0o755)


def run(programs: Path, script: str, *words: str) -> tuple[int, str]:
    """The exit code of a set-up script, and what it said to the person."""
    command = [str(SCRIPTS / script), *words]
    environment = {"PATH": str(programs), "HOME": os.environ["HOME"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.returncode, done.stderr


def test_it_says_that_python_is_missing(programs: Path) -> None:
    code, said = run(programs, "tools.sh", "python")

    assert code == 1
    assert "没有找到 Python 3.11" in said and "Python 3.11 or newer was not found" in said


def test_it_says_that_python_is_too_old(programs: Path) -> None:
    add(programs, "python3", "exit 1")

    code, said = run(programs, "tools.sh", "python")

    assert (code, "Python 3.11" in said) == (1, True)


def test_it_says_that_venv_is_missing(programs: Path) -> None:
    add(programs, "python3", f'[[ "$*" == *ensurepip* ]] && exit 1; exec {sys.executable} "$@"')

    code, said = run(programs, "tools.sh", "python")

    assert (code, "venv" in said, "not found" in said) == (1, True, False)


def test_it_finds_a_python_that_will_do(programs: Path) -> None:
    add(programs, "python3", f'exec {sys.executable} "$@"')

    assert run(programs, "tools.sh", "python") == (0, "")


def test_it_says_that_node_is_missing(programs: Path) -> None:
    code, said = run(programs, "tools.sh", "node")

    assert (code, "没有找到 Node.js" in said) == (1, True)


@pytest.mark.parametrize("version", ["18.20.4", "20.18.0", "21.7.0", "22.11.0"])
def test_it_says_that_node_is_too_old(programs: Path, version: str) -> None:
    node = shutil.which("node")
    pretend = f"Object.defineProperty(process, 'versions', {{value: {{node: '{version}'}}}});"
    add(programs, "node", f'[ "$1" = -e ] && exec {node} -e "{pretend} $2"; echo v{version}')

    code, said = run(programs, "tools.sh", "node")

    assert (code, f"v{version}" in said) == (1, True)


def test_it_says_that_npm_is_missing(programs: Path) -> None:
    (programs / "node").symlink_to(str(shutil.which("node")))

    code, said = run(programs, "tools.sh", "node")

    assert (code, "没有找到 npm" in said) == (1, True)


def test_it_says_how_much_room_is_missing(programs: Path, tmp_path: Path) -> None:
    code, said = run(programs, "tools.sh", "space", str(tmp_path), "999999999")

    assert (code, "磁盘空间不足" in said, "999999999 MB" in said) == (1, True, True)


def test_it_says_that_a_folder_is_not_there(programs: Path, tmp_path: Path) -> None:
    code, said = run(programs, "tools.sh", "space", str(tmp_path / "nowhere"))

    assert (code, "cannot be written to" in said) == (1, True)


def test_it_names_the_system_packages_that_only_root_can_install(programs: Path) -> None:
    (programs / "id").unlink()
    add(programs, "id", "echo 1000")

    code, said = run(programs, "debian.sh", "browser")

    assert code == 1
    assert "install them first: chromium" in said
