"""The console of the office: HTML for supervisor, cashier and auditor. Plain forms first."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFError

from server.console.access import login_manager
from server.console.page import refuse_form, register_page_tools
from server.console.routes import bp, csrf
from server.console.views import VIEWS
from server.services.sign_in import Throttle

# A day's work, then the password again.
SESSION_SECONDS = 10 * 3600


def register_console(app: Flask) -> None:
    """Serve the console under /console. Only its forms are checked for CSRF: phones sign."""
    assert VIEWS, "the views have been imported and stand on the blueprint"
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=SESSION_SECONDS,
        PERMANENT_SESSION_LIFETIME=SESSION_SECONDS,
        SESSION_COOKIE_NAME="doorstep_console",
        SESSION_COOKIE_PATH="/console",
    )
    app.extensions["sign_in_throttle"] = Throttle()
    csrf.init_app(app)
    login_manager.init_app(app)
    app.register_error_handler(CSRFError, refuse_form)
    register_page_tools(app)
    app.register_blueprint(bp)
