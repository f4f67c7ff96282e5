"""Serves the built phone app. It holds no data: the shell is the same for everyone."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory

bp = Blueprint("shell", __name__)

# Addresses at which the app opens another screen: the kiosk takes bundles, and is no phone.
PLACES = ("kiosk",)

# The app draws its QR codes and signatures itself; nothing may come from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def register_shell(app: Flask) -> None:
    """Serve the phone app at /, whatever the console and the API do not take."""
    app.register_blueprint(bp)


@bp.get("/")
@bp.get("/<path:name>")
def get_shell(name: str = "index.html") -> Response:
    """A file of the app. The service worker itself is never cached, so that it can change."""
    folder: Path = current_app.extensions["settings"].pwa_dir
    name = "index.html" if name in PLACES else name
    answer = send_from_directory(folder.resolve(), name)
    fresh = name in {"index.html", "sw.js", "manifest.webmanifest"}
    answer.headers["Cache-Control"] = "no-cache" if fresh else "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
