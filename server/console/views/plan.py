"""Planning an officer's week, village by village, day by day, and publishing it."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.plan_form import stops_of_form
from server.console.routes import bp
from server.services.list_sweeps import sweep_plan, sweeps
from server.services.plan_sweep import Week, draft_sweep, plan_stops, publish_sweep
from server.services.staff_names import officers
from sync.dates import parse_date
from sync.problems import Problem


@bp.get("/plan")
@reads("supervisor")
def get_plans() -> str:
    """All sweeps, and the form for a new one."""
    return render_template("plans.html", **_plans())


@bp.post("/plan")
@writes("supervisor")
def post_plan() -> Response | tuple[str, int]:
    """Begin a sweep and go on to its villages."""
    form = request.form
    week = Week(
        officer_id=form.get("officer", ""),
        second_officer_id=form.get("second") or None,
        starts_on=form.get("starts_on", ""),
        ends_on=form.get("ends_on", ""),
    )
    try:
        sweep_id = draft_sweep(person().branch_id, week, by=person().id)
    except Problem as problem:
        return refused("plans.html", problem, **_plans())
    return redirect(url_for("console.get_plan", sweep_id=sweep_id))


@bp.get("/plan/<sweep_id>")
@reads("supervisor")
def get_plan(sweep_id: str) -> str:
    """The villages and days of one sweep."""
    plan = sweep_plan(person().branch_id, sweep_id)
    return render_template("plan.html", plan=plan, done=request.args.get("done", ""))


@bp.post("/plan/<sweep_id>")
@writes("supervisor")
def post_stops(sweep_id: str) -> Response | tuple[str, int]:
    """Save the route; publish it if that was the button, or if it was published before."""
    branch_id, by = person().branch_id, person().id
    plan = sweep_plan(branch_id, sweep_id)
    publishes = request.form.get("do") == "publish"
    try:
        plan_stops(branch_id, sweep_id, stops_of_form(plan, request.form), by=by)
        if publishes and plan.line.state == "draft":
            publish_sweep(branch_id, sweep_id, by=by)
    except Problem as problem:
        plan = sweep_plan(branch_id, sweep_id)
        return refused("plan.html", problem, plan=plan, done="")
    done = "published" if publishes or plan.line.state == "published" else "saved"
    return redirect(url_for("console.get_plan", sweep_id=sweep_id, done=done))


def _plans() -> dict[str, object]:
    """Lists for the page; the week offered is the next one, Monday to Friday."""
    day = parse_date(today())
    monday = day + timedelta(days=-day.weekday() % 7 or 7) if day.weekday() else day
    return {
        "sweeps": sweeps(person().branch_id),
        "officers": officers(person().branch_id),
        "typed": request.form,
        "monday": monday.isoformat(),
        "friday": (monday + timedelta(days=4)).isoformat(),
    }
