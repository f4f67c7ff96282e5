"""Fixtures of the small bank: founded once for each database; every test works on a copy.

A folder of tests takes them by importing them in its conftest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster
from tests.small_bank import Bank, Founded, copy_bank, found_bank

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def founded(
    request: pytest.FixtureRequest,
    make_template: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Founded]:
    """The founded bank of a kind, made when it is first asked for."""
    made: dict[str, Founded] = {}

    def of_kind(kind: str) -> Founded:
        if kind not in made:
            folder = tmp_path_factory.mktemp(f"bank-{kind}")
            url = _new_database(request, make_template(kind), folder)
            bank = found_bank(url, folder)
            bank.close()
            made[kind] = Founded(url, folder)
        return made[kind]

    return of_kind


@pytest.fixture(params=KINDS)
def bank(
    request: pytest.FixtureRequest, founded: Callable[[str], Founded], tmp_path: Path
) -> Iterator[Bank]:
    """One branch, the cast, four households with a loan each; once on each database."""
    yield from _bank(request, founded(request.param), tmp_path)


@pytest.fixture
def one_bank(
    request: pytest.FixtureRequest, founded: Callable[[str], Founded], tmp_path: Path
) -> Iterator[Bank]:
    """The same on SQLite only: for what is refused before any database is asked."""
    yield from _bank(request, founded("sqlite"), tmp_path)


def _bank(request: pytest.FixtureRequest, original: Founded, tmp_path: Path) -> Iterator[Bank]:
    url = _new_database(request, original.url, tmp_path)
    bank = copy_bank(original, url, tmp_path)
    yield bank
    bank.close()
    if not url.startswith("sqlite"):
        cluster: Cluster = request.getfixturevalue("postgres")
        cluster.drop_database(url)


def _new_database(request: pytest.FixtureRequest, template: str, folder: Path) -> str:
    """A copy of a database, in a folder or in the cluster."""
    if template.startswith("sqlite"):
        copy = folder / "doorstep.db"
        copy.write_bytes(Path(template.removeprefix("sqlite:///")).read_bytes())
        return f"sqlite:///{copy}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database(template)
