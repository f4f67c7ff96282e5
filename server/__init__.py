"""The Doorstep server: a Flask application that adapts the pure core in `sync/`."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from server import errors
from server.api import register_api
from server.catch_up import catch_up
from server.clock import Clock, system_clock
from server.console import register_console
from server.db import db, prepare_engine
from server.journal import Journal, RecordingConnection
from server.keys import secret_key
from server.public import register_public
from server.settings import Settings, read_settings
from server.shell import register_shell

MIGRATIONS = "migrations"


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """The application for these settings (default: the environment), telling time by `clock`."""
    settings = settings or read_settings()
    app = Flask("server", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        # The values of a statement are names and amounts: never into a log with an error.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, **_recorded(settings)},
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=None,  # each surface has its own limit: see server/api and console
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["settings"] = settings
    app.extensions["clock"] = clock
    app.extensions["journal"] = journal = Journal(settings.journal_folder)
    if settings.sqlite_path is not None:
        catch_up(settings.sqlite_path, journal.folder, settings.data_dir)
    db.init_app(app)
    Migrate(app, db, directory=f"{app.root_path}/{MIGRATIONS}", render_as_batch=False)
    with app.app_context():
        prepare_engine(db.engine, journal)
    errors.register(app)
    register_api(app)
    register_console(app)
    register_public(app)
    register_shell(app)
    return app


def _recorded(settings: Settings) -> dict[str, object]:
    """With SQLite every change passes through the journal; PostgreSQL archives its own WAL."""
    if settings.sqlite_path is None:
        return {}
    return {"connect_args": {"factory": RecordingConnection}}
