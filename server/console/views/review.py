"""The queue of signed notices: look, then accept or refuse."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.list_reviews import decided, evidence_page, photo_file, waiting_notices
from server.services.review_evidence import DECISIONS, review
from sync.problems import Problem


@bp.get("/review")
@reads("supervisor")
def get_reviews() -> str:
    """Notices that wait for a decision, and the latest decisions."""
    branch_id = person().branch_id
    return render_template(
        "reviews.html", waiting=waiting_notices(branch_id), decided=decided(branch_id)
    )


@bp.get("/review/<notice_no>")
@reads("supervisor")
def get_review(notice_no: str) -> str:
    """One notice with its text, its signature and its photo."""
    return render_template("review.html", shown=evidence_page(person().branch_id, notice_no))


@bp.post("/review/<notice_no>")
@writes("supervisor")
def post_review(notice_no: str) -> Response | tuple[str, int]:
    """Decide on a notice."""
    branch_id, decision = person().branch_id, request.form.get("decision", "")
    try:
        if decision not in DECISIONS:
            raise Problem("form_invalid", field="决定", rule="采信 / 不采信")
        review(branch_id, notice_no, decision, by=person().id, reason=request.form.get("reason"))
    except Problem as problem:
        if problem.code == "evidence_unknown":
            raise
        shown = evidence_page(branch_id, notice_no)
        return refused("review.html", problem, shown=shown)
    return redirect(url_for("console.get_reviews"))


@bp.get("/review/<notice_no>/photo")
@reads("supervisor")
def get_photo(notice_no: str) -> FlaskResponse:
    """The photo of the slip as it was taken."""
    path, media_type = photo_file(person().branch_id, notice_no)
    return send_file(path, mimetype=media_type, max_age=0)
