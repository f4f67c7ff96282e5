"""Handing households to another officer, by village or one by one, and what is uncertain since."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import at_hour, today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.hand_overs import settle_by_hand
from server.services.list_hand_overs import held_by, open_hand_overs
from server.services.reassign import Handing, reassign_households
from server.services.staff_names import officers
from sync.problems import Problem

DAY_MS = 24 * 3_600_000


@bp.get("/plan/hand-over")
@reads("supervisor")
def get_hand_over() -> str:
    """Whose households are to be handed over, and the hand-overs that are open."""
    giver = request.args.get("giver", "")
    return render_template("hand_over.html", done=request.args.get("done", ""), **_page(giver))


@bp.post("/plan/hand-over")
@writes("supervisor")
def post_hand_over() -> Response | tuple[str, int]:
    """Hand the chosen households over, at once or at the end of today."""
    form, branch_id = request.form, person().branch_id
    giver = form.get("giver", "")
    whole = set(form.getlist("village"))
    chosen = set(form.getlist("household"))
    for village in held_by(branch_id, giver):
        if village.key in whole:
            chosen |= {line.id for line in village.households}
    handing = Handing(
        household_ids=tuple(sorted(chosen)),
        from_officer_id=giver,
        to_officer_id=form.get("taker", ""),
        evict_after_ms=at_hour(today(), 0) + DAY_MS if form.get("when") == "evening" else None,
    )
    try:
        reassign_households(branch_id, handing, by=person().id)
    except Problem as problem:
        return refused("hand_over.html", problem, done="", **_page(giver))
    return redirect(url_for("console.get_hand_over", giver=giver, done=len(chosen)))


@bp.post("/plan/hand-over/<household_id>/settle")
@writes("supervisor")
def post_settle_hand_over(household_id: str) -> Response | tuple[str, int]:
    """The supervisor has made sure that the former officer holds nothing."""
    try:
        settle_by_hand(person().branch_id, household_id, by=person().id)
    except Problem as problem:
        return refused("hand_over.html", problem, done="", **_page(""))
    return redirect(url_for("console.get_hand_over"))


def _page(giver: str) -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "giver": giver,
        "officers": officers(branch_id),
        "villages": held_by(branch_id, giver) if giver else [],
        "lines": open_hand_overs(branch_id),
        "typed": request.form,
    }
