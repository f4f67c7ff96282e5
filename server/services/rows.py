"""The rows that a phone holds, built in a handful of queries for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.services.rows_handover import handover_rows
from server.services.rows_household import household_rows
from server.services.rows_loan import loan_rows
from server.services.rows_route import book_rows, me_rows, stop_rows, village_rows
from server.stores.pull_store import Rows, Scope
from sync.store import FeedLine

# etype -> for the ticks of some rows (eid -> tick): the rows that exist, by eid
Builder = Callable[[Scope, dict[str, int]], dict[str, dict[str, Any]]]

BUILDERS: dict[str, Builder] = {
    "book": book_rows,
    "handover": handover_rows,
    "household": household_rows,
    "loan": loan_rows,
    "me": me_rows,
    "stop": stop_rows,
    "village": village_rows,
}


def build_rows(scope: Scope, lines: Sequence[FeedLine]) -> Rows:
    """The rows of these lines by (etype, eid)."""
    ticks: dict[str, dict[str, int]] = {}
    for line in lines:
        ticks.setdefault(line.etype, {})[line.eid] = line.tick
    return {
        (etype, eid): row
        for etype, of_type in sorted(ticks.items())
        for eid, row in BUILDERS[etype](scope, of_type).items()
    }
