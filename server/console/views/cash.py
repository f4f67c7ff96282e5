"""Taking over cash: which officers hold some, and counting one of them by denomination."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.forms import pieces
from server.console.page import refused
from server.console.routes import bp
from server.services.count_cash import DENOMINATIONS_FEN, Counted, count_cash
from server.services.list_cash import count_sheet, counted_slip, officers_with_cash
from sync.problems import Problem


@bp.get("/cash")
@reads("cashier", "supervisor")
def get_cash() -> str:
    """All officers with the cash in their hands."""
    return render_template("cash.html", officers=officers_with_cash(person().branch_id))


@bp.get("/cash/<officer_id>")
@reads("cashier", "supervisor")
def get_count(officer_id: str) -> str:
    """The receipts whose cash an officer has, and the form for counting it."""
    return render_template("count.html", **_page(officer_id))


@bp.post("/cash/<officer_id>")
@writes("cashier")
def post_count(officer_id: str) -> Response | tuple[str, int]:
    """Take the cash over, or say what is missing; what was typed stays in the form."""
    form = request.form
    try:
        counted = Counted(
            denominations=pieces(form, DENOMINATIONS_FEN),
            receipts=form.getlist("receipt"),
            cause=form.get("cause"),
            signed_by=form.get("signed_by", ""),
            holes={
                name.removeprefix("hole:"): why
                for name, why in form.items()
                if name.startswith("hole:")
            },
        )
        count_hash = count_cash(person().branch_id, officer_id, counted, by=person().id)
    except Problem as problem:
        return refused("count.html", problem, **_page(officer_id))
    return redirect(url_for("console.get_counted", count_hash=count_hash))


@bp.post("/cash/<officer_id>/sum")
@reads("cashier", "supervisor")
def post_sum(officer_id: str) -> str | tuple[str, int]:
    """The sum of what has been typed so far, for the page to show while typing."""
    try:
        total_fen = sum(n * fen for fen, n in pieces(request.form, DENOMINATIONS_FEN).items())
    except Problem as problem:
        return refused("count_sum.html", problem, total_fen=None, expected_fen=None)
    expected_fen = count_sheet(person().branch_id, officer_id).expected_fen
    return render_template("count_sum.html", total_fen=total_fen, expected_fen=expected_fen)


@bp.get("/counts/<count_hash>")
@reads("cashier", "supervisor")
def get_counted(count_hash: str) -> str:
    """A count as it was recorded: the handover slip to print and sign."""
    return render_template("counted.html", slip=counted_slip(person().branch_id, count_hash))


def _page(officer_id: str) -> dict[str, object]:
    """The sheet; after a refusal also what was typed, and the sum of it."""
    total_fen = None
    if request.method == "POST":
        try:
            typed = pieces(request.form, DENOMINATIONS_FEN)
            total_fen = sum(n * fen for fen, n in typed.items())
        except Problem:
            total_fen = None
    return {
        "sheet": count_sheet(person().branch_id, officer_id),
        "denominations": DENOMINATIONS_FEN,
        "typed": request.form,
        "total_fen": total_fen,
    }
