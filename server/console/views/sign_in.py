"""Signing in and out."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from server.clock import now_ms
from server.console.access import SignedIn
from server.console.page import refused
from server.console.routes import bp
from server.services.sign_in import sign_in
from sync.problems import Problem


@bp.get("/sign-in")
def get_sign_in() -> str | Response:
    """The form; somebody who is signed in already goes on."""
    if current_user.is_authenticated:
        return redirect(url_for("console.get_home"))
    return render_template("sign_in.html", next=_local(request.args.get("next")))


@bp.post("/sign-in")
def post_sign_in() -> Response | tuple[str, int]:
    """Check user name and password. The session of before, whosever it was, ends."""
    wanted = _local(request.form.get("next"))
    try:
        person = sign_in(
            request.form.get("username", ""),
            request.form.get("password", ""),
            throttle=current_app.extensions["sign_in_throttle"],
            address=request.remote_addr or "",
            now_ms=now_ms(),
        )
    except Problem as problem:
        return refused("sign_in.html", problem, next=wanted)
    session.clear()
    session.permanent = True
    login_user(SignedIn(person))
    return redirect(wanted or url_for("console.get_home"))


@bp.post("/sign-out")
def post_sign_out() -> Response:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for("console.get_sign_in"))


def _local(wanted: str | None) -> str:
    """A page of the console to go on to; anything else is nowhere."""
    is_ours = (wanted or "").startswith("/console/") and "\\" not in (wanted or "")
    return (wanted or "") if is_ours else ""
