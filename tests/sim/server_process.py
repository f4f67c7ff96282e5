"""The server as a process of its own, that a test starts, kills and starts again."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from server.rehearsal.line import Line
from sync.transport import Reply, Request

START_SECONDS_MAX = 60
ANSWER_SECONDS_MAX = 20


class ServerProcess:
    """`doorstep serve` over a database and a data folder, on a free port."""

    program = "from server.cli import main; main()"

    def __init__(self, url: str, folder: Path) -> None:
        self.port = _free_port()
        self.log = (folder / "server.log").open("ab")
        (folder / "pwa").mkdir(exist_ok=True)
        (folder / "pwa" / "index.html").write_text("<!doctype html>")
        self.environ = {
            **{name: value for name, value in os.environ.items() if "DOORSTEP_" not in name},
            "DOORSTEP_DATA_DIR": str(folder),
            "DOORSTEP_DATABASE_URL": url,
            "DOORSTEP_PWA_DIR": str(folder / "pwa"),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-c", self.program, "serve"]
        if shutil.which("setpriv"):  # a killed test run leaves no server behind
            command = ["setpriv", "--pdeathsig", "KILL", "--", *command]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            env=self.environ,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            assert self.process.poll() is None, "the server has ended; see server.log"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it and its workers between two instructions, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """End it if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.log.close()

    def send(self, request: Request) -> Reply:
        """The transport of a phone over real HTTP. Raises OSError when the connection breaks."""
        return Line("127.0.0.1", self.port, ANSWER_SECONDS_MAX)(request)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/v1/hello")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
