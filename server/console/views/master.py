"""Villages, households and loans. Words are searched by POST: a name never stands in an address."""

from __future__ import annotations

from flask import render_template, request

from server.console.access import person, reads
from server.console.forms import page_number
from server.console.routes import bp
from server.services.look_up import Wanted, areas, household, households, loans, villages

LOAN_STATES = ("open", "closed", "RUNNING", "EXPIRED", "UNKNOWN", "LONGSTOP_PASSED", "WAIVED")


@bp.get("/villages")
@reads("supervisor")
def get_villages() -> str:
    """All villages with what lies in them."""
    return render_template("villages.html", villages=villages(person().branch_id))


@bp.route("/households", methods=["GET", "POST"])
@reads("supervisor")
def get_households() -> str:
    """The households, narrowed by area, village or words."""
    wanted = _wanted()
    page = households(person().branch_id, wanted)
    return render_template("households.html", page=page, wanted=wanted, **_choices())


@bp.get("/households/<household_id>")
@reads("supervisor")
def get_household(household_id: str) -> str:
    """One household with its loans."""
    line, its_loans = household(person().branch_id, household_id)
    return render_template("household.html", household=line, loans=its_loans)


@bp.route("/loans", methods=["GET", "POST"])
@reads("supervisor")
def get_loans() -> str:
    """The loans with balances and limitation."""
    wanted = _wanted()
    page = loans(person().branch_id, wanted)
    return render_template("loans.html", page=page, wanted=wanted, states=LOAN_STATES, **_choices())


def _wanted() -> Wanted:
    state = request.values.get("state", "")
    return Wanted(
        words=request.form.get("words", ""),
        area_id=request.values.get("area", ""),
        village_id=request.values.get("village", ""),
        state=state if state in LOAN_STATES else "",
        page=page_number(request.values.get("page", "1")),
    )


def _choices() -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "areas": areas(branch_id),
        "villages": [line for line in villages(branch_id) if line.id],
    }
