"""Phones: a code for a new one, the list of those there are, and revoking one."""

from __future__ import annotations

import io

import segno
from flask import current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.enrolment import issue_code
from server.services.list_devices import devices
from server.services.revoke_device import revoke_device
from server.services.staff_names import officers
from server.settings import Settings
from sync.problems import Problem


@bp.get("/devices")
@reads("supervisor")
def get_devices() -> str:
    """All phones, and the form for a code."""
    return render_template("devices.html", **_page())


@bp.post("/devices/code")
@writes("supervisor")
def post_code() -> str | tuple[str, int]:
    """Make a code and show it once, as letters and as a QR code. It is not kept in clear."""
    officer_id = request.form.get("officer", "")
    named = dict(officers(person().branch_id))
    if officer_id not in named:
        return refused("devices.html", Problem("staff_unknown", staff=officer_id[:40]), **_page())
    settings: Settings = current_app.extensions["settings"]
    minutes = settings.enrol_code_minutes
    code = issue_code(person().branch_id, officer_id, issued_by=person().id, minutes=minutes)
    url = f"{request.host_url}#enrol={code}"
    return render_template(
        "enrol_code.html",
        code=code,
        url=url,
        qr=_qr(url),
        minutes=minutes,
        officer=named[officer_id],
    )


@bp.post("/devices/<device_id>/revoke")
@writes("supervisor")
def post_revoke(device_id: str) -> Response:
    """Stop a phone from reading; what it still sends is kept for review."""
    revoke_device(person().branch_id, device_id, by=person().id)
    return redirect(url_for("console.get_devices"))


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {"devices": devices(branch_id), "officers": officers(branch_id)}


def _qr(text: str) -> Markup:
    """A QR code as SVG inside the page: no picture leaves the server."""
    drawing = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawing, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True)
    return Markup(drawing.getvalue().decode())  # drawn by us from a code of ours
