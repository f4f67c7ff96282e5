"""The evening storm: 200 officers push a field day and pull, 32 at a time (design 6).

Method: a branch with 200 enrolled phones that were in step in the morning; each records a field
day; every request is built before the clock starts. A real server (gunicorn) answers over
loopback. Its processor seconds are the kernel's count of its processes before and after, of
PostgreSQL apart. Beside it the floor: the same rows, put into the same tables by the plain driver
with one transaction an officer at the same durability.
"""

from __future__ import annotations

import gzip
import http.client
import random
import shutil
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from server.device_key import DeviceKey
from server.tables import EventRow, VerdictRow
from sync.client import Phone
from tests.bench.big_branch import OFFICERS, found_big_branch, households_of, open_branch
from tests.bench.field_day import record_field_day
from tests.bench.floors import Floor, floor_of
from tests.bench.procs import cpu_seconds, family_of, memory_bytes
from tests.postgres import Cluster
from tests.sim.server_process import ServerProcess
from tests.small_bank import Bank

AT_A_TIME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What one storm cost; seconds and bytes."""

    database: str
    officers: int
    events: int
    cpu: float
    cpu_database: float
    p50: float
    p99: float
    wall: float
    memory: int
    errors: int
    duplicates: int
    floor: Floor

    @property
    def cpu_ms_an_officer(self) -> float:
        """Processor milliseconds of the server for one officer's exchange."""
        return 1000 * self.cpu / self.officers


@dataclass(slots=True)
class Call:
    """One phone's exchange, built before the storm."""

    phone: Phone
    body: bytes
    headers: dict[str, str]
    answer: bytes = b""
    status: int = 0
    seconds: float = 0.0


def run_storm(folder: Path, url: str, cluster: Cluster | None, officers: int = OFFICERS) -> Storm:
    """One storm on an empty database of this address."""
    bank = found_big_branch(url, folder, officers)
    phones = [_enrolled(bank, n) for n in range(officers)]
    calls = [_call(phone, n) for n, phone in enumerate(phones)]
    bank.close()
    before = _copy(url, folder)
    server = ServerProcess(url, folder)
    server.start()
    try:
        assert server.process is not None
        _wait_until_idle(server.process.pid)
        with _watch(server.process.pid, cluster) as cost:
            wall = _all_call(server.port, calls)
        memory = memory_bytes(family_of(server.process.pid))
    finally:
        server.close()
    bank = open_branch(url, folder)
    errors = sum(_fails(call) for call in calls)
    events = sum(len(call.phone.log) for call in calls)
    duplicates = _stored(bank) - events
    bank.close()
    seconds = sorted(call.seconds for call in calls)
    return Storm(
        database="PostgreSQL" if cluster else "SQLite",
        officers=officers,
        events=events // officers,
        cpu=cost["server"],
        cpu_database=cost["database"],
        p50=statistics.median(seconds),
        p99=seconds[int(0.99 * (len(seconds) - 1))],
        wall=wall,
        memory=memory,
        errors=errors,
        duplicates=duplicates,
        floor=floor_of(url, before, cluster),
    )


def _enrolled(bank: Bank, number: int) -> Phone:
    """A phone that has its route and a book, and is in step with the server."""
    officer = f"officer-{number:03d}"
    phone = Phone(DeviceKey(), bank.world())
    answer = bank.http.post("/v1/enrol", data=phone.enrol_request(bank.code(officer)))
    phone.absorb_enrolment(answer.data)
    bank.issue(officer, 50)
    phone.sync(bank.send)
    return phone


def _call(phone: Phone, number: int) -> Call:
    record_field_day(phone, households_of(number), random.Random(number))
    body = phone.build_sync()
    headers = phone.headers(body) | {"Content-Encoding": "gzip", "Accept-Encoding": "br, gzip"}
    return Call(phone, gzip.compress(body, 9, mtime=0), headers)


def _all_call(port: int, calls: list[Call]) -> float:
    """All exchanges, 32 at a time; the seconds from the first to the last."""
    start = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(lambda call: _exchange(port, call), calls))
    return time.perf_counter() - start


def _exchange(port: int, call: Call) -> None:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("POST", "/v1/sync", call.body, call.headers)
        answer = connection.getresponse()
        call.answer, call.status = answer.read(), answer.status
    except OSError:
        call.status = 0
    finally:
        connection.close()
    call.seconds = time.perf_counter() - start


def _fails(call: Call) -> bool:
    """Was the exchange refused, or does a single event not stand as applied?"""
    return call.status != 200


def _stored(bank: Bank) -> int:
    of_phones = select(func.count()).select_from(EventRow).where(EventRow.received_via == "https")
    verdicts = select(VerdictRow.verdict).distinct()
    assert {row.verdict for row in bank.query(verdicts)} == {"applied"}
    return int(bank.query(of_phones)[0][0])


def _wait_until_idle(server: int) -> None:
    """One worker answers while another is still being started: that is not the storm's cost."""
    before = -1.0
    while (now := cpu_seconds(family_of(server))) != before:
        before = now
        time.sleep(1.0)


@contextmanager
def _watch(server: int, cluster: Cluster | None) -> Iterator[dict[str, float]]:
    """Processor seconds of the server and of PostgreSQL while the block runs."""
    cost: dict[str, float] = {}
    before = cpu_seconds(family_of(server))
    database = cpu_seconds(family_of(cluster.process.pid)) if cluster else 0.0
    yield cost
    cost["server"] = cpu_seconds(family_of(server)) - before
    cost["database"] = cpu_seconds(family_of(cluster.process.pid)) - database if cluster else 0.0


def _copy(url: str, folder: Path) -> Path | None:
    """The SQLite database as it is before the storm, for the floor."""
    if not url.startswith("sqlite"):
        return None
    source, target = Path(url.removeprefix("sqlite:///")), folder / "before.db"
    for end in ("", "-wal"):
        if Path(f"{source}{end}").exists():
            shutil.copyfile(f"{source}{end}", f"{target}{end}")
    return target
