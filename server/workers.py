"""Runs the application under gunicorn: processes, threads and limits, in one place."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from server import create_app
from server.clock import system_clock
from server.services.wire_files import forget_old_files
from server.settings import Settings

# SQLite has one writer at a time: a second process would only wait for the first one's lock.
SQLITE_PROCESSES = 1
POSTGRESQL_PROCESSES = 2
# A phone on EDGE needs minutes to send a field day, and its thread only waits meanwhile.
THREADS = 32
# A process that does not even say that it is alive for so long is replaced.
SILENCE_SECONDS_MAX = 60

# A line on which nothing is heard for a minute and a half is dead; what came over it is kept.
DEAD_LINE = {"TCP_KEEPIDLE": 45, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the server listens, and with which certificate. Without one it speaks plain HTTP."""

    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None


class Workers(BaseApplication):
    """gunicorn with the options given here and none from the command line."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn our options; a name it does not know is an error."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # a Flask application; gunicorn's stubs describe WSGI more narrowly
        """The application, made in each process after the fork: connections are not shared."""
        return create_app(self._settings)


def serve(settings: Settings, address: Address, *, when_ready: Callable[[], None]) -> None:
    """Serve until told to stop (SIGTERM or SIGINT). `when_ready` runs once the port is ours."""
    forget_old_files(settings.data_dir, system_clock())
    Workers(settings, _options(settings, address, when_ready)).run()


def _ready(listeners: list[Any], when_ready: Callable[[], None]) -> None:
    """Every connection that is accepted from now on inherits these options of its listener.

    A phone that went behind a mountain in the middle of a piece says nothing, not even that it
    is gone: without them its thread would wait for hours.
    """
    for listener in listeners:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in DEAD_LINE.items():
            if hasattr(socket, option):
                listener.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
    when_ready()


def _options(
    settings: Settings, address: Address, when_ready: Callable[[], None]
) -> dict[str, Any]:
    is_sqlite = settings.sqlalchemy_url.startswith("sqlite")
    host = f"[{address.host}]" if ":" in address.host else address.host
    return {
        "bind": f"{host}:{address.port}",
        "worker_class": "gthread",
        "workers": SQLITE_PROCESSES if is_sqlite else POSTGRESQL_PROCESSES,
        "threads": THREADS,
        "timeout": SILENCE_SECONDS_MAX,
        "graceful_timeout": 20,
        "keepalive": 20,
        "umask": 0o077,  # what the server writes is nobody else's business
        "loglevel": "error",
        "control_socket_disable": True,
        "when_ready": lambda arbiter: _ready(arbiter.LISTENERS, when_ready),
        "certfile": str(address.certificate) if address.certificate else None,
        "keyfile": str(address.private_key) if address.private_key else None,
    }
