"""The cashier's books: each as a page, as XLSX, and as a document to print."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.clock import today
from server.console.access import person, reads
from server.console.page import language
from server.console.routes import bp
from server.documents.paper_pdf import paper_pdf
from server.documents.paper_xlsx import paper_xlsx
from server.office.paper import Paper, show
from server.services.cash_papers import PAPERS, paper_of
from sync.dates import add_days, add_months, parse_date

BY_DAY = ("daily", "register")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/ledgers")
@reads("cashier", "bookkeeper", "supervisor")
def get_ledgers() -> str | AnyResponse:
    """All books, and the day or month for which one is wanted."""
    name, wanted = request.args.get("name", ""), request.args.get("on", "")
    if name in PAPERS and wanted:
        period = wanted if name in BY_DAY else wanted[:7]
        return redirect(url_for("console.get_ledger", name=name, period=period))
    return render_template("ledgers.html", names=PAPERS, by_day=BY_DAY, month=today()[:7])


@bp.get("/ledgers/<name>/<period>")
@reads("cashier", "bookkeeper", "supervisor")
def get_ledger(name: str, period: str) -> str:
    """A book as a page, in the language of the reader."""
    paper = paper_of(person().branch_id, name, period, english=language() == "en")
    before, after = _neighbours(name, period)
    return render_template(
        "ledger.html", name=name, period=period, paper=paper, show=show, before=before, after=after
    )


@bp.get("/ledgers/<name>/<period>.pdf")
@reads("cashier", "bookkeeper", "supervisor")
def get_ledger_pdf(name: str, period: str) -> Response:
    """A book to print. Accounting text is Chinese."""
    return pdf_answer(paper_of(person().branch_id, name, period))


@bp.get("/ledgers/<name>/<period>.xlsx")
@reads("cashier", "bookkeeper", "supervisor")
def get_ledger_xlsx(name: str, period: str) -> Response:
    """A book as a spreadsheet."""
    return xlsx_answer(paper_of(person().branch_id, name, period))


def pdf_answer(paper: Paper) -> Response:
    """A paper as a PDF that the browser opens."""
    return _file(paper_pdf(paper), "application/pdf", f"inline; filename={paper.name}.pdf")


def xlsx_answer(paper: Paper) -> Response:
    """A paper as a spreadsheet to keep."""
    return _file(paper_xlsx(paper), XLSX, f"attachment; filename={paper.name}.xlsx")


def _file(data: bytes, mimetype: str, disposition: str) -> Response:
    answer = Response(data, mimetype=mimetype)
    answer.headers["Content-Disposition"] = disposition
    return answer


def _neighbours(name: str, period: str) -> tuple[str, str]:
    """The day or month before and after."""
    if name in BY_DAY:
        day = parse_date(period)
        return add_days(day, -1).isoformat(), add_days(day, 1).isoformat()
    month = parse_date(f"{period}-01")
    return add_months(month, -1).isoformat()[:7], add_months(month, 1).isoformat()[:7]
