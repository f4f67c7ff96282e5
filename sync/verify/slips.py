"""Every receipt as it follows from the events: its number, state, holder, and who counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.books import cash_of
from sync.parts import PARTS
from sync.receipts import printed_number
from sync.verify.records import Event
from sync.verify.world import World

_CHARS = 64  # of what a body says that has not been checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A receipt. state as the server has it: applied, voided, or quarantined.

    number      As printed; with the check characters behind it if a supervisor ruled so.
    held_by     Who has its cash: nobody any more once it is void or counted.
    counted_by  Hash of the count that took its cash over.
    """

    event: Event
    number: str
    state: str
    cash_fen: int
    counted_by: str | None

    @property
    def held_by(self) -> str | None:
        """Who answers for its cash now."""
        is_held = self.counted_by is None and self.state != "voided"
        return self.event.holder if is_held else None


def slips_of(world: World) -> dict[str, Slip]:
    """Receipt event -> its slip. Notes what is counted twice, or counted and not there."""
    counted = _counts(world)
    voided = {
        str(event.body.get("target")) for event in world.of_kind("cash.void") if event.is_applied
    }
    renumbered = {
        event.body.get("target")
        for event in world.of_kind("quarantine.resolved")
        if event.body.get("action") == "reassign_number"
    }
    return {
        event.hash: Slip(
            event=event,
            number=_number(event, event.hash in renumbered),
            state=_state(event, event.hash in voided),
            cash_fen=cash_of(event.body) or 0,
            counted_by=counted.get(event.hash),
        )
        for event in world.of_kind("cash.receipt")
    }


def check_rows(world: World, slips: Mapping[str, Slip]) -> None:
    """The receipts of the office are those of the events, field by field."""
    rows = world.once("receipt", "event", "event")
    for row in rows.values():
        place = {"line": row["line"], "receipt": row["receipt_no"]}
        if row["event"] not in slips:
            world.findings.broken("receipt_wrong", field="event", **place)
            continue
        for field, should in _fields(slips[row["event"]]).items():
            if row[field] != should:
                world.findings.broken("receipt_wrong", field=field, should=should, **place)
    for event_hash in slips.keys() - rows.keys():
        world.findings.broken("receipt_missing", **world.where(slips[event_hash].event))


def _fields(slip: Slip) -> dict[str, object]:
    event, body = slip.event, slip.event.body
    parts = {f"{part}_fen": _fen(body.get(f"{part}_fen")) for part in PARTS}
    return {
        "receipt_no": slip.number,
        "loan": _clipped(body.get("loan")),
        "officer": event.holder,
        "amount_fen": slip.cash_fen,
        **parts,
        "method": _clipped(body.get("method")),
        "effective_on": event.effective_on,
        "state": slip.state,
        "counted_by": slip.counted_by,
    }


def _counts(world: World) -> dict[str, str]:
    counted: dict[str, str] = {}
    for count in world.of_kind("cash.counted"):
        listed = count.body.get("receipts")
        for target in listed if isinstance(listed, list) else []:
            event = world.events.get(str(target))
            if event is None or event.kind != "cash.receipt":
                world.findings.broken("counted_unknown", hash=target, **world.where(count))
            elif target in counted:
                world.findings.broken("counted_twice", **world.where(event))
            counted[str(target)] = count.hash
    return counted


def _number(event: Event, is_renumbered: bool) -> str:
    said = _clipped(event.body.get("receipt_no"))
    return printed_number(said, event.hash) if is_renumbered else said


def _state(event: Event, is_voided: bool) -> str:
    verdict = event.latest.verdict if event.latest else ""
    if is_voided or verdict == "voided":
        return "voided"
    return "applied" if verdict == "applied" else "quarantined"


def _clipped(value: object) -> str:
    return value.replace("\0", "")[:_CHARS] if isinstance(value, str) else ""


def _fen(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
