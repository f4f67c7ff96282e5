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
from server.services.leaving import leaving_blockers
from server.services.list_devices import devices
from server.services.phone_state import phone_state
from server.services.revoke_device import REASONS, revoke_device
from server.services.settle_incident import settle_incident
from server.services.staff_names import officers, phone_holders
from server.settings import Settings
from sync.problems import Problem

# What phones report of themselves, and the server of them, that has words here.
INCIDENTS = ("lost_all", "lost_some", "forked", "restored", "rows_differ", "history_rewound")


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
    named = dict(phone_holders(person().branch_id))
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
    reason = request.form.get("reason", "other")
    revoke_device(person().branch_id, device_id, by=person().id, reason=reason)
    return redirect(url_for("console.get_device", device_id=device_id))


@bp.get("/devices/<device_id>")
@reads("supervisor")
def get_device(device_id: str) -> str:
    """One phone: what it says it holds, what has come, its numbers, and what went wrong."""
    return render_template(
        "device.html",
        phone=phone_state(person().branch_id, device_id),
        reasons=REASONS,
        known_incidents=INCIDENTS,
    )


@bp.post("/devices/<device_id>/incidents/<incident_id>")
@writes("supervisor")
def post_incident(device_id: str, incident_id: str) -> Response:
    """Somebody has looked into it."""
    settle_incident(person().branch_id, incident_id, by=person().id)
    return redirect(url_for("console.get_device", device_id=device_id))


@bp.get("/leaving/<officer_id>")
@reads("supervisor")
def get_leaving(officer_id: str) -> str:
    """What must happen before the account of somebody who leaves may be closed."""
    branch_id = person().branch_id
    blockers = leaving_blockers(branch_id, officer_id)
    named = dict(officers(branch_id))
    return render_template(
        "leaving.html", officer=named.get(officer_id, officer_id), blockers=blockers
    )


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {"devices": devices(branch_id), "officers": phone_holders(branch_id)}


def _qr(text: str) -> Markup:
    """A QR code as SVG inside the page: no picture leaves the server."""
    drawing = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawing, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True)
    return Markup(drawing.getvalue().decode())  # drawn by us from a code of ours
