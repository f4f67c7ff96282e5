"""A person has looked into what went wrong on a phone, and says so."""

from __future__ import annotations

from server.db import transaction
from server.tables import Incident
from sync.problems import Problem


def settle_incident(branch_id: str, incident_id: str, *, by: str) -> None:
    """Note who looked at it; the first one stays. Refuses `incident_unknown`."""
    with transaction(branch_id, actor=by, cause="settle_incident") as tx:
        row = tx.session.get(Incident, (branch_id, incident_id), with_for_update=True)
        if row is None:
            raise Problem("incident_unknown")
        row.settled_by = row.settled_by or by
