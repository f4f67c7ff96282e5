"""The files of the journal: records that only grow, each under a CRC and linked to the one before.

A segment begins with a line `doorstep-journal 1 N CHAIN`, the mark after which it starts. A record
is its length and CRC-32 (8 bytes) and then JSON:

    n     its number, one more than the record before
    prev  the chain so far; the chain after it is SHA-256 over prev and the JSON
    at    the instant, in ms UTC
    sql   the statements of one transaction, each once
    do    in their order: [place in sql, parameters], and a 1 behind if there are many rows of them
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = "doorstep-journal 1"
PATTERN = "journal-*.log"
ZERO_CHAIN = "0" * 64
_FRAME = struct.Struct(">II")
# No transaction comes near it: an import of 3,000 households is some 2 MB.
RECORD_BYTES_MAX = 256 * 1024 * 1024
_HEADER_BYTES_MAX = 200


class Mark(NamedTuple):
    """How far a database or a journal goes: the number of its last record, and the chain there."""

    n: int
    chain: str


START = Mark(0, ZERO_CHAIN)


class Change(NamedTuple):
    """One statement that changed something. many: the parameters are a list of rows."""

    sql: str
    parameters: Any
    many: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One committed transaction, and where its bytes end in its segment."""

    prev: str
    mark: Mark
    payload: bytes
    end: int

    @property
    def at_ms(self) -> int:
        """When it was written."""
        return int(json.loads(self.payload)["at"])

    def changes(self) -> Iterator[Change]:
        """The statements of the transaction, in order, as the database was given them."""
        told = json.loads(self.payload)
        for place, parameters, *many in told["do"]:
            rows = [_restored(row) for row in parameters] if many else _restored(parameters)
            yield Change(told["sql"][place], rows, bool(many))


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the journal and the mark after which it starts."""

    path: Path
    base: Mark
    start: int  # bytes of the first line

    def records(self) -> Iterator[Record]:
        """The good records from the start. Ends before the first that is torn or does not fit."""
        mark, offset = self.base, self.start
        with self.path.open("rb") as file:
            file.seek(offset)
            while (payload := _next(file)) is not None:
                offset += _FRAME.size + len(payload)
                record = _record(mark, payload, offset)
                if record is None:
                    return
                mark = record.mark
                yield record


def segments(folder: Path) -> list[Segment]:
    """The segments of a folder in their order. A file without our first line is none."""
    found = [_segment(path) for path in sorted(folder.glob(PATTERN))]
    return sorted((each for each in found if each), key=lambda each: (each.base.n, each.path.name))


def new_segment(folder: Path, base: Mark) -> Segment:
    """Make an empty segment that goes on after a mark; file and folder are flushed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"journal-{base.n:012d}-{base.chain[:8]}.log"
    header = f"{MAGIC} {base.n} {base.chain}\n".encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(descriptor, header)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    flush_folder(folder)
    return Segment(path, base, len(header))


def encode(mark: Mark, changes: Sequence[Change], at_ms: int) -> tuple[Mark, bytes]:
    """The record of a transaction behind a mark: the mark after it, and its bytes."""
    statements: dict[str, int] = {}
    do: list[list[Any]] = []
    for change in changes:
        place = statements.setdefault(change.sql, len(statements))
        do.append([place, change.parameters, *([1] if change.many else [])])
    told = {"n": mark.n + 1, "prev": mark.chain, "at": at_ms, "sql": [*statements], "do": do}
    payload = json.dumps(told, separators=(",", ":"), default=_kept).encode()
    return _after(mark, payload), _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the bytes. Raises OSError, for instance when the disk is full."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def flush_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _segment(path: Path) -> Segment | None:
    with path.open("rb") as file:
        header = file.readline(_HEADER_BYTES_MAX)
    words = header.decode("ascii", "replace").split()
    known = len(words) == 4 and " ".join(words[:2]) == MAGIC and header.endswith(b"\n")
    if not known or not words[2].isdecimal():
        return None
    return Segment(path, Mark(int(words[2]), words[3]), len(header))


def _next(file: Any) -> bytes | None:
    frame = file.read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    length, crc = _FRAME.unpack(frame)
    if not 0 < length <= RECORD_BYTES_MAX:
        return None
    payload: bytes = file.read(length)
    return payload if len(payload) == length and zlib.crc32(payload) == crc else None


def _record(mark: Mark, payload: bytes, end: int) -> Record | None:
    # Number and link stand at the front; the rest is parsed only when it is replayed.
    expected = f'{{"n":{mark.n + 1},"prev":"{mark.chain}",'.encode()
    if not payload.startswith(expected):
        return None
    return Record(mark.chain, _after(mark, payload), payload, end)


def _after(mark: Mark, payload: bytes) -> Mark:
    digest = hashlib.sha256(mark.chain.encode() + payload)
    return Mark(mark.n + 1, digest.hexdigest())


def _kept(value: object) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"a parameter of type {type(value).__name__} cannot be kept in the journal")


def _restored(parameters: Any) -> Any:
    if isinstance(parameters, dict):
        return {name: _value(each) for name, each in parameters.items()}
    return [_value(each) for each in parameters]


def _value(kept: Any) -> Any:
    return base64.b64decode(kept["base64"]) if isinstance(kept, dict) else kept
