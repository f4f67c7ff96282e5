"""The floors under the bytes: the same content in other forms, packed as tightly as they go."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from typing import Any

import brotli

from sync.client import Phone
from sync.columns import pack
from sync.lane import EVENT_KEYS, pack_batch
from tests.bench import wide
from tests.bench.field_day import record_field_day
from tests.bench.link import households


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """One content: as compact JSON, and as columns under gzip and brotli at their best."""

    json: int
    json_gzip: int
    columns: int
    columns_gzip: int
    columns_brotli: int


def floors_of(records: list[dict[str, Any]], packed: object = None) -> Floors:
    """The sizes of these records in bytes; `packed` if they have a tighter form than columns."""
    plain, columns = _json(records), _json(packed or pack(records))
    return Floors(
        json=len(plain),
        json_gzip=len(gzip.compress(plain, 9)),
        columns=len(columns),
        columns_gzip=len(gzip.compress(columns, 9)),
        columns_brotli=len(brotli.compress(columns, mode=brotli.MODE_TEXT, quality=11)),
    )


def first_sync() -> Floors:
    """All wide rows of one officer."""
    ids = households()
    loans = [f"L-{each}" for each in ids]
    loans += [f"L-{each}-2" for each in ids[: wide.LOANS - wide.HOUSEHOLDS]]
    return floors_of(
        [_line("household", each, wide.household(each)) for each in ids]
        + [_line("loan", each, wide.loan(each)) for each in loans]
    )


def field_day(phone: Phone, homes: list[str]) -> Floors:
    """A day's events, every one with its full envelope but no hashes and signatures."""
    before = len(phone.log)
    record_field_day(phone, homes, random.Random(1))
    day = phone.log[before:]
    batch = [{key: event.to_json()[key] for key in EVENT_KEYS} for event in day]
    packed = pack_batch(day, phone.sigs[day[-1].hash])
    return floors_of(batch, packed["events"])


def _line(etype: str, eid: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"etype": etype, "eid": eid, "tick": 3, "op": "upsert", "row": row}


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
