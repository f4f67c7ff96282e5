"""PostgreSQL is lost and recovered from its archive, as docs/operator.md says (I16).

Method: a private cluster with archive_mode on; a base backup, work, the last of it not archived;
the cluster is killed and its files are left behind; another starts from base backup and archive.
The real server then gives history a new name, and the phone brings back what the archive lacks.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from server.db import db, snapshot
from server.services.check_history import check_history
from server.services.epochs import settle_epoch
from server.services.installation import initialise
from server.tables import CashCount, EventRow
from tests.postgres import Cluster, private_cluster
from tests.safekeeping import epoch_of
from tests.sim.journal_work import count, take_cash
from tests.sim.server_process import ServerProcess
from tests.small_bank import LI_WEI, Bank, found_bank, open_bank

ARCHIVED_SECONDS_MAX = 60


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of its own that archives its WAL, as the operator's page sets it up."""
    with private_cluster(archives=True) as cluster:
        yield cluster


@pytest.fixture
def bank(cluster: Cluster, tmp_path: Path) -> Bank:
    """The small bank in that cluster, after the server was started once."""
    url = cluster.new_database()
    empty = open_bank(url, tmp_path)
    with empty.app.app_context():
        initialise()
    empty.close()
    bank = found_bank(url, tmp_path)
    with bank.app.app_context():
        assert settle_epoch() is None, "the first time there is nothing to compare"
        assert settle_epoch() is None
    return bank


def wait_until_archived(bank: Bank, cluster: Cluster) -> None:
    """What was committed so far lies in the archive."""
    with bank.app.app_context(), db.engine.connect() as connection:
        here = text("SELECT pg_walfile_name(pg_current_wal_lsn())")
        name = connection.execute(here).scalar_one()
    cluster.archive_now()
    deadline = time.monotonic() + ARCHIVED_SECONDS_MAX
    while not (cluster.folder / "archive" / name).exists():
        assert time.monotonic() < deadline, "the WAL is not archived"
        time.sleep(0.05)


def test_it_recovers_from_the_archive_and_phones_bring_the_rest(
    bank: Bank, cluster: Cluster, tmp_path: Path
) -> None:
    bank.publish(LI_WEI, ["W1", "W2", "W3", "W4"])
    phone = bank.phone(numbers=60)
    take_cash(bank, phone, random.Random(1))
    cluster.base_backup()
    take_cash(bank, phone, random.Random(2))
    count(bank)
    wait_until_archived(bank, cluster)
    archived = len(bank.rows(EventRow))
    take_cash(bank, phone, random.Random(3))
    before, taken = epoch_of(bank), len(bank.rows(EventRow))
    cluster.kill()
    bank.close()

    cluster.recover()
    again = open_bank(bank.url, tmp_path)
    again.clock.now = bank.clock.now
    assert archived <= len(again.rows(EventRow)) < taken, "the last of it was not archived"
    server = ServerProcess(bank.url, tmp_path)
    try:
        server.start()
        phone.sync(server.send)
    finally:
        server.close()

    assert epoch_of(again) != before
    assert "timeline" not in (log := (tmp_path / "server.log").read_text()) and "归档恢复" in log
    stored = [row.hash for row in again.rows(EventRow)]
    assert len(stored) == len(set(stored)) and {e.hash for e in phone.log} <= set(stored)
    assert phone.unacked == [] and len(again.rows(CashCount)) == 1
    assert again.balance(f"hand:{LI_WEI}") == phone.hand_fen()
    with again.app.app_context(), snapshot() as session:
        assert check_history(session) == []
    again.close()
