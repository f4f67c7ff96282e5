"""Who works in the branch, as names on a page."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.branches import cashiers, collectors
from server.tables import Staff


def names(session: Session, branch_id: str) -> dict[str, str]:
    """Staff number -> name, those who have left included."""
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.branch_id == branch_id))
    return {row.id: row.name for row in rows}


def phone_holders(branch_id: str) -> list[tuple[str, str]]:
    """Who may have a phone, as (id, name): officers, and cashiers who take cash over in person."""
    with snapshot() as session:
        known = names(session, branch_id)
        held = {*collectors(session, branch_id), *cashiers(session, branch_id)}
        return [(staff_id, known[staff_id]) for staff_id in sorted(held)]


def officers(branch_id: str) -> list[tuple[str, str]]:
    """The active officers as (id, name)."""
    with snapshot() as session:
        known = names(session, branch_id)
        return [(staff_id, known[staff_id]) for staff_id in collectors(session, branch_id)]
