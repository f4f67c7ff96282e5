"""JSON for phones, under /v1: one file per resource."""

from __future__ import annotations

from flask import Flask


def register_api(app: Flask) -> None:
    """Serve the endpoints of the phones."""
