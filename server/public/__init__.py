"""What anybody may ask without signing in: is this receipt real? Plain HTML, for any phone."""

from __future__ import annotations

from flask import Flask

from server.guesses import ReceiptGuesses
from server.public.receipt_page import bp


def register_public(app: Flask) -> None:
    """Serve the page on which a customer checks a receipt, under /r/."""
    app.extensions["receipt_guesses"] = ReceiptGuesses()
    app.register_blueprint(bp)
