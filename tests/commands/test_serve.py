"""`doorstep serve` as people run it: a real process, no standard input, a real port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.commands.serve import addresses
from server.workers import Address

DOORSTEP = str(Path(sys.executable).with_name("doorstep"))
START_SECONDS_MAX = 30


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "pwa").mkdir()
    (tmp_path / "pwa" / "index.html").write_text("<!doctype html><title>上门</title>")
    folders = {"DATA": tmp_path / "data", "PWA": tmp_path / "pwa"}
    return {**os.environ, **{f"DOORSTEP_{name}_DIR": str(at) for name, at in folders.items()}}


@pytest.fixture
def served(
    port: int, environment: dict[str, str], tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    subprocess.run([DOORSTEP, "init"], env=environment, check=True, capture_output=True)
    command = [DOORSTEP, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    wait_for(port, process)
    yield process
    process.kill()
    process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


@pytest.mark.usefixtures("served")
def test_it_prints_where_to_go_once_it_listens(port: int, tmp_path: Path) -> None:
    printed = (tmp_path / "log").read_text()

    assert f"http://127.0.0.1:{port}/console/" in printed


@pytest.mark.usefixtures("served")
def test_it_refuses_a_second_server_on_its_port(port: int, environment: dict[str, str]) -> None:
    command = [DOORSTEP, "serve", "--host", "127.0.0.1", "--port", str(port)]

    second = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr
    assert "Traceback" not in second.stderr


def test_it_stops_when_told_to(served: subprocess.Popen[bytes]) -> None:
    served.send_signal(signal.SIGTERM)

    assert served.wait(timeout=20) == 0


def test_it_gives_the_port_back_when_it_is_killed(
    served: subprocess.Popen[bytes], port: int, environment: dict[str, str]
) -> None:
    served.kill()
    served.wait()
    check = [DOORSTEP, "serve", "--check", "--host", "127.0.0.1", "--port", str(port)]

    deadline = time.monotonic() + 10
    while subprocess.run(check, env=environment, capture_output=True).returncode:
        assert time.monotonic() < deadline, "a process of the killed server still listens"


def test_it_refuses_a_setting_it_does_not_know(environment: dict[str, str], port: int) -> None:
    wrong = {**environment, "DOORSTEP_DATADIR": "x"}

    refused = subprocess.run(
        [DOORSTEP, "serve", "--check", "--port", str(port)], env=wrong, capture_output=True
    )

    assert refused.returncode == 1
    assert "DOORSTEP_DATADIR" in refused.stderr.decode()


def test_it_says_that_the_phone_app_has_not_been_built(
    environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    (tmp_path / "pwa" / "index.html").unlink()

    refused = subprocess.run(
        [DOORSTEP, "serve", "--port", str(port)], env=environment, capture_output=True
    )

    assert refused.returncode == 1
    assert "make pwa" in refused.stderr.decode()


def test_it_names_https_addresses_when_it_has_a_certificate() -> None:
    address = Address(host="127.0.0.1", port=8443, certificate=Path("c"), private_key=Path("k"))

    assert addresses(address) == ["https://127.0.0.1:8443"]


def test_it_names_this_machine_first_when_it_listens_everywhere() -> None:
    assert addresses(Address(host="0.0.0.0", port=8000))[0] == "http://localhost:8000"
