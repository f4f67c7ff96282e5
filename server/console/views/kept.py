"""The custody register: what is kept under lock, and by which two people (S211)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.list_items import books_in_use, kept_items, people
from server.services.move_item import KINDS, Move, move_item, put_down_item
from sync.problems import Problem


@bp.get("/kept")
@reads("cashier", "supervisor")
def get_kept() -> str:
    """The register, with the history of each thing, to be printed and signed."""
    return render_template("kept.html", **_page())


@bp.post("/kept")
@writes("cashier", "supervisor")
def post_kept() -> Response | tuple[str, int]:
    """Put a new thing down."""
    form, who = request.form, person()
    try:
        put_down_item(who.branch_id, form.get("kind", ""), form.get("name", ""), _said(), by=who.id)
    except Problem as problem:
        return refused("kept.html", problem, **_page())
    return redirect(url_for("console.get_kept"))


@bp.post("/kept/<item_id>")
@writes("cashier", "supervisor")
def post_kept_move(item_id: str) -> Response | tuple[str, int]:
    """A thing changes hands or leaves."""
    try:
        move_item(person().branch_id, item_id, _said(), by=person().id)
    except Problem as problem:
        return refused("kept.html", problem, **_page())
    return redirect(url_for("console.get_kept"))


def _said() -> Move:
    form = request.form
    return Move(
        custodian=form.get("custodian", ""),
        countersigner=form.get("countersigner", ""),
        place=form.get("place", ""),
        reason=form.get("reason", ""),
        leaves=form.get("action") == "leave",
    )


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "items": kept_items(branch_id),
        "books": books_in_use(branch_id),
        "people": people(branch_id),
        "kinds": KINDS,
        "typed": request.form,
    }
