"""What the office notes beside the visits: help asked for, wishes passed on, next week's plan."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.forms import whole_number
from server.console.page import refused
from server.console.routes import bp
from server.services.list_requests import collective_households, noted
from server.services.office_requests import (
    PLAN_KINDS,
    SERVICE_STATES,
    PlanLine,
    Service,
    ask_for_help,
    note_plan,
    note_service,
)
from sync.problems import Problem


@bp.get("/requests")
@reads("supervisor")
def get_requests() -> str:
    """What has been noted, and a form for each kind."""
    return render_template("requests.html", **_page())


@bp.post("/requests/help")
@writes("supervisor")
def post_help() -> Response | tuple[str, int]:
    """Ask for help about collective debts."""
    offices = [line for line in request.form.get("asked_of", "").splitlines() if line.strip()]
    about = request.form.getlist("about")
    return _note(lambda: ask_for_help(person().branch_id, about, offices, by=person().id))


@bp.post("/requests/service")
@writes("supervisor")
def post_service() -> Response | tuple[str, int]:
    """Note a wish that is no debt."""
    form = request.form
    service = Service(
        requester=form.get("requester", ""),
        kind=form.get("kind", ""),
        purpose=form.get("purpose", ""),
        forwarded_to=form.get("forwarded_to") or None,
        state=form.get("state", ""),
    )
    return _note(lambda: note_service(person().branch_id, service, by=person().id))


@bp.post("/requests/plan")
@writes("supervisor")
def post_plan_line() -> Response | tuple[str, int]:
    """Add a line to the plan of a week."""

    def note() -> str:
        line = PlanLine(
            week_starts_on=request.form.get("week_starts_on", ""),
            kind=request.form.get("kind", ""),
            area=request.form.get("area") or None,
            times=whole_number(request.form, "times", "次数"),
        )
        return note_plan(person().branch_id, line, by=person().id)

    return _note(note)


def _note(act: Callable[[], str]) -> Response | tuple[str, int]:
    try:
        act()
    except Problem as problem:
        return refused("requests.html", problem, **_page())
    return redirect(url_for("console.get_requests"))


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "noted": noted(branch_id),
        "collective": collective_households(branch_id),
        "plan_kinds": PLAN_KINDS,
        "service_states": SERVICE_STATES,
        "typed": request.form,
    }
