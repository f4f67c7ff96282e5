"""Five hundred ways to lie in an export: each takes the bytes of one and gives back others.

Any export will do: of the golden week, of a random month, of a database under test. A tampering
says where it has touched the file, so that a test can ask whether the verifier names the place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from server.device_key import DeviceKey
from sync.canonical import canonical_bytes, sha256_hex
from sync.verify.reading import mark_of, to_line

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampered:
    """The bytes of a changed export, what was done, and the words that must be in some place.

    names  Any one of these (word of the place, what it says) names the place.
    """

    data: bytes
    what: str
    names: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Forger:
    """Somebody with a text editor, a key of his own, and a seed."""

    data: bytes
    random: Random
    lines: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.data.splitlines(keepends=True)

    def any_line(self, *kinds: str) -> int:
        """The place of some line of one of these types, from 0."""
        found = [at for at, raw in enumerate(self.lines) if json.loads(raw)["t"] in kinds]
        return self.random.choice(found)

    def row(self, at: int) -> Row:
        """The line at a place, as a value that may be changed."""
        row: Row = json.loads(self.lines[at])
        return row

    def tamper(self) -> Tampered:
        """One of TAMPERINGS."""
        return self.random.choice(TAMPERINGS)(self)

    def written(self, what: str, lines: list[bytes], *names: tuple[str, object]) -> Tampered:
        """The lines as a file again; half of the time with a digest that was made to fit."""
        if self.random.random() < 0.5:
            lines = fitted(lines)
        told = frozenset((word, str(value)) for word, value in names)
        return Tampered(data=b"".join(lines), what=what, names=told)

    def changed(self, what: str, at: int, row: Row, *names: tuple[str, object]) -> Tampered:
        """One line in other words."""
        lines = [*self.lines[:at], to_line(row), *self.lines[at + 1 :]]
        return self.written(what, lines, ("line", at + 1), *names)


def fitted(lines: list[bytes]) -> list[bytes]:
    """The lines with a digest over them; the seal is out of reach without the office's key."""
    kept = [raw for raw in lines if b'"t":"digest"' not in raw]
    end = next((at for at, raw in enumerate(kept) if raw.endswith(b'"t":"seal"}\n')), len(kept))
    digest = {"t": "digest", "lines": end, "marks": [mark_of(raw) for raw in kept[:end]]}
    return [*kept[:end], to_line(digest), *kept[end:]]


def flip_a_byte(forger: Forger) -> Tampered:
    """Any byte becomes any other."""
    at = forger.random.randrange(len(forger.data))
    data = bytearray(forger.data)
    data[at] ^= forger.random.randrange(1, 256)
    line = forger.data.count(b"\n", 0, at) + 1
    return Tampered(data=bytes(data), what=f"byte {at}", names=frozenset({("line", str(line))}))


def drop_an_event(forger: Forger) -> Tampered:
    """Any event is gone; its place is named by its chain, or by the first line that moved up."""
    at = forger.any_line("event")
    row = forger.row(at)
    lines = [*forger.lines[:at], *forger.lines[at + 1 :]]
    return forger.written(f"drop event {row['seq']}", lines, ("seq", row["seq"]), ("line", at + 1))


def drop_a_line(forger: Forger) -> Tampered:
    """Any line is gone."""
    at = forger.random.randrange(len(forger.lines))
    row = forger.row(at)
    lines = [*forger.lines[:at], *forger.lines[at + 1 :]]
    return forger.written(f"drop {row['t']}", lines, ("line", at + 1), *_names_of(row, at))


def reuse_a_number(forger: Forger) -> Tampered:
    """A receipt bears the number of another; its hash is made to fit, or is not."""
    at = forger.any_line("event")
    row = forger.row(at)
    while '"kind":"cash.receipt"' not in row["canonical"]:
        at = forger.any_line("event")
        row = forger.row(at)
    event = json.loads(row["canonical"])
    others = sorted(_numbers(forger) - {event["body"]["receipt_no"]})
    number = forger.random.choice(others or ["SJ999999"])
    event["body"]["receipt_no"] = number
    row["canonical"] = canonical_bytes(event).decode()
    if forger.random.random() < 0.5:
        row["hash"] = sha256_hex(row["canonical"].encode())
    return forger.changed(f"reuse {number}", at, row, ("seq", row["seq"]), ("receipt", number))


def reuse_a_number_in_a_row(forger: Forger) -> Tampered:
    """The row of a receipt, not its event, bears the number of another."""
    at = forger.any_line("receipt")
    row = forger.row(at)
    others = sorted(_numbers(forger) - {row["receipt_no"]})
    row["receipt_no"] = forger.random.choice(others or ["SJ999999"])
    return forger.changed("reuse in row", at, row)


def swap_two_lines(forger: Forger) -> Tampered:
    """Two lines change places."""
    one, other = sorted(forger.random.sample(range(len(forger.lines)), 2))
    lines = list(forger.lines)
    lines[one], lines[other] = lines[other], lines[one]
    places = (("line", each + 1) for each in range(one, other + 1))
    names = [*_names_of(forger.row(one), one), *_names_of(forger.row(other), other)]
    return forger.written("swap", lines, *places, *names)


def truncate(forger: Forger) -> Tampered:
    """The file ends too early, in the middle of a line or behind one."""
    at = forger.random.randrange(len(forger.data))
    data = forger.data[:at]
    line = data.count(b"\n") + 1
    names = {("line", str(each)) for each in (line - 1, line)}
    return Tampered(data=data, what=f"truncate at {at}", names=frozenset(names))


