"""Photos that were taken and have not arrived: who has them, since when, how far they are."""

from __future__ import annotations

from flask import render_template

from server.console.access import person, reads
from server.console.routes import bp
from server.services.list_promised import promised_photos


@bp.get("/evidence")
@reads("supervisor")
def get_evidence() -> str:
    """Evidence promised, bytes missing."""
    return render_template("evidence.html", photos=promised_photos(person().branch_id))
