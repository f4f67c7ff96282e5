"""The blueprint of the console, and what holds for each of its answers."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_wtf.csrf import CSRFProtect

# An import file, and the form around it.
FORM_BYTES_MAX = 11_000_000

# No inline script or style anywhere; signatures and codes are drawn as SVG inside the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

csrf = CSRFProtect()
bp = Blueprint(
    "console",
    __name__,
    url_prefix="/console",
    template_folder="templates",
    static_folder="static",
)


@bp.before_request
def limit_and_protect() -> None:
    """Forms of the console carry a token against forgery; phones sign, and need none."""
    request.max_content_length = FORM_BYTES_MAX
    csrf.protect()


@bp.after_request
def close_the_door(answer: Response) -> Response:
    """Nothing of the office is kept in a cache, framed, or told to another site."""
    if request.endpoint != "console.static":
        answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
