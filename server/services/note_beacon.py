"""What a phone says of itself: how far its lane is, the cash in hand, and what went wrong on it.

A beacon comes with every exchange, or alone from a phone whose events cannot travel yet. An empty
sync must stay cheap: nothing is written while there is nothing new to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from server.clock import now_ms
from server.db import Tx, snapshot, transaction
from server.services.devices import SEEN_EVERY_MS, KnownDevice, is_seen_lately
from server.tables import Beacon, Device, Incident, Lane
from sync.canonical import canonical_bytes, sha256_hex

# The same words again are written this often, so that a person sees that the phone is alive.
BEACON_EVERY_MS = SEEN_EVERY_MS


@dataclass(frozen=True, slots=True)
class Word:
    """The beacon and the incidents of one request, as their schemas have checked them."""

    beacon: Mapping[str, Any] | None = None
    incidents: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def note_beacon(device: KnownDevice, word: Word) -> None:
    """Keep what is new of this, and that the device was here. Writes nothing otherwise."""
    if is_seen_lately(device) and not word.incidents and not _is_news(device, word.beacon):
        return
    with transaction(device.branch_id, actor=device.officer_id, cause="note_beacon") as tx:
        write_word(tx, device, word)


def write_word(tx: Tx, device: KnownDevice, word: Word) -> None:
    """The same inside a transaction that is open anyway."""
    if not is_seen_lately(device):
        row = tx.session.get_one(Device, (device.branch_id, device.id))
        row.last_seen_at_ms = tx.now_ms
    if word.beacon is not None:
        _write_beacon(tx, device, word.beacon)
    for incident in word.incidents:
        _write_incident(tx, device, incident)


def _is_news(device: KnownDevice, beacon: Mapping[str, Any] | None) -> bool:
    if beacon is None:
        return False
    with snapshot() as session:
        held = session.get(Beacon, (device.branch_id, beacon["lane"]))
    return _is_newer(held, beacon, now_ms())


def _is_newer(held: Beacon | None, beacon: Mapping[str, Any], now: int) -> bool:
    """Places of the lane decide, not the phone's clock, which may have jumped by years."""
    if held is None or beacon["head_seq"] > held.head_seq:
        return True
    if beacon["head_seq"] < held.head_seq:
        return False
    said = (beacon["head_hash"], beacon["hand_fen"])
    has_changed = (held.head_hash, held.hand_fen) != said
    return has_changed or now - held.received_at_ms >= BEACON_EVERY_MS


def _write_beacon(tx: Tx, device: KnownDevice, beacon: Mapping[str, Any]) -> None:
    key = (device.branch_id, beacon["lane"])
    held = tx.session.get(Beacon, key, with_for_update=True)
    if not _is_newer(held, beacon, tx.now_ms) or not _is_own_lane(tx, device, beacon["lane"]):
        return
    if held is None:
        held = Beacon(branch_id=device.branch_id, lane_id=beacon["lane"])
        tx.session.add(held)
    held.head_seq, held.head_hash = beacon["head_seq"], beacon["head_hash"]
    held.hand_fen, held.at_ms = beacon["hand_fen"], beacon["at"]
    held.received_at_ms = tx.now_ms
    tx.session.flush()


def _is_own_lane(tx: Tx, device: KnownDevice, lane_id: str) -> bool:
    mine = select(Lane.id).where(
        Lane.branch_id == device.branch_id, Lane.id == lane_id, Lane.device_id == device.id
    )
    return tx.session.scalar(mine) is not None


def _write_incident(tx: Tx, device: KnownDevice, incident: Mapping[str, Any]) -> None:
    """Once, by its content: the phone repeats it until an answer has come."""
    told = {"device": device.id, **{name: incident[name] for name in ("kind", "details", "at")}}
    key = sha256_hex(canonical_bytes(told))
    if tx.session.get(Incident, (device.branch_id, key)) is not None:
        return
    tx.session.add(
        Incident(
            branch_id=device.branch_id,
            id=key,
            device_id=device.id,
            kind=incident["kind"],
            details=canonical_bytes(incident["details"]).decode(),
            at_ms=incident["at"],
        )
    )
    tx.session.flush()
