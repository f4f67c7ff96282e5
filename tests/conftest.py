"""What every test may ask for: a database of each kind, empty and private.

    postgres        the private PostgreSQL cluster of this run
    postgres_url    the address of an empty PostgreSQL database, made for this test
    sqlite_url      the address of an empty SQLite database, made for this test
    database_url    both, one after the other: a test that takes it runs twice

Nothing is skipped: without PostgreSQL the tests fail and say what to install.
"""

from __future__ import annotations

from collections.abc import Iterator
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
