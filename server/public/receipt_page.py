"""/r/: a customer checks a receipt by its number and check characters, trusting no officer.

The link of the code on a slip is /r/NUMBER-CODE. Both stand in the path, not behind a #: the page
must work in browsers without JavaScript, and what is behind a # never reaches a server. They name a
slip and nobody; what they open is an amount, a day and a state. The form sends them in its body.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from server.clock import now_ms
from server.guesses import receipt_guesses, sender
from server.public.words import STATE_SAYS
from server.services.verify_receipt import Question, find_receipt, offices, read_question
from sync.capitals import capitals
from sync.problems import Problem
from sync.receipt_states import DOUBTED, SIGNS, VOIDED, WORDS

FORM_BYTES_MAX = 2000

# The style stands in the page: one request, which an old phone on a slow line has sooner.
STYLE = (Path(__file__).parent / "receipt_page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

bp = Blueprint("public", __name__, url_prefix="/r", template_folder="templates")


@bp.before_request
def limit() -> None:
    """Nobody sends us a book."""
    request.max_content_length = FORM_BYTES_MAX


@bp.after_request
def keep_nothing(answer: Response) -> Response:
    """No copy in a cache, no frame, no word to another site, no place in a search engine."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@bp.errorhandler(HTTPException)
def refuse(error: HTTPException) -> Response:
    """Anything that is no question gets the form again."""
    return _page(error.code or 400)


@bp.get("/")
def get_form() -> Response:
    """The empty form."""
    return _page(200)


@bp.post("/")
def post_question() -> Response:
    """The form, filled in."""
    form = request.form
    return _answer(read_question(form.get("number", ""), form.get("code", "")))


@bp.get("/<printed>")
def get_receipt(printed: str) -> Response:
    """The link of the code on a slip."""
    return _answer(read_question(printed, ""))


def _answer(question: Question) -> Response:
    """What is known; the same for a number that does not exist and for a wrong code."""
    who, now = sender(), now_ms()
    try:
        receipt_guesses().check(who, question.number, now)
    except Problem as problem:
        minutes = int(str(problem.details["wait_s"])) // 60 + 1
        answer = _page(problem.status, minutes=minutes)
        answer.headers["Retry-After"] = str(problem.details["wait_s"])
        return answer
    found = find_receipt(question)
    if not found:
        receipt_guesses().note(who, question.number, now)
        return _page(404, is_unknown=True)
    return _page(200, found=found, printed=f"{question.number}-{question.code}")


def _page(status: int, **values: Any) -> Response:
    tools = {
        "style": STYLE,
        "offices": offices(),
        "words": WORDS,
        "signs": SIGNS,
        "says": STATE_SAYS,
        "ringless": (VOIDED, DOUBTED),
        "yuan": _to_the_fen,
        "capitals": capitals,
    }
    return make_response(render_template("receipt_check.html", **tools, **values), status)


def _to_the_fen(fen: int) -> str:
    """An amount as papers write it: 1,170.00."""
    return f"{fen // 100:,}.{fen % 100:02d}"
