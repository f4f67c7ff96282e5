"""What every test may ask for: a database of each kind, empty and private.

    postgres        the private PostgreSQL cluster of this run
    postgres_url    the address of an empty PostgreSQL database, made for this test
    sqlite_url      the address of an empty SQLite database, made for this test
    database_url    both, one after the other: a test that takes it runs twice
    migrated_url    the same, with all tables: a copy of a database made once per run

Nothing is skipped: without PostgreSQL the tests fail and say what to install.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.postgres import Cluster, PostgresMissing, private_cluster

KINDS = ["sqlite", "postgresql"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer a faster disk for a developer in a hurry; `make test` leaves it alone."""
    parser.addoption(
        "--postgres-fsync",
        choices=["on", "off"],
        default="on",
        help="off: PostgreSQL does not wait for the disk (faster, proves less)",
    )


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The private PostgreSQL cluster of this test run."""
    try:
        with private_cluster(fsync=request.config.getoption("--postgres-fsync") == "on") as cluster:
            yield cluster
    except PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """An empty PostgreSQL database, dropped when the test ends."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database in the test's own folder."""
    return f"sqlite:///{tmp_path / 'doorstep.db'}"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind: the test runs once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def _migrate(folder: Path, url: str) -> None:
    # Imported here, so that the tests of `sync` run without the server.
    from server import create_app
    from server.db import db
    from server.services.installation import initialise
    from server.settings import Settings

    with create_app(Settings(data_dir=folder, database_url=url)).app_context():
        initialise()
        db.engine.dispose()  # a database that somebody is connected to cannot be copied


@pytest.fixture(scope="session")
def make_template(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """The address of a migrated database of a kind, made when it is first asked for."""

    @cache
    def made(kind: str) -> str:
        folder = tmp_path_factory.mktemp(f"template-{kind}")
        url = f"sqlite:///{folder / 'doorstep.db'}"
        if kind == "postgresql":
            url = request.getfixturevalue("postgres").new_database()
        _migrate(folder, url)
        return url

    return made


@pytest.fixture(params=KINDS)
def migrated_url(
    request: pytest.FixtureRequest, make_template: Callable[[str], str], tmp_path: Path
) -> Iterator[str]:
    """A database of each kind with all tables and an epoch, and nothing else in it."""
    template = make_template(request.param)
    if request.param == "sqlite":
        copy = tmp_path / "doorstep.db"
        shutil.copyfile(template.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    postgres: Cluster = request.getfixturevalue("postgres")
    url = postgres.new_database(template)
    yield url
    postgres.drop_database(url)
