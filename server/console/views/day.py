"""The cashier's day: counts, deposits, what is in the vault, and shutting it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.close_day import close_day, deposit
from server.services.list_cash import day_sheet
from sync.amounts import parse_yuan
from sync.dates import parse_date
from sync.problems import Problem

VAULT_FEN_MAX = 1_000_000_000_00


@bp.get("/day")
@reads("cashier", "supervisor")
def get_today() -> Response:
    """The day that is open."""
    return redirect(url_for("console.get_day", day=today()))


@bp.get("/day/<day>")
@reads("cashier", "supervisor")
def get_day(day: str) -> str:
    """One day with all that belongs to it."""
    return render_template("day.html", **_page(day))


@bp.post("/day/<day>/deposit")
@writes("cashier")
def post_deposit(day: str) -> Response | tuple[str, int]:
    """Bring cash to the bank."""
    try:
        if day != today():
            raise Problem("stale_edit")
        amount_fen = parse_yuan(
            request.form.get("amount", "").replace(",", ""), max_fen=VAULT_FEN_MAX
        )
        deposit(person().branch_id, amount_fen, request.form.get("slip_no", ""), by=person().id)
    except Problem as problem:
        return refused("day.html", problem, **_page(day))
    return redirect(url_for("console.get_day", day=day))


@bp.post("/day/<day>/close")
@writes("cashier")
def post_close(day: str) -> Response | tuple[str, int]:
    """Shut the day."""
    in_field = {
        name.removeprefix("field:"): why
        for name, why in request.form.items()
        if name.startswith("field:")
    }
    try:
        close_day(person().branch_id, day, by=person().id, in_field=in_field)
    except Problem as problem:
        return refused("day.html", problem, **_page(day))
    return redirect(url_for("console.get_day", day=day))


def _page(day: str) -> dict[str, object]:
    parse_date(day)
    return {"sheet": day_sheet(person().branch_id, day), "typed": request.form}
