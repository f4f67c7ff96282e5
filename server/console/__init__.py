"""The console of the office."""

from flask import Flask


def register_console(app: Flask) -> None:
    """Serve the console."""
