"""The first page after signing in: what waits for this person today."""

from __future__ import annotations

from flask import render_template

from server.clock import today
from server.console.access import person, reads
from server.console.routes import bp
from server.services.office_home import waiting


@bp.get("/")
@reads("supervisor", "cashier", "collector", "bookkeeper", "void_approver", "admin")
def get_home() -> str:
    """What waits, by role."""
    return render_template("home.html", waiting=waiting(person().branch_id, today()))
