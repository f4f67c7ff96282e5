"""Bundles that somebody else carried here: opened, or kept because nobody can open them."""

from __future__ import annotations

from flask import render_template

from server.console.access import person, reads
from server.console.routes import bp
from server.services.kept_bundles import bundles
from server.services.list_devices import device_names
from sync.problems import PROBLEMS


@bp.get("/bundles")
@reads("supervisor", "cashier")
def get_bundles() -> str:
    """The list, those first that wait for somebody to look."""
    branch_id = person().branch_id
    return render_template(
        "bundles.html",
        bundles=sorted(bundles(branch_id), key=lambda one: one.state != "kept"),
        devices=device_names(branch_id),
        problems=PROBLEMS,
    )
