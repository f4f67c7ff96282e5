"""Every receipt as it follows from the events: its number, state, holder, and who counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.books import cash_of, is_by_bank
from sync.handovers import Handing
from sync.parts import PARTS
from sync.receipts import printed_number
from sync.verify.handings import Handings
from sync.verify.records import Event
from sync.verify.world import World

_CHARS = 64  # of what a body says that has not been checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A receipt. state as the server has it: applied, voided, or quarantined.

    number      As printed; with the check characters behind it if a supervisor ruled so.
    held_by     Who has its cash: nobody any more once it is void or counted.
    listed_by   Hash of the count at the counter that took its cash over.
    path        The handovers in person through which its cash went.
    posted      The day on which the core system booked it, and the event that says so.
    """

    event: Event
    number: str
    state: str
    cash_fen: int
    listed_by: str | None
    path: tuple[Handing, ...] = ()
    posted: tuple[str | None, str | None] = (None, None)

    @property
    def held_by(self) -> str | None:
        """Who answers for its cash now."""
        is_held = self.counted_by is None and self.state != "voided"
        is_held = is_held and not is_by_bank(self.event.body)
        return (self.handed_to or self.event.holder) if is_held else None

    @property
    def handed_to(self) -> str | None:
        """Who got its cash last from hand to hand; None if nobody did, or the cashier."""
        return self.path[-1].receiver if self.path else None

    @property
    def counted_by(self) -> str | None:
        """Hash of the event that brought its cash into the vault."""
        in_the_field = self.path and self.path[-1].receiver is None
        return self.listed_by or (self.path[-1].taken if in_the_field else None)

    @property
    def holders(self) -> set[str | None]:
        """All who have had its cash in their hands."""
        return {self.event.holder, *(handing.receiver for handing in self.path)}


def slips_of(world: World, handings: Handings) -> dict[str, Slip]:
    """Receipt event -> its slip. Notes what is counted twice, or counted and not there."""
    counted, posted = _counts(world), _postings(world)
    voided = {
        str(event.body.get("target")) for event in world.of_kind("cash.void") if event.is_applied
    }
    voided |= {
        str(event.body.get("receipt"))
        for event in world.of_kind("reversal.decided", "transfer.bounced")
        if event.kind == "transfer.bounced" or event.body.get("decision") == "approved"
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
            listed_by=counted.get(event.hash),
            path=() if is_by_bank(event.body) else tuple(handings.path(event.lane, event.seq)),
            posted=posted.get(event.hash, (None, None)),
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
        slip = slips[row["event"]]
        if not _is_with(slip, row["handed_to"]):
            world.findings.broken("receipt_wrong", field="handed_to", **place)
        for field, should in _fields(slip).items():
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
        **({"counted_by": slip.counted_by} if slip.state != "voided" else {}),
        "posted_on": slip.posted[0],
        "posted_by": slip.posted[1],
    }


def _is_with(slip: Slip, handed_to: str | None) -> bool:
    """Is it who holds it? Of a slip that was counted at the counter: somebody who had it."""
    if slip.state == "voided":
        return True
    if slip.listed_by is not None:
        return (handed_to or slip.event.holder) in slip.holders
    return handed_to == slip.handed_to


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
    for cleared in world.of_kind("transfer.cleared"):
        counted.setdefault(str(cleared.body.get("receipt")), cleared.hash)
    return counted


def _postings(world: World) -> dict[str, tuple[str | None, str | None]]:
    """Receipt -> when the core system booked it, by its file or by a settled exception."""
    posted: dict[str, tuple[str | None, str | None]] = {}
    matched = world.of_kind("core.matched", "core.exception_settled")
    for event in sorted(matched, key=lambda event: event.seq):
        for match in _matches(event):
            target, day = str(match.get("receipt")), match.get("posted_on")
            slip = world.events.get(target)
            if slip is None or slip.kind != "cash.receipt" or not isinstance(day, str):
                world.findings.broken("posted_unknown", hash=target, **world.where(event))
            elif match.get("amount_fen", slip.body.get("amount_fen")) != cash_of(slip.body):
                world.findings.broken("posted_amount", **world.where(slip))
            posted[target] = (day if isinstance(day, str) else None, event.hash)
    return posted


def _matches(event: Event) -> list[dict[str, Any]]:
    said = event.body.get("matches")
    if event.kind == "core.matched":
        return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    is_taken = event.body.get("decision") == "taken" and event.body.get("receipt")
    return [{name: event.body.get(name) for name in ("receipt", "posted_on")}] if is_taken else []


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
