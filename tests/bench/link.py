"""Bytes, requests and seconds of the exchanges of design 6, over lines that are good and bad.

Method: the real server with wide rows; a phone of `sync.client` behind the proxy that counts,
slows and cuts, with the request headers that Chromium sends and brotli as it understands it. Each
weather has a fresh phone and a fresh copy of the branch. Bytes are TCP payload, heads included.
"""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

import brotli

from server.db import db, transaction
from server.device_key import DeviceKey
from server.rehearsal.line import Line
from server.services import feed
from sync.client import Phone
from sync.transport import Reply, Request
from tests.bench import wide
from tests.bench.big_branch import open_branch
from tests.bench.field_day import record_field_day
from tests.network.proxy import CALM, EDGE, FaultProxy, Weather
from tests.sim.server_process import ServerProcess
from tests.small_bank import BRANCH, Bank

OFFICER = "officer-000"
CHANGED_CASES = 15
RUNS_MAX = 400

WEATHERS: dict[str, Weather] = {
    "calm": CALM,
    "EDGE": EDGE,
    "cut every 20 kB": Weather(cut_after=20_000),
    "cut every 3 kB": Weather(cut_after=3_000),
}

# What Chromium on a phone adds to a request of the page's own, some 550 bytes.
CHROMIUM = {
    "Connection": "keep-alive",
    "sec-ch-ua-platform": '"Android"',
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/156.0.0.0 Mobile Safari/537.36",
    "sec-ch-ua": '"Not)A;Brand";v="8", "Chromium";v="156", "Google Chrome";v="156"',
    "sec-ch-ua-mobile": "?1",
    "Accept": "*/*",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "zh-CN,zh;q=0.9",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What one exchange cost on the line."""

    requests: int
    connections: int
    up: int
    down: int
    cuts: int
    seconds: float
    runs: int

    @property
    def both(self) -> int:
        """Bytes in both directions."""
        return self.up + self.down


class BrowserLine(Line):
    """A line with the heads of Chromium, which also unpacks brotli as far as it has come."""

    def __call__(self, request: Request) -> Reply:
        """As for Line, with Chromium's heads."""
        reply = super().__call__(replace(request, headers={**CHROMIUM, **request.headers}))
        if reply.headers.get("Content-Encoding") != "br":
            return reply
        return replace(reply, body=_unpacked(reply.body))


def _unpacked(packed: bytes) -> bytes:
    """What can be read of a brotli stream that may have been cut."""
    unpacker = brotli.Decompressor()
    plain = [unpacker.process(packed)]
    while not unpacker.is_finished() and (more := unpacker.process(b"")):
        plain.append(more)
    return b"".join(plain)


class WideServer(ServerProcess):
    """The server with rows as wide as the budget supposes."""

    program = "from tests.bench.wide import widen; widen(); from server.cli import main; main()"


def measure_weathers(founded: Path, scratch: Path) -> dict[str, dict[str, Passage]]:
    """weather -> exchange -> what it cost. `founded` holds the branch; copies are worked on."""
    return {
        name: _measure(weather, founded, scratch / name.replace(" ", "-"))
        for name, weather in WEATHERS.items()
    }


def _measure(weather: Weather, founded: Path, folder: Path) -> dict[str, Passage]:
    shutil.copytree(founded, folder)
    url = f"sqlite:///{folder / 'doorstep.db'}"
    bank = open_branch(url, folder)
    phone = Phone(DeviceKey(), bank.world())
    answer = bank.http.post("/v1/enrol", data=phone.enrol_request(bank.code(OFFICER)))
    phone.absorb_enrolment(answer.data)
    bank.issue(OFFICER, 50)
    server = WideServer(url, folder)
    server.start()
    try:
        with FaultProxy(server.port) as proxy:
            proxy.weather = weather
            return _four_exchanges(phone, proxy, bank)
    finally:
        server.close()
        bank.close()


def _four_exchanges(phone: Phone, proxy: FaultProxy, bank: Bank) -> dict[str, Passage]:
    first = _passage(phone, proxy)
    record_field_day(phone, households(), random.Random(1))
    day = _passage(phone, proxy)
    _change_cases(bank)
    changed = _passage(phone, proxy)
    empty = _passage(phone, proxy)
    assert not phone.unacked and not phone.incidents
    return {
        "first sync": first,
        "field day": day,
        f"{CHANGED_CASES} changed cases": changed,
        "nothing new": empty,
    }


def _passage(phone: Phone, proxy: FaultProxy) -> Passage:
    """One exchange to its end; a run that gives up is begun again, as the phone's clock would."""
    proxy.reset_counts()
    line = BrowserLine("127.0.0.1", proxy.port)
    start, runs = time.perf_counter(), 0
    while True:
        runs += 1
        try:
            phone.sync(line)
            break
        except OSError:
            assert runs < RUNS_MAX, "the exchange does not end"
    passed = proxy.passed
    return Passage(
        requests=passed.requests, connections=passed.connections, up=passed.up, down=passed.down,
        cuts=passed.cuts, seconds=time.perf_counter() - start, runs=runs,
    )  # fmt: skip


def _change_cases(bank: Bank) -> None:
    """The office changes fifteen loans."""
    with bank.app.app_context():
        with transaction(BRANCH, actor="bench", cause="change") as tx:
            feed.touch_loan(tx, *(f"L-{each}" for each in households()[100 : 100 + CHANGED_CASES]))
        db.engine.dispose()


def households() -> list[str]:
    """The households of the wide branch."""
    return [f"W{n:03d}" for n in range(wide.HOUSEHOLDS)]
