"""A visit and its outcome."""

from __future__ import annotations

from server.db import Tx
from server.services.body import optional_text, text
from server.tables import Visit
from sync.store import Recorded
from sync.verdicts import Verdict


def on_visit_started(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """The row of the visit; its outcome comes with a later event, or came before it."""
    event = recorded.event
    visit = tx.rows.get(Visit, tx.branch_id, event.visit) or _new_visit(tx, recorded)
    visit.event_hash = event.hash
    visit.second_person = optional_text(event.body, "second_person")
    visit.started_at_ms, visit.started_on = recorded.effective_at_ms, recorded.effective_on


def on_visit_outcome(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Who was met and what came of it. Of two outcomes the later in the lane counts.

    One whose visit never came stands for the visit itself: somebody was there.
    """
    event = recorded.event
    visit = tx.rows.get(Visit, tx.branch_id, event.visit) or _new_visit(tx, recorded)
    if visit.outcome_seq is not None and visit.outcome_seq > event.seq:
        return
    visit.met, visit.outcome = text(event.body, "met"), text(event.body, "outcome")
    visit.away_place = optional_text(event.body, "away_place")
    visit.outcome_seq = event.seq


def _new_visit(tx: Tx, recorded: Recorded) -> Visit:
    event = recorded.event
    visit = Visit(
        branch_id=tx.branch_id,
        id=event.visit,
        event_hash=event.hash,
        household_id=text(event.body, "household"),
        officer_id=recorded.holder,
        second_person=None,
        started_at_ms=recorded.effective_at_ms,
        started_on=recorded.effective_on,
        met=None,
        outcome=None,
        outcome_seq=None,
        away_place=None,
    )
    tx.rows.add(visit)
    return visit