def drop_the_tail_of_a_lane(forger: Forger) -> Tampered:
    """The last events of a lane are gone, its head is set back, and the digest fits."""
    at = forger.any_line("lane")
    lane = forger.row(at)
    gone = forger.random.randint(1, lane["head_seq"])
    kept, head = list[bytes](), ("0" * 64)
    for raw in forger.lines:
        row = json.loads(raw)
        if row["t"] == "event" and row["lane"] == lane["id"]:
            if row["seq"] > lane["head_seq"] - gone:
                continue
            head = row["hash"]
        kept.append(raw)
    lane |= {"head_seq": lane["head_seq"] - gone, "head_hash": head}
    kept[at] = to_line(lane)
    data = b"".join(fitted(kept))
    names = frozenset({("lane", lane["id"])})
    return Tampered(data=data, what=f"drop {gone} of a tail", names=names)


def sign_again(forger: Forger) -> Tampered:
    """Any event is signed with another key."""
    at = forger.any_line("event")
    row = forger.row(at)
    while row["sig"] is None:
        at = forger.any_line("event")
        row = forger.row(at)
    row["sig"] = DeviceKey().sign(bytes.fromhex(row["hash"]))
    return forger.changed(f"sign {row['seq']}", at, row, ("seq", row["seq"]))


def seal_again(forger: Forger) -> Tampered:
    """A figure is changed, and the whole file is sealed with another key, named as the office's."""
    key = DeviceKey()
    at = forger.any_line("account")
    lines = [*forger.lines]
    lines[at] = to_line(forger.row(at) | {"fen": forger.random.randint(1, 10**6)})
    header = forger.row(0)
    lines[0] = to_line(header | {"office_key": key.public_key})
    lines = fitted(lines)
    event = json.loads(json.loads(lines[-1])["canonical"])
    event["body"]["sha256"] = sha256_hex(b"".join(lines[:-1]))
    canonical = canonical_bytes(event)
    sig = key.sign(bytes.fromhex(sha256_hex(canonical)))
    lines[-1] = to_line({"t": "seal", "canonical": canonical.decode(), "sig": sig})
    account = forger.row(at)["account"]
    names = frozenset({("account", account)})
    return Tampered(data=b"".join(lines), what="seal again", names=names)


def change_a_leg(forger: Forger) -> Tampered:
    """A leg has another amount or account; its counterpart may be made to fit."""
    at = forger.any_line("event")
    row = forger.row(at)
    while len(row["legs"]) < 2:
        at = forger.any_line("event")
        row = forger.row(at)
    fen = forger.random.randint(1, 10**6)
    if forger.random.random() < 0.7:
        row["legs"][0][1] += fen
        if forger.random.random() < 0.7:
            row["legs"][-1][1] -= fen
    else:
        row["legs"][0][0] = f"hand:officer-{forger.random.randint(3, 9)}"
    return forger.changed("change a leg", at, row, ("seq", row["seq"]))


def change_a_figure(forger: Forger) -> Tampered:
    """Any number of any row that is no event."""
    kinds = ("book", "receipt", "count", "close", "account", "daily", "monthly", "lane")
    at = forger.any_line(*kinds)
    row = forger.row(at)
    name = forger.random.choice([key for key, value in row.items() if type(value) is int])
    row[name] += forger.random.choice((-1, 1)) * forger.random.randint(1, 10**5)
    return forger.changed(f"change {name} of {row['t']}", at, row, *_names_of(row, at))


def change_a_verdict(forger: Forger) -> Tampered:
    """An event was judged otherwise, or never."""
    at = forger.any_line("event")
    row = forger.row(at)
    if forger.random.random() < 0.3:
        row["verdicts"] = []
    else:
        row["verdicts"][-1][1] = forger.random.choice(("parked", "voided", "quarantined", "ok"))
    return forger.changed("change a verdict", at, row, ("seq", row["seq"]))


def repeat_a_line(forger: Forger) -> Tampered:
    """A line stands there twice."""
    at = forger.random.randrange(len(forger.lines))
    lines = [*forger.lines[:at], forger.lines[at], *forger.lines[at:]]
    row = forger.row(at)
    names = [("line", at + 1), ("line", at + 2), *_names_of(row, at)]
    return forger.written(f"repeat {row['t']}", lines, *names)


TAMPERINGS: tuple[Callable[[Forger], Tampered], ...] = (
    flip_a_byte,
    flip_a_byte,
    flip_a_byte,
    drop_an_event,
    drop_a_line,
    reuse_a_number,
    reuse_a_number_in_a_row,
    swap_two_lines,
    truncate,
    drop_the_tail_of_a_lane,
    sign_again,
    seal_again,
    change_a_leg,
    change_a_figure,
    change_a_verdict,
    repeat_a_line,
)


def _numbers(forger: Forger) -> set[str]:
    rows = [json.loads(raw) for raw in forger.lines]
    return {row["receipt_no"] for row in rows if row["t"] == "receipt"}


def _names_of(row: Row, at: int) -> list[tuple[str, object]]:
    """How a row is called when it is missing, wrong, or there twice."""
    names: list[tuple[str, object]] = [("line", at + 1)]
    for word, key in (
        ("account", "account"), ("book", "id"), ("day", "day"), ("month", "month"),
        ("receipt", "receipt_no"), ("report", "report_no"), ("lane", "id"), ("device", "id"),
        ("seq", "seq"),
    ):  # fmt: skip
        if key in row:
            names.append((word, row[key]))
    return names
