"""What is kept and not applied: to be read now, to be settled in a later version."""

from __future__ import annotations

from flask import render_template

from server.console.access import person, reads
from server.console.routes import bp
from server.services.list_quarantine import kept_events, not_understood
from sync.problems import PROBLEMS


@bp.get("/quarantine")
@reads("supervisor", "cashier")
def get_quarantine() -> str:
    """Events with their reasons, and the cash they mean."""
    events = kept_events(person().branch_id)
    cash_fen = sum(event.amount_fen or 0 for event in events)
    return render_template(
        "quarantine.html",
        events=events,
        cash_fen=cash_fen,
        raw=not_understood(person().branch_id),
        problems=PROBLEMS,
    )
