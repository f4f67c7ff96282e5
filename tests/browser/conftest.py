"""A real server process, a real Chromium with a profile that outlives it, a real finger.

The server runs as its own process on one port for the whole test, because the origin of a
browser's storage includes the port; it can be killed and started again on the same data.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path("artefacts/browser")
START_SECONDS_MAX = 30
DOORSTEP = Path(sys.executable).with_name("doorstep")

# A machine that does other work besides is no failure.
expect.set_options(timeout=20_000)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """`doorstep serve` on one data folder and one port; killed and started as a test likes."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = {**os.environ, "DOORSTEP_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        """One command of `doorstep` on this data; its output."""
        done = subprocess.run(
            [str(DOORSTEP), *words], env=self.env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start serving, and wait until it answers."""
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(DOORSTEP), "serve", "--port", str(self.port)],
                env=self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        for _ in range(START_SECONDS_MAX * 10):
            try:
                urllib.request.urlopen(f"{self.url}/v1/hello", timeout=2).read()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.data.parent / "server.log").read_text())

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server without a branch yet, being served."""
    it = Server(tmp_path / "data")
    it.run("init")
    it.start()
    yield it
    it.kill()


class Phone:
    """One browser profile on disk; every `open` is a cold start of a new browser process."""

    def __init__(self, playwright: Playwright, profile: Path, url: str) -> None:
        self.playwright = playwright
        self.profile = profile
        self.url = url
        self.context: BrowserContext | None = None
        self.args = CHROMIUM_ARGS
        self._grant_persistence()

    def _grant_persistence(self) -> None:
        """A phone with the app installed keeps its storage; a fresh profile must be told so."""
        folder = self.profile / "Default"
        folder.mkdir(parents=True)
        allow = {"setting": 1, "last_modified": "13400000000000000"}
        # Not by the driver's own grants: those refuse whatever they do not name.
        exceptions = {
            "durable_storage": {f"{self.url},*": allow},
            "geolocation": {f"{self.url},{self.url}": allow},
        }
        preferences = {"profile": {"content_settings": {"exceptions": exceptions}}}
        (folder / "Preferences").write_text(json.dumps(preferences))

    def store(self, name: str) -> None:
        """Which of the two forms of IndexedDB on disk: phones are mixed for years."""
        if name == "sqlite":
            self.args = [*CHROMIUM_ARGS, "--enable-features=IdbSqliteBackingStore"]

    def open(self, path: str = "/", *, locale: str = "zh-CN") -> Page:
        """Start the browser on this profile and show a page of the app."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            args=self.args,
            viewport={"width": 360, "height": 740},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale=locale,
            timezone_id="Asia/Shanghai",
            geolocation={"latitude": 24.72, "longitude": 112.29, "accuracy": 12},
        )
        self.context.set_default_timeout(15_000)
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        page.goto(self.url + path)
        return page

    def close(self) -> None:
        """Leave the browser as a person does."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """Kill every process of this profile at once, as Android does for memory."""
        pattern = f"--user-data-dir={self.profile}"
        subprocess.run(["pkill", "-KILL", "-f", "--", pattern], check=False)
        self.context = None
        time.sleep(0.5)

    def tear_log(self) -> int:
        """Append the lone header that a killed write leaves behind (pwa-platform 7.4)."""
        logs = [*self.profile.glob("Default/IndexedDB/*.leveldb/*.log")]
        for log in logs:
            with log.open("ab") as file:
                file.write(b"\x11\x22\x33\x44\x4b\x00\x01")
        return len(logs)


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """The driver of Chromium."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path, server: Server) -> Iterator[Phone]:
    """Li Wei's phone: nothing on it yet."""
    it = Phone(playwright, tmp_path / "profile", server.url)
    yield it
    it.kill()


@pytest.fixture
def office(playwright: Playwright, server: Server) -> Iterator[BrowserContext]:
    """A desk in the office: a browser window of 1280 by 800."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=server.url,
    )
    context.set_default_timeout(15_000)
    yield context
    browser.close()
