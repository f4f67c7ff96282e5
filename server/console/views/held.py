"""Cash in the field: who holds how much since when, what is overdue, and leave for a day more."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.db import snapshot
from server.services.deposits import extend_deposit, held_cash, rule_rows, set_deposit_rule
from server.services.offers import offer_lines
from sync.deposits import DEADLINES
from sync.problems import Problem


@bp.get("/held")
@reads("supervisor", "cashier")
def get_held() -> str:
    """All hands with cash, the overdue ones first, and handovers that nobody has confirmed."""
    return render_template("held.html", **_page())


@bp.post("/held/rule")
@writes("supervisor")
def post_deposit_rule() -> Response | tuple[str, int]:
    """The deadline of the branch from a day on."""
    form = request.form
    try:
        set_deposit_rule(
            person().branch_id,
            form.get("deadline", ""),
            form.get("from_on", ""),
            form.get("source", ""),
            by=person().id,
        )
    except Problem as problem:
        return refused("held.html", problem, **_page())
    return redirect(url_for("console.get_held"))


@bp.post("/held/<officer_id>/extend")
@writes("supervisor")
def post_extend(officer_id: str) -> Response | tuple[str, int]:
    """An officer may keep his cash until the next working day."""
    reason = request.form.get("reason", "")
    try:
        extend_deposit(person().branch_id, officer_id, reason, by=person().id)
    except Problem as problem:
        return refused("held.html", problem, **_page())
    return redirect(url_for("console.get_held"))


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    with snapshot() as session:
        offers = offer_lines(session, branch_id)
    return {
        "held": held_cash(branch_id),
        "offers": offers,
        "rules": rule_rows(branch_id),
        "deadlines": DEADLINES,
        "typed": request.form,
        "from_on": today(),
    }
