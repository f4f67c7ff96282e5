"""What is kept and not applied, and what a supervisor does about it; what is flagged besides."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.list_flags import double_visits, flagged_events
from server.services.list_quarantine import kept_events, not_understood
from server.services.settle_quarantine import settle_quarantine
from sync.problems import Problem
from sync.tend import ACTIONS


@bp.get("/quarantine")
@reads("supervisor", "cashier")
def get_quarantine() -> str:
    """Events with their reasons, and the cash they mean."""
    return render_template("quarantine.html", **_page())


@bp.post("/quarantine/<target>")
@writes("supervisor")
def post_ruling(target: str) -> Response | tuple[str, int]:
    """Settle one event, with a note."""
    action = request.form.get("action", "")
    try:
        if action not in ACTIONS:
            raise Problem("form_invalid", field="处理", rule="须选一项")
        note = request.form.get("note", "")
        settle_quarantine(person().branch_id, target, action, note, by=person().id)
    except Problem as problem:
        return refused("quarantine.html", problem, **_page())
    return redirect(url_for("console.get_quarantine"))


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    events = kept_events(branch_id)
    return {
        "events": events,
        "cash_fen": sum(event.amount_fen or 0 for event in events),
        "raw": not_understood(branch_id),
        "flagged": flagged_events(branch_id),
        "doubles": double_visits(branch_id),
    }
