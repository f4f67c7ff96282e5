"""Tracing: from the cash of a week's report to receipts, and from a receipt to the bank slip."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.console.access import may, person, reads
from server.console.routes import bp
from server.services.events_behind import day_behind
from server.services.trace import trace_of, trace_report

# Whose pages counts and days are; the bookkeeper reads the daily report instead.
CASH = ("cashier", "supervisor", "auditor")


@bp.get("/trace/report/<first_day>")
@reads("supervisor", "cashier", "bookkeeper")
def get_trace_report(first_day: str) -> str:
    """Each figure of cash of a week with the receipts behind it, and what is missing."""
    return render_template("trace_report.html", traced=trace_report(person().branch_id, first_day))


@bp.get("/trace/<event_hash>")
@reads("supervisor", "cashier", "bookkeeper")
def get_trace(event_hash: str) -> str | Response:
    """The chain of a receipt; of a count, its slip; of another event of the cash, its day."""
    branch_id = person().branch_id
    behind = day_behind(branch_id, event_hash)
    if behind is None:
        return render_template("trace.html", trace=trace_of(branch_id, event_hash))
    day, is_count = behind
    if not may(*CASH):
        return redirect(url_for("console.get_ledger", name="daily", period=day))
    if is_count:
        return redirect(url_for("console.get_counted", count_hash=event_hash))
    return redirect(url_for("console.get_day", day=day))
