"""`doorstep init` and `doorstep enrol-code`.

Method: the commands run in this process, on an empty data folder given by the environment.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server import create_app
from server.cli import main
from server.services.branches import NewStaff, add_staff, create_branch
from server.settings import Settings
from sync.crockford import normal_code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, named by the environment."""
    monkeypatch.setenv("DOORSTEP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def doorstep(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def found(folder: Path) -> None:
    with create_app(Settings(data_dir=folder)).app_context():
        create_branch("b1", code="1", name="分社", institution="信用社", contact_phone="1")
        person = NewStaff(
            id="officer-1",
            name="李薇",
            username="liwei",
            password="a long one",
            roles=("collector",),
        )
        add_staff("b1", person)


def test_it_makes_the_database_and_changes_nothing_the_second_time(folder: Path) -> None:
    assert doorstep("init").exit_code == 0
    secret = (folder / "secret.key").read_text()

    again = doorstep("init")

    assert again.exit_code == 0
    assert (folder / "doorstep.db").exists()
    assert (folder / "secret.key").read_text() == secret
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("who", ["officer-1", "liwei"])
def test_it_prints_a_code_for_an_officer(folder: Path, who: str) -> None:
    doorstep("init")
    found(folder)

    result = doorstep("enrol-code", who)

    assert result.exit_code == 0
    assert len(normal_code(result.output.strip())) == 8


def test_it_refuses_an_officer_that_is_not_there(folder: Path) -> None:
    doorstep("init")
    found(folder)

    assert doorstep("enrol-code", "nobody").exit_code == 2
    assert doorstep("enrol-code", "officer-1", "--branch", "b2").exit_code == 2
