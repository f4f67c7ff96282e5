"""What an issued report leaves for a person to settle (NV3, NV5)."""

from __future__ import annotations

from collections.abc import Iterator

from server.clock import day_of
from server.db import Tx
from server.office.report import Report
from server.office.report_facts import HouseholdFact
from server.office.report_groups import UNSTATED
from server.tables import Task
from sync.canonical import sha256_hex

REASON_MISSING = "reason_missing"
LEGAL_REVIEW = "legal_review"


def open_tasks(tx: Tx, report: Report) -> None:
    """Open a task for each household that needs one; one that there is already stays."""
    starts_on = report.facts.period.starts_on
    for kind, household in _needed(report):
        task_id = sha256_hex(f"{kind} {starts_on} {household.id}".encode())[:32]
        if tx.session.get(Task, (tx.branch_id, task_id)) is None:
            tx.session.add(
                Task(
                    branch_id=tx.branch_id,
                    id=task_id,
                    kind=kind,
                    about=household.id,
                    opened_on=day_of(tx.now_ms),
                    state="open",
                )
            )


def _needed(report: Report) -> Iterator[tuple[str, HouseholdFact]]:
    """Reasons that somebody could have given; signatures on claims that are no longer protected.

    No reason is missing where nobody went, nor where households are not counted (A13).
    """
    for area in report.groups.areas:
        for one in area.because(UNSTATED):
            was_due = one.household.was_planned or one.household.visited_on is not None
            if area.area.counts_household_total and was_due:
                yield REASON_MISSING, one.household
        for household in area.signed_lost:
            yield LEGAL_REVIEW, household
