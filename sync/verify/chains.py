"""Lanes without gaps up to the heads of the seal, good signatures, and keys that were given out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sync.events import ZERO_HASH
from sync.verify.ecdsa import fingerprint, is_signed_by
from sync.verify.records import Event, Line
from sync.verify.world import World

# Lane -> the hashes on its chain, from its head back to its beginning.
Chains = Mapping[str, set[str]]


def check_seal(world: World, key: str | None) -> None:
    """The seal: by the key of the office, behind the last event of the office, over all heads.

    key  The fingerprint that the auditor was given, spaces and case as you like; None: any key.
    """
    header, seal, findings = world.header, world.seal, world.findings
    if seal is None or not header:
        return
    point, place = header["office_key"], {"line": seal.line, "lane": seal.lane, "seq": seal.seq}
    if key is not None and not _is_named(point, key):
        findings.broken("key_other", key=fingerprint(point))
    if not _is_signed(seal, header["office_alg"], point):
        findings.broken("seal_signature", **place)
    held = {row["id"]: (row["head_seq"], row["head_hash"]) for row in world.rows["lane"]}
    head = held.get(header["office_lane"])
    if (seal.lane, seal.kind) != (header["office_lane"], "export.made"):
        findings.broken("seal_broken", field="lane", **place)
    if head is not None and (seal.seq, seal.prev) != (head[0] + 1, head[1]):
        findings.broken("head_wrong", **place)
    sealed = _heads(seal)
    for lane in sorted({*held, *sealed}):
        if held.get(lane) != sealed.get(lane):
            findings.broken("head_wrong", lane=lane)
    for name in ("branch", "tick", "epoch"):
        if seal.body.get(name) != header[name]:
            findings.broken("seal_broken", field=name, **place)


def check_chains(world: World) -> Chains:
    """Every lane from its head back to its beginning; what else there is of it is told."""
    findings = world.findings
    by_lane: defaultdict[str, list[Event]] = defaultdict(list)
    for event in world.events.values():
        by_lane[event.lane].append(event)
    chains: dict[str, set[str]] = {}
    for row in world.rows["lane"]:
        lane, seq, at = row["id"], row["head_seq"], row["head_hash"]
        chain = chains[lane] = set[str]()
        while seq > 0 and (link := world.events.get(at)) is not None:
            if (link.lane, link.seq) != (lane, seq):
                break
            chain.add(at)
            seq, at = seq - 1, link.prev
        if (seq, at) != (0, ZERO_HASH):
            findings.broken("chain_broken", lane=lane, seq=seq)
        for event in by_lane[lane]:
            if event.hash not in chain:
                code = "waiting" if event.seq > row["head_seq"] else "fork"
                findings.note(code, **world.where(event))
    _remembered(world, chains)
    return chains


def check_signatures(world: World) -> None:
    """Each event is vouched for by a signature: its own, or one behind it in its stretch."""
    lanes = {row["id"]: row for row in world.rows["lane"]}
    office = world.header.get("office_lane")
    if office not in lanes:
        world.findings.broken("office_lane_missing", lane=office)
    events = sorted(world.events.values(), key=lambda event: -event.seq)
    vouched: set[str] = set()
    for event in events:
        keys = _keys(world, lanes.get(event.lane))
        starts = {from_seq for from_seq, _, _ in keys}
        if event.hash not in vouched and not _is_vouched(event, keys):
            _doubted(world, event, event.lane in lanes)
        elif event.lane != office and event.seq not in starts:
            vouched.add(event.prev)


def check_keys(world: World) -> None:
    """Every key of a phone was brought by its enrolment, or by a change of key in its lane."""
    enrolled: defaultdict[str, set[str]] = defaultdict(set)
    officers: dict[str, str] = {}
    for event in world.of_kind("device.enrolled"):
        enrolled[str(event.body.get("device"))].add(str(event.body.get("public_key")))
        officers[str(event.body.get("device"))] = str(event.body.get("officer"))
    rotated = {(e.lane, e.seq): e.body.get("public_key") for e in world.of_kind("key.rotated")}
    for (lane, _), key in rotated.items():
        device = next((r["device"] for r in world.rows["lane"] if r["id"] == lane), None)
        enrolled[str(device)].add(str(key))
    for row in world.rows["lane"]:
        if row["device"] is None:
            continue
        if officers.get(row["device"]) != row["officer"]:
            world.findings.broken("officer_wrong", line=row["line"], lane=row["id"])
        for key in row["keys"]:
            is_new = key["from_seq"] == 1 or (
                rotated.get((row["id"], key["from_seq"])) == key["public_key"]
            )
            if key["public_key"] not in enrolled[row["device"]] or not is_new:
                shown = fingerprint(key["public_key"])
                world.findings.broken("key_unproved", lane=row["id"], key=shown)
    for row in world.once("device", "id", "device").values():
        if officers.get(row["id"]) != row["officer"]:
            world.findings.broken("officer_wrong", line=row["line"], device=row["id"])


def _remembered(world: World, chains: Chains) -> None:
    """What an earlier export has sealed is on the chains still."""
    for made in world.of_kind("export.made"):
        for lane, (seq, head) in _heads(made).items():
            if seq and head not in chains.get(lane, ()):
                world.findings.broken("head_forgotten", lane=lane, seq=seq)


def _heads(event: Event) -> dict[str, tuple[Any, Any]]:
    said = event.body.get("heads")
    heads = said if isinstance(said, list) else []
    return {
        str(one.get("lane")): (one.get("seq"), one.get("hash"))
        for one in heads
        if isinstance(one, dict)
    }


def _keys(world: World, row: Line | None) -> list[tuple[int, str, str]]:
    if row is None:
        return []
    if row["id"] == world.header.get("office_lane"):
        return [(1, world.header["office_alg"], world.header["office_key"])]
    return [(key["from_seq"], key["alg"], key["public_key"]) for key in row["keys"]]


def _is_vouched(event: Event, keys: list[tuple[int, str, str]]) -> bool:
    if event.sig is None:
        return False
    start = max((from_seq for from_seq, _, _ in keys if from_seq <= event.seq), default=0)
    return any(_is_signed(event, alg, key) for from_seq, alg, key in keys if from_seq == start)


def _is_signed(event: Event, alg: str, key: str) -> bool:
    return is_signed_by(alg, key, bytes.fromhex(event.hash), event.sig)


def _doubted(world: World, event: Event, is_known: bool) -> None:
    latest = event.latest
    if event.signature_ok:
        code = "signature_wrong" if is_known else "lane_unknown"
        world.findings.broken(code, **world.where(event))
    elif latest is not None and latest.reason == "bad_signature":
        world.findings.note("unsigned_kept", **world.where(event))
    else:
        world.findings.note("vouched_later", **world.where(event))


def _is_named(point: str, key: str) -> bool:
    return fingerprint(point).replace(" ", "") == "".join(key.split()).lower()


def signing_key(world: World) -> Iterator[str]:
    """The fingerprint of the key that sealed the export, if it names one."""
    if world.header:
        yield fingerprint(world.header["office_key"])
