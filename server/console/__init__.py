"""The console of the office: HTML for supervisor, cashier and auditor. Plain forms first."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from server.console.access import login_manager
from server.console.page import register_page_tools, refuse_form
from server.console.views import register_views
from server.services.sign_in import Throttle

# A day's work, then the password again.
SESSION_SECONDS = 10 * 3600

# An import file, and the form around it.
FORM_BYTES_MAX = 11_000_000

# No inline script or style anywhere; pictures of signatures and codes are drawn as SVG in the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

csrf = CSRFProtect()


def register_console(app: Flask) -> None:
    """Serve the console under /console. Only its forms are checked for CSRF: phones sign."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=SESSION_SECONDS,
        WTF_CSRF_SSL_STRICT=False,  # a proxy may end TLS; the token itself is what counts
        PERMANENT_SESSION_LIFETIME=SESSION_SECONDS,
        SESSION_COOKIE_NAME="doorstep_console",
        SESSION_COOKIE_PATH="/console",
    )
    app.extensions["sign_in_throttle"] = Throttle()
    csrf.init_app(app)
    login_manager.init_app(app)
    app.register_error_handler(CSRFError, refuse_form)
    bp = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    bp.before_request(_limit_and_protect)
    bp.after_request(_close_the_door)
    register_page_tools(bp)
    register_views(bp)
    app.register_blueprint(bp)


def _limit_and_protect() -> None:
    request.max_content_length = FORM_BYTES_MAX
    csrf.protect()


def _close_the_door(answer: Response) -> Response:
    """Nothing of the office is kept in a cache, framed, or told to another site."""
    if request.endpoint != "console.static":
        answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
