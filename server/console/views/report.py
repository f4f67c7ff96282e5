"""The weekly report: choose a week, read the draft, issue it, correct it, print it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response as FlaskResponse
from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.documents.report_pdf import report_pdf
from server.office.report_document import AREA_FIELDS, REASON_NAMES, WEEK_FIELDS, show
from server.office.report_period import monday_of, period_of_week
from server.services import weekly_report
from server.services.list_reports import issued_reports, report_page
from sync.dates import parse_date
from sync.problems import Problem


@bp.get("/report")
@reads("supervisor", "cashier")
def get_reports() -> str | Response:
    """The issued reports, and the form that leads to a week."""
    wanted = request.args.get("week")
    if wanted:
        return redirect(url_for("console.get_report", first_day=monday_of(wanted)))
    return render_template(
        "reports.html", reports=issued_reports(person().branch_id), monday=monday_of(today())
    )


@bp.get("/report/<first_day>")
@reads("supervisor", "cashier")
def get_report(first_day: str) -> str:
    """The draft of a week, or what was issued."""
    return render_template("report.html", **_page(first_day))


@bp.post("/report/<first_day>/issue")
@writes("supervisor")
def post_issue(first_day: str) -> Response | tuple[str, int]:
    """Issue and freeze the report."""
    try:
        weekly_report.issue(person().branch_id, period_of_week(first_day), by=person().id)
    except Problem as problem:
        return refused("report.html", problem, **_page(first_day))
    return redirect(url_for("console.get_report", first_day=first_day))


@bp.post("/report/<first_day>/correct")
@writes("supervisor")
def post_correct(first_day: str) -> Response | tuple[str, int]:
    """Issue a numbered correction."""
    try:
        page = report_page(person().branch_id, first_day)
        if page.report_no is None:
            raise Problem("report_not_issued", first_day=first_day)
        weekly_report.correct(person().branch_id, page.report_no, by=person().id)
    except Problem as problem:
        return refused("report.html", problem, **_page(first_day))
    return redirect(url_for("console.get_report", first_day=first_day))


@bp.get("/report/<first_day>.json")
@reads("supervisor", "cashier")
def get_report_json(first_day: str) -> FlaskResponse:
    """The figures, as `doorstep rehearse --json` prints them."""
    document = report_page(person().branch_id, first_day).shown(request.args.get("no"))
    return jsonify(dict(document.figures))


@bp.get("/report/<first_day>.pdf")
@reads("supervisor", "cashier")
def get_report_pdf(first_day: str) -> FlaskResponse:
    """The document to print."""
    document = report_page(person().branch_id, first_day).shown(request.args.get("no"))
    name = document.heading.report_no or f"draft-{first_day}"
    answer = FlaskResponse(report_pdf(document), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _page(first_day: str) -> dict[str, object]:
    page = report_page(person().branch_id, first_day)
    monday = parse_date(first_day)
    wanted = request.args.get("no")
    return {
        "page": page,
        "document": page.shown(wanted) if page.issued or page.draft else None,
        "week_before": (monday - timedelta(days=7)).isoformat(),
        "week_after": (monday + timedelta(days=7)).isoformat(),
        "area_fields": AREA_FIELDS,
        "week_fields": WEEK_FIELDS,
        "reason_names": REASON_NAMES,
        "show": show,
    }
