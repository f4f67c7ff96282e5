"""Reads a week file whole, or refuses it whole with every fault named, before anything starts.

It reads only the fields of design 7, the optional `made_day_index` of a notice and `away_place` of
a household, and the officer's remark on a place (docs/decisions/0007). Outcomes, limitation
and totals in the file are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from server.rehearsal import week_records, week_rules
from server.rehearsal.faults import Faults, Item, WeekFileError, is_text
from server.rehearsal.week import Week
from sync.canonical import strict_json
from sync.dates import days_between, is_date, parse_date

# The golden week is 58 kB; a branch's fullest week is some 3 MB.
BYTES_MAX = 8_000_000

SWEEP_DAYS_MAX = 7
REPORT_WITHIN_DAYS = 31

# An officer's remark in the narrative: 一人在广州打工.
REMARK = re.compile(r"一人在([^，。；、,.;\s]{1,20}?)打工")


def read_week_file(path: Path, profile: str) -> Week:
    """The week of a file in one profile of dates. Raises WeekFileError with every fault."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= BYTES_MAX else b""
    except OSError as error:
        raise _refused(
            "file", path.name, f"读不出文件（{error.strerror}）", "cannot be read"
        ) from error
    if size > BYTES_MAX:
        limit = f"{BYTES_MAX:,}"
        raise _refused("file", size, f"文件超过 {limit} 字节", f"larger than {limit} bytes")
    return read_week(data, profile)


def read_week(data: bytes, profile: str) -> Week:
    """The week in the bytes of a file. Raises WeekFileError with every fault."""
    root = _root(data)
    faults = Faults()
    sweep_days, report_on = _dates(faults, root, profile)
    faults.settle()
    week = _week(faults, root, profile, (sweep_days, report_on))
    week_rules.check(faults, week)
    faults.settle()
    return week


def _root(data: bytes) -> Mapping[str, Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        zh, en = "文件不是 UTF-8 编码", "the file is not UTF-8"
        raise _refused(
            f"byte {error.start}", data[error.start : error.start + 8].hex(), zh, en
        ) from None
    try:
        root = strict_json(text)
    except ValueError as error:
        zh, en = "文件不是完整的 JSON", "the file is not complete JSON"
        raise _refused("file", str(error), zh, en) from None
    if not isinstance(root, dict):
        raise _refused("file", type(root).__name__, "文件须为一个 JSON 对象", "a JSON object")
    return root


def _refused(path: str, value: object, zh: str, en: str) -> WeekFileError:
    faults = Faults()
    faults.note(path, value, zh, en)
    return WeekFileError(faults.found)


def _dates(faults: Faults, root: Mapping[str, Any], profile: str) -> tuple[tuple[str, ...], str]:
    """The sweep days and the report day of a profile."""
    profiles = root.get("date_profiles")
    if not isinstance(profiles, dict) or not isinstance(profiles.get(profile), dict):
        known = " ".join(sorted(profiles)) if isinstance(profiles, dict) else "—"
        faults.note(
            "date_profiles", profile, f"没有这个日期方案；文件里有：{known}", f"one of: {known}"
        )
        return (), ""
    path, dates = f"date_profiles.{profile}", profiles[profile]
    days, report_on = dates.get("sweep_days"), dates.get("report_date")
    if not _are_sweep_days(days):
        zh = f"须为先后排列、在 {SWEEP_DAYS_MAX} 天之内的日期"
        en = f"dates in order, within {SWEEP_DAYS_MAX} days"
        faults.note(f"{path}.sweep_days", days, zh, en)
    elif not is_date(report_on) or not _follows(days[-1], report_on):
        zh = f"须为下乡最后一天当天或其后 {REPORT_WITHIN_DAYS} 天内的日期"
        en = f"a date within {REPORT_WITHIN_DAYS} days after the last sweep day"
        faults.note(f"{path}.report_date", report_on, zh, en)
    return (tuple(days), str(report_on)) if not faults.found else ((), "")


def _are_sweep_days(days: object) -> bool:
    if not isinstance(days, list) or not 1 <= len(days) <= SWEEP_DAYS_MAX:
        return False
    if not all(is_date(day) for day in days):
        return False
    in_order = all(earlier < later for earlier, later in pairwise(days))
    return in_order and days_between(parse_date(days[0]), parse_date(days[-1])) < SWEEP_DAYS_MAX


def _follows(last_day: str, report_on: str) -> bool:
    return 0 <= days_between(parse_date(last_day), parse_date(report_on)) <= REPORT_WITHIN_DAYS


def _week(
    faults: Faults, root: Mapping[str, Any], profile: str, dates: tuple[tuple[str, ...], str]
) -> Week:
    """Every record of the file; faults are noted, and their records hold stand-ins."""
    sweep_days, report_on = dates
    records = week_records.Records(faults, root, profile)
    households = (*records.households(_remark(root)), *records.collectives())
    return Week(
        sweep_days=sweep_days,
        report_on=report_on,
        areas=records.areas(),
        households=households,
        loans=(*records.loans(), *records.collective_loans()),
        notices=records.notices(),
        receipts=records.receipts(),
        intentions=records.intentions(),
        assists=records.assists(),
        services=records.services(),
        plan=records.plan(),
        mergers=records.mergers(),
        cash_days=records.cash_days(),
    )


def _remark(root: Mapping[str, Any]) -> str | None:
    """The place in the officer's narrative, where it names one (docs/decisions/0007)."""
    source = root.get("source")
    lines = source.get("original_text") if isinstance(source, dict) else None
    if not isinstance(lines, list):
        return None
    found = [match for line in lines if isinstance(line, str) for match in REMARK.findall(line)]
    return found[0] if len(found) == 1 and is_text(found[0], 20) else None


__all__ = ["Item", "WeekFileError", "read_week", "read_week_file"]
