"""A bench on each kind of store: every test of this folder runs on each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.testing import Bench, MemoryBench
from tests.contract.benches import SqlBench
from tests.postgres import Cluster

KINDS = ["memory", "sqlite", "sqlite in one piece", "postgresql"]


@pytest.fixture(params=KINDS)
def bench(
    request: pytest.FixtureRequest,
    make_template: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    """The small world in memory, in SQLite (event by event, and in one piece), in PostgreSQL."""
    if request.param == "memory":
        yield MemoryBench()
        return
    dialect = request.param.split()[0]
    template = make_template(dialect)
    if dialect == "sqlite":
        url = f"sqlite:///{tmp_path / 'doorstep.db'}"
        shutil.copyfile(template.removeprefix("sqlite:///"), tmp_path / "doorstep.db")
    else:
        url = request.getfixturevalue("postgres").new_database(template)
    sql = SqlBench(url, tmp_path, monkeypatch)
    sql.tries_quickly = request.param != dialect
    yield sql
    sql.close()
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        cluster.drop_database(url)
