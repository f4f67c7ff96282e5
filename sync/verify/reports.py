"""Frozen reports: the document that was sealed, and its cash from the receipts. Photos too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sync.canonical import sha256_hex
from sync.verify.records import Event
from sync.verify.slips import Slip
from sync.verify.world import World

_KINDS = ("report.issued", "report.corrected")


def check_reports(world: World, slips: Mapping[str, Slip]) -> None:
    """Each issued report is here, unchanged, and adds up to its receipts as they were then."""
    issued = {event.hash: event for event in world.of_kind(*_KINDS)}
    for row in world.once("report", "report_no", "report").values():
        event = issued.pop(row["event"], None)
        place = {"line": row["line"], "report": row["report_no"]}
        if event is None or _told(event) != (row["report_no"], row["corrects"]):
            world.findings.broken("report_unknown", **place)
            continue
        if sha256_hex(row["document"].encode()) != event.body.get("document_sha256"):
            world.findings.broken("report_changed", **place)
        for wrong in _wrong_cash(world, row["document"], event, slips):
            world.findings.broken("report_cash_wrong", field=wrong, **place)
    for event in issued.values():
        number = event.body.get("report_no")
        world.findings.broken("report_missing", report=number, **world.where(event))


def check_attachments(world: World) -> None:
    """Each photo bears the hash, size and role under which an event has promised it."""
    promised = {event.hash: event for event in world.of_kind("attachment.added")}
    held = world.once("attachment", "sha256", "attachment")
    for row in held.values():
        event = promised.get(row["event"])
        same = ("sha256", "size", "role", "media_type")
        if event is None or any(row[name] != event.body.get(name) for name in same):
            place = {"line": row["line"], "attachment": row["sha256"]}
            world.findings.broken("attachment_wrong", **place)
    for event in promised.values():
        if event.is_applied and event.body.get("sha256") not in held:
            place = world.where(event)
            world.findings.broken("attachment_wrong", attachment=event.body["sha256"], **place)


def _told(event: Event) -> tuple[object, object]:
    return event.body.get("report_no"), event.body.get("corrects")


def _wrong_cash(world: World, document: str, event: Event, slips: Mapping[str, Slip]) -> list[str]:
    """The cash figures of a document that are not the sums of its receipts."""
    try:
        figures = json.loads(document)["figures"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ["figures"]
    should = _cash(world, event, slips)
    if not isinstance(figures, dict):
        return ["figures"]
    return [name for name, figure in should.items() if figures.get(name) != figure]


def _cash(world: World, report: Event, slips: Mapping[str, Slip]) -> dict[str, Any]:
    """The receipts of the days of a report that were valid when it was issued, added up."""
    first, last = str(report.body.get("starts_on")), str(report.body.get("ends_on"))
    voided = {
        event.body.get("target")
        for event in world.of_kind("cash.void")
        if _word_at(event, report.tick) == "applied"
    }
    bodies = [
        slip.event.body
        for slip in slips.values()
        if first <= slip.event.effective_on <= last
        and slip.event.hash not in voided
        and _word_at(slip.event, report.tick) == "applied"
    ]
    return {
        "week_receipts": len(bodies),
        "week_cash_principal_fen": _sum(bodies, "principal_fen"),
        "week_cash_interest_fen": _sum(bodies, "interest_fen"),
        "week_cash_total_fen": _sum(bodies, "amount_fen"),
    }


def _sum(bodies: list[Mapping[str, Any]], name: str) -> int:
    return sum(body[name] for body in bodies if isinstance(body.get(name), int))


def _word_at(event: Event, tick: int) -> str | None:
    """The verdict on an event just before a tick."""
    words = [said.verdict.verdict for said in event.verdicts if said.tick < tick]
    return words[-1] if words else None
