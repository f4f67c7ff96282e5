"""Recovery sheets: prepared by the office, audited by the auditor, released to the collector."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.clock import today
from server.console.access import may, person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.console.views.ledgers import pdf_answer, xlsx_answer
from server.office.paper import show
from server.services.list_sheets import SheetPage, sheet_page, sheets
from server.services.recovery_sheets import audit_sheet, prepare_sheet, release_sheet
from server.services.staff_names import officers
from sync.dates import add_months, parse_date
from sync.problems import Problem

OFFICE = ("supervisor", "bookkeeper", "cashier")


@bp.get("/sheets")
@reads(*OFFICE, "collector")
def get_sheets() -> str:
    """All sheets; a collector's own ones when they are released."""
    return render_template("sheets.html", **_list())


@bp.post("/sheets")
@writes("supervisor", "bookkeeper")
def post_sheet() -> AnyResponse | tuple[str, int]:
    """Prepare a sheet."""
    try:
        number = prepare_sheet(
            person().branch_id,
            request.form.get("month", ""),
            request.form.get("collector", ""),
            by=person().id,
        )
    except Problem as problem:
        return refused("sheets.html", problem, **_list())
    return redirect(url_for("console.get_sheet", number=number))


@bp.get("/sheets/<number>")
@reads(*OFFICE, "collector")
def get_sheet(number: str) -> str:
    """A sheet as it was frozen, and what can be done about it."""
    return render_template("sheet.html", page=_sheet(number), show=show)


@bp.get("/sheets/<number>.pdf")
@reads(*OFFICE, "collector")
def get_sheet_pdf(number: str) -> Response:
    """A sheet to print and sign."""
    return pdf_answer(_sheet(number).paper)


@bp.get("/sheets/<number>.xlsx")
@reads(*OFFICE, "collector")
def get_sheet_xlsx(number: str) -> Response:
    """A sheet as a spreadsheet."""
    return xlsx_answer(_sheet(number).paper)


@bp.post("/sheets/<number>/audit")
@writes("auditor")
def post_audit(number: str) -> AnyResponse | tuple[str, int]:
    """The auditor's word on a sheet: the one thing that he writes, beside the records."""
    try:
        audit_sheet(
            person().branch_id,
            number,
            accepted=request.form.get("decision") == "accepted",
            remark=request.form.get("remark", ""),
            by=person().id,
        )
    except Problem as problem:
        return _again(number, problem)
    return redirect(url_for("console.get_sheet", number=number))


@bp.post("/sheets/<number>/release")
@writes("supervisor")
def post_release(number: str) -> AnyResponse | tuple[str, int]:
    """Give an audited sheet to its collector."""
    try:
        release_sheet(person().branch_id, number, by=person().id)
    except Problem as problem:
        return _again(number, problem)
    return redirect(url_for("console.get_sheet", number=number))


def _again(number: str, problem: Problem) -> tuple[str, int]:
    return refused("sheet.html", problem, page=_sheet(number), show=show)


def _own() -> str | None:
    """A collector who is nothing else in the office sees his own sheets only."""
    return None if may(*OFFICE, "auditor") else person().id


def _sheet(number: str) -> SheetPage:
    return sheet_page(person().branch_id, number, only_of=_own())


def _list() -> dict[str, object]:
    last_month = add_months(parse_date(f"{today()[:7]}-01"), -1).isoformat()[:7]
    return {
        "sheets": sheets(person().branch_id, only_of=_own()),
        "officers": officers(person().branch_id),
        "month": last_month,
        "typed": request.form,
    }
