"""Which rows an officer's phone must hold, by the plan and the master data and not by the feed."""

from __future__ import annotations

from server.db import snapshot
from server.services.rows import build_rows
from server.stores.pull_store import Scope
from sync.canonical import canonical_bytes, sha256_hex
from sync.store import FeedLine
from tests.sim.world.server import Server
from tests.sim.world.setting import BRANCH

_STOPS = """SELECT stop.id, stop.household_id FROM stop
    JOIN sweep ON sweep.branch_id = stop.branch_id AND sweep.id = stop.sweep_id
    WHERE sweep.officer_id = ? AND sweep.state = 'published'"""


def rows_of(server: Server, officer: str) -> dict[tuple[str, str], str]:
    """(etype, eid) -> SHA-256 of the row, for everything that belongs on the officer's phones."""
    lines = _lines(server, officer)

    def build() -> dict[tuple[str, str], str]:
        with snapshot() as session:
            rows = build_rows(Scope(session, BRANCH, officer), lines)
        return {key: sha256_hex(canonical_bytes(row)) for key, row in rows.items()}

    return server.office(build)


def _lines(server: Server, officer: str) -> list[FeedLine]:
    feed = {
        (etype, eid): tick
        for etype, eid, tick in server.sql(
            "SELECT etype, eid, tick FROM feed WHERE officer_id = ?", officer
        )
    }
    stops = dict(server.sql(_STOPS, officer))
    houses = set(stops.values())
    villages = dict(server.sql("SELECT id, village_id FROM household"))
    keys = {("me", officer)} | {("stop", eid) for eid in stops}
    keys |= {("household", eid) for eid in houses}
    keys |= {("village", villages[eid]) for eid in houses if villages[eid]}
    loans = server.sql("SELECT id, household_id FROM loan WHERE state = 'open'")
    keys |= {("loan", eid) for eid, house in loans if house in houses}
    books = server.sql("SELECT id FROM receipt_book WHERE holder_id = ?", officer)
    keys |= {("book", eid) for (eid,) in books}
    return [
        FeedLine(feed.get((etype, eid), 1), etype, eid, "upsert") for etype, eid in sorted(keys)
    ]
