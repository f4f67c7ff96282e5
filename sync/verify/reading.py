"""Reads an export line by line: the one spelling of each line, its form, its order, the seal.

A line that cannot be read is a break with its number, and reading goes on: the other checks still
say what else is wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.books import Leg
from sync.canonical import INT_MAX, sha256_hex, strict_json
from sync.events import Envelope, check_body
from sync.kinds import FIELDS
from sync.problems import Problem
from sync.time_bounds import day_of
from sync.upcast import restated
from sync.verdicts import Verdict
from sync.verify.findings import Findings
from sync.verify.records import (
    BLOCKS_MAX,
    FORMAT,
    FORMS,
    KEY_FORM,
    LEG_FORM,
    MARK_CHARS,
    ORDER,
    VERDICT_FORM,
    Event,
    Line,
    Said,
    are_of_form,
    is_of_form,
)
from sync.verify.world import World

# Longer lines are no lines of ours: an event has 64 KiB at most, a report some more.
LINE_BYTES_MAX = 16 * 1024 * 1024

# Their bodies move no cash and are not kept in memory: a month of signatures is large.
_LIGHT = ("visit.", "notice.", "promise.", "intention.")
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(slots=True)
class _Reader:
    world: World
    whole: Any = field(default_factory=hashlib.sha256)
    marks: list[str] = field(default_factory=list)  # of the lines before the digest
    stage: int = 0
    officers: dict[str, str] = field(default_factory=dict)  # device -> officer
    lanes: dict[str, str | None] = field(default_factory=dict)  # lane -> officer

    @property
    def findings(self) -> Findings:
        return self.world.findings

    def take(self, number: int, raw: bytes) -> None:
        """One line of the file, with its line break."""
        self.world.lines = number
        line = self._parsed(number, raw)
        name = line["t"] if line else None
        if name == "seal" and line is not None:
            self._seal(number, line)
        if name == "digest" and line is not None:
            self._digest(number, line)
        elif name == "event" and line is not None:
            self._event(number, line)
        elif line is not None and name != "seal":
            self._row(number, str(name), line)
        if name != "seal":
            self.whole.update(raw)
            self.marks.append(mark_of(raw))

    def _parsed(self, number: int, raw: bytes) -> Line | None:
        try:
            line = strict_json(raw.decode())
            is_plain = isinstance(line, dict) and to_line(line) == raw
        except (ValueError, RecursionError):
            is_plain = False
        if not is_plain:
            self.findings.broken("line_unreadable", line=number)
            return None
        name = line.get("t")
        if not isinstance(name, str) or name not in FORMS or not is_of_form(FORMS[name], line):
            self.findings.broken("line_shape", line=number)
            return None
        if ORDER[name] < self.stage or (name in ("export", "seal") and self.stage == ORDER[name]):
            if number > 1:
                self.findings.broken("line_order", line=number)
        self.stage = max(self.stage, ORDER[name])
        checked: Line = line
        return checked

    def _digest(self, number: int, line: Line) -> None:
        """Which lines differ from what was written: each, or the first if some are gone or new."""
        said = line["marks"]
        pairs = zip(self.marks, said, strict=False)
        differing = [place for place, (now, then) in enumerate(pairs, 1) if now != then]
        if len(said) != len(self.marks):
            differing = differing[:1] or [min(len(said), len(self.marks)) + 1]
        for each in differing:
            self.findings.broken("line_changed", line=each)
        if line["lines"] != number - 1:
            self.findings.broken("lines_missing", line=number, said=line["lines"])

    def _seal(self, number: int, line: Line) -> None:
        event = self._sealing_event(number, line)
        if event is None:
            self.findings.broken("event_changed", line=number, file="seal")
            return
        self.world.seal = event
        body = event.body
        if body.get("sha256") != self.whole.hexdigest():
            self._point_at(body.get("blocks"), number - 1)
        held = {"sha256": self.whole.hexdigest(), "lines": number - 1, "format": FORMAT}
        for name, now in held.items():
            if body.get(name) != now:
                self.findings.broken("seal_broken", line=number, field=name)

    def _point_at(self, said: object, lines: int) -> None:
        """Which blocks of lines are not those of the seal; a digest may have been made to fit."""
        size, blocks = block_lines(lines), blocks_of(self.marks)
        if not isinstance(said, list):
            return
        pairs = enumerate(zip(blocks, said, strict=False))
        differing = [place for place, (now, then) in pairs if now != then]
        if len(blocks) != len(said):
            differing = differing[:1] or [min(len(blocks), len(said))]
        for place in differing:
            first, last = place * size + 1, min((place + 1) * size, lines)
            where = {"line": first} if size == 1 else {"lines": f"{first}-{last}"}
            self.findings.broken("line_changed", **where)

    def _sealing_event(self, number: int, line: Line) -> Event | None:
        said = {
            "hash": sha256_hex(line["canonical"].encode(errors="surrogatepass")),
            "sig": line["sig"], "signature_ok": True, "sender": None, "recorded_at": 0,
            "effective_at": 0, "verdicts": [], "legs": [], "canonical": line["canonical"],
        }  # fmt: skip
        envelope = _envelope(said["canonical"], said["hash"])
        return None if envelope is None else _event(number, said, envelope, envelope.actor)

    def _row(self, number: int, name: str, line: Line) -> None:
        world = self.world
        if name == "export":
            world.header = line
            if line["format"] != FORMAT:
                self.findings.broken("format_unknown", line=number, said=line["format"])
        if name == "device":
            self.officers[line["id"]] = line["officer"]
        if name == "lane":
            keys = line["keys"]
            if not all(isinstance(key, dict) and _is_key(key) for key in keys):
                self.findings.broken("line_shape", line=number)
                return
            if line["id"] in self.lanes:
                self.findings.broken("lane_twice", line=number, lane=line["id"])
            self.lanes[line["id"]] = line["officer"]
        world.rows[name].append({**line, "line": number})

    def _event(self, number: int, line: Line) -> None:
        findings = self.findings
        is_whole = all(are_of_form(VERDICT_FORM, one) for one in line["verdicts"])
        if not is_whole or not all(are_of_form(LEG_FORM, one) for one in line["legs"]):
            findings.broken("line_shape", line=number)
            return
        envelope = _envelope(line["canonical"], line["hash"])
        place = {"line": number, "lane": line["lane"], "seq": line["seq"]}
        if envelope is None or (envelope.lane, envelope.seq) != (line["lane"], line["seq"]):
            findings.broken("event_changed", **place)
            return
        if line["hash"] in self.world.events:
            findings.broken("event_twice", **place)
            return
        holder = self._holder(line, envelope)
        self.world.events[line["hash"]] = _event(number, line, envelope, holder)

    def _holder(self, line: Line, envelope: Envelope) -> str:
        """As the server finds it: see Recorded.holder."""
        reason = line["verdicts"][-1][2] if line["verdicts"] else "bad_signature"
        is_signed = line["signature_ok"] or reason != "bad_signature"
        of_lane = self.lanes.get(line["lane"])
        of_sender = self.officers.get(line["sender"] or "")
        return (of_lane if is_signed else of_sender) or envelope.actor


def read_export(path: Path, findings: Findings) -> World:
    """Read a whole export. What cannot be read is noted, never raised, but for OSError."""
    reader = _Reader(World(findings))
    for number, raw in enumerate(_lines(path), 1):
        reader.take(number, raw)
    world = reader.world
    if not world.header:
        findings.broken("line_shape", line=1)
    if world.seal is None or reader.stage != ORDER["seal"]:
        findings.broken("seal_missing", line=world.lines + 1)
    return world


def mark_of(raw: bytes) -> str:
    """The mark of a line in the digest."""
    return hashlib.sha256(raw).hexdigest()[:MARK_CHARS]


def block_lines(lines: int) -> int:
    """So many lines make a block of a file of so many: one, as long as there are few."""
    return max(1, -(-lines // BLOCKS_MAX))


def blocks_of(marks: list[str]) -> list[str]:
    """The marks of all blocks before the seal, each over the marks of its lines."""
    size = block_lines(len(marks))
    starts = range(0, len(marks), size)
    return [mark_of("".join(marks[at : at + size]).encode()) for at in starts]


def to_line(line: Line) -> bytes:
    """The one spelling of a line: sorted keys, no spaces, UTF-8, a line break at its end."""
    return _WRITER.encode(line).encode() + b"\n"


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while raw := file.readline(LINE_BYTES_MAX):
            yield raw


def _is_key(key: dict[str, object]) -> bool:
    return is_of_form(KEY_FORM, {**key, "t": "key"})


def _envelope(canonical: str, said_hash: str) -> Envelope | None:
    """The event of these bytes, in the words of its time; None unless the bytes are its own."""
    try:
        event = Envelope.from_json(strict_json(canonical))
    except (Problem, ValueError, TypeError, AttributeError, RecursionError):
        return None
    is_itself = event.canonical == canonical.encode() and event.hash == said_hash
    return event if is_itself else None


def _event(number: int, line: Line, envelope: Envelope, holder: str) -> Event:
    event = restated(envelope)
    is_light = event.kind.startswith(_LIGHT)
    faults = () if is_light or event.kind not in FIELDS else _faults(event)
    return Event(
        line=number,
        hash=event.hash,
        lane=event.lane,
        seq=event.seq,
        prev=event.prev,
        kind=event.kind,
        sv=envelope.sv,
        actor=event.actor,
        body={} if is_light else event.body,
        faults=faults,
        sig=line["sig"],
        signature_ok=line["signature_ok"],
        holder=holder,
        recorded_at=line["recorded_at"],
        recorded_on=_day(line["recorded_at"]),
        effective_on=_day(line["effective_at"]),
        verdicts=tuple(Said(one[0], Verdict(*one[1:5]), one[5]) for one in line["verdicts"]),
        legs=tuple(Leg(account, fen) for account, fen, _ in line["legs"]),
        value_days=frozenset(day for _, _, day in line["legs"]),
    )


def _day(at_ms: int) -> str:
    """The day in Shanghai; an instant beyond all calendars, which nobody records, has none."""
    return day_of(at_ms) if 0 <= at_ms <= INT_MAX // 100 else ""


def _faults(event: Envelope) -> tuple[str, ...]:
    return tuple(fault.field for fault in check_body(event.kind, event.sv, event.body))
