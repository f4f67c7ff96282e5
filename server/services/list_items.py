"""The custody register as a page: what is kept, by whom, and every hand it went through."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.staff_names import names
from server.tables import EventRow, KeptItem, ReceiptBook, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMove:
    """One line of the history of a thing. Who had it before; None when it was put down."""

    day: str
    at_ms: int
    by: str
    custodian: str
    countersigner: str
    place: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One thing of the register. A receipt book in use has no moves here: its page tells them."""

    id: str
    kind: str
    name: str
    place: str
    custodian: str
    countersigner: str
    state: str
    moved_on: str
    moves: tuple[ItemMove, ...]
    custodian_id: str
    countersigner_id: str


def kept_items(branch_id: str) -> list[ItemLine]:
    """Everything that was ever put down, what is still kept first."""
    with snapshot() as session:
        who = names(session, branch_id)
        moves = _moves(session, branch_id, who)
        rows = session.scalars(
            select(KeptItem)
            .where(KeptItem.branch_id == branch_id)
            .order_by(KeptItem.state, KeptItem.kind, KeptItem.id)
        ).all()
        return [
            ItemLine(
                id=row.id,
                kind=row.kind,
                name=row.name,
                place=row.place,
                custodian=who.get(row.custodian_id, row.custodian_id),
                countersigner=who.get(row.countersigner_id, row.countersigner_id),
                state=row.state,
                moved_on=row.moved_on,
                moves=tuple(moves.get(row.id, ())),
                custodian_id=row.custodian_id,
                countersigner_id=row.countersigner_id,
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookInUse:
    """A receipt book that somebody holds: its holder has it, the cashier who gave it signed."""

    first_to_last: str
    holder: str
    issued_by: str
    state: str
    issued_at_ms: int


def books_in_use(branch_id: str) -> list[BookInUse]:
    """Receipt books whose numbers may still be used, or are suspended with a phone."""
    with snapshot() as session:
        who = names(session, branch_id)
        rows = session.scalars(
            select(ReceiptBook)
            .where(
                ReceiptBook.branch_id == branch_id,
                ReceiptBook.state.in_(("issued", "suspended")),
            )
            .order_by(ReceiptBook.prefix, ReceiptBook.from_no)
        ).all()
        return [
            BookInUse(
                first_to_last=row.id,
                holder=who.get(row.holder_id, row.holder_id),
                issued_by=who.get(row.issued_by, row.issued_by),
                state=row.state,
                issued_at_ms=row.issued_at_ms,
            )
            for row in rows
        ]


def people(branch_id: str) -> list[tuple[str, str]]:
    """Everybody who works in the branch, as (id, name)."""
    with snapshot() as session:
        rows = session.execute(
            select(Staff.id, Staff.name)
            .where(Staff.branch_id == branch_id, Staff.is_active)
            .order_by(Staff.id)
        )
        return [(row.id, row.name) for row in rows]


def _moves(session: Session, branch_id: str, who: dict[str, str]) -> dict[str, list[ItemMove]]:
    events = session.scalars(
        select(EventRow)
        .where(EventRow.branch_id == branch_id, EventRow.kind == "custody.item_moved")
        .order_by(EventRow.recorded_at_ms, EventRow.seq)
    )
    found: dict[str, list[ItemMove]] = {}
    for event in events:
        body = json.loads(event.canonical)["body"]
        move = ItemMove(
            day=body["day"],
            at_ms=event.recorded_at_ms,
            by=who.get(event.actor, event.actor),
            custodian=who.get(body["custodian"], body["custodian"]),
            countersigner=who.get(body["countersigner"], body["countersigner"]),
            place=body["place"],
            state=body["state"],
            reason=body["reason"],
        )
        found.setdefault(body["item"], []).append(move)
    return found
