"""`make bench`: measure, and print tables with the budget, the floor and the ratio of each.

    python -m tests.bench [sizes] [link] [storm] [--officers N]

Everything is measured in one run on one machine, so that ratios hold where seconds do not.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from server import create_app
from server.db import db
from server.device_key import DeviceKey
from server.services.installation import initialise
from server.settings import Settings
from sync.client import Phone
from tests.bench import sizes
from tests.bench.big_branch import OFFICERS, found_wide_branch
from tests.bench.link import OFFICER, Passage, households, measure_weathers
from tests.bench.storm import Storm, run_storm
from tests.postgres import Cluster, private_cluster
from tests.small_bank import Bank

# design 6, in bytes and seconds
BUDGET: dict[str, dict[str, float]] = {
    "first sync": {"down": 57_000, "seconds": 7.5},
    "field day": {"up": 21_000, "seconds": 6.5},
    "15 changed cases": {"down": 4_000},
    "nothing new": {"both": 1_000, "seconds": 0.3},
}
CUT_RATIO_MAX = 1.3
STORM_CPU_MS, STORM_P99_S, STORM_MEMORY_MB = 10, 0.6, 512


def main() -> None:
    """Run the parts that are asked for; all of them by default."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--officers", type=int, default=OFFICERS)
    given = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    for name in given.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder), given.officers)


def bench_sizes(folder: Path, _officers: int) -> None:
    """Bytes of the two large exchanges in other forms: the floors."""
    with _founded(folder) as bank:
        phone = Phone(DeviceKey(), bank.world())
        answer = bank.http.post("/v1/enrol", data=phone.enrol_request(bank.code(OFFICER)))
        phone.absorb_enrolment(answer.data)
        bank.issue(OFFICER, 50)
        phone.sync(bank.send)
        day = sizes.field_day(phone, households())
    print("### Floors, bytes\n")
    print("| content | compact JSON | + gzip | columns | + gzip | + brotli 11 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, floor in (("first sync", sizes.first_sync()), ("field day", day)):
        cells = (floor.json, floor.json_gzip, floor.columns, floor.columns_gzip)
        print(f"| {name} | " + " | ".join(f"{n:,}" for n in (*cells, floor.columns_brotli)) + " |")
    print()


def bench_link(folder: Path, _officers: int) -> None:
    """The exchanges over good and bad lines."""
    with _founded(folder / "founded"):
        pass
    found = measure_weathers(folder / "founded", folder)
    print("### Exchanges on the line, heads included\n")
    print("| exchange | weather | requests | up | down | cuts | seconds | of calm | budget |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for exchange in BUDGET:
        for weather, passages in found.items():
            print(_line_row(exchange, weather, passages[exchange], found["calm"][exchange]))
    print()


def _line_row(exchange: str, weather: str, it: Passage, calm: Passage) -> str:
    budget = BUDGET[exchange]
    told = ", ".join(
        f"{name} {limit:,}" for name, limit in budget.items() if _is_said(name, weather)
    )
    if weather.startswith("cut"):
        told = f"ratio {CUT_RATIO_MAX}"
    cells = (
        exchange, weather, it.requests, f"{it.up:,}", f"{it.down:,}", it.cuts,
        f"{it.seconds:.2f}", f"{it.both / calm.both:.2f}", told,
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _is_said(name: str, weather: str) -> bool:
    return weather == "EDGE" if name == "seconds" else weather == "calm"


def bench_storm(folder: Path, officers: int) -> None:
    """The evening storm on both databases."""
    print(f"### Evening storm, {officers} officers, 32 at a time\n")
    print(
        "| database | events an officer | server CPU ms an officer | PostgreSQL ms beside it |"
        " floor ms | ratio | p50 s | p99 s | memory MB | errors | duplicates |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    (folder / "sqlite").mkdir()
    url = f"sqlite:///{folder / 'sqlite' / 'doorstep.db'}"
    print(_storm_row(_storm(folder / "sqlite", url, None, officers)), flush=True)
    with private_cluster() as cluster:
        (folder / "postgresql").mkdir()
        storm = _storm(folder / "postgresql", cluster.new_database(), cluster, officers)
        print(_storm_row(storm), flush=True)
    told = f"budget: {STORM_CPU_MS} ms, p99 {STORM_P99_S} s, {STORM_MEMORY_MB} MB, no error"
    print(f"\n{told}\n")


def _storm(folder: Path, url: str, cluster: Cluster | None, officers: int) -> Storm:
    _migrate(folder, url)
    return run_storm(folder, url, cluster, officers)


def _storm_row(it: Storm) -> str:
    ms = it.cpu_ms_an_officer
    database = 1000 * it.cpu_database / it.officers
    floor = it.floor.cpu_ms_an_officer
    cells = (
        it.database, it.events, f"{ms:.1f}", f"{database:.1f}", f"{floor:.1f}",
        f"{(ms + database) / floor:.1f}", f"{it.p50:.2f}", f"{it.p99:.2f}",
        f"{it.memory / 1e6:.0f}", it.errors, it.duplicates,
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


@contextmanager
def _founded(folder: Path) -> Iterator[Bank]:
    """The wide branch in a new SQLite database in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'doorstep.db'}"
    _migrate(folder, url)
    bank = found_wide_branch(url, folder)
    yield bank
    bank.close()


def _migrate(folder: Path, url: str) -> None:
    with create_app(Settings(data_dir=folder, database_url=url)).app_context():
        initialise()
        db.engine.dispose()


PARTS: dict[str, Callable[[Path, int], None]] = {
    "sizes": bench_sizes,
    "link": bench_link,
    "storm": bench_storm,
}

if __name__ == "__main__":
    main()
