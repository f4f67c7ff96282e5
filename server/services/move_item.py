"""The custody register (S211): a thing is put down, changes hands, or leaves, each by an event.

Two different people answer for everything in it: one has it, the other signs with him. Neither
can move it alone, and the book says who had it on any day.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from server.clock import day_of
from server.db import Tx, transaction
from server.services import office_events
from server.tables import KeptItem, Staff
from sync.problems import Problem

KINDS = ("receipt_book", "seal", "collateral_paper", "vault_key", "other")
NAME_CHARS = 100
REASON_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a thing is from now on, who answers for it, and why that changed.

    leaves  It goes out of the register: destroyed, given back to its owner. The two people then
            are those who saw it go.
    """

    custodian: str
    countersigner: str
    place: str
    reason: str
    leaves: bool = False


def put_down_item(branch_id: str, kind: str, name: str, move: Move, *, by: str) -> str:
    """Enter a new thing into the register; its id.

    Refuses `form_invalid`, `custody_one_name` if one person is named twice, `staff_unknown`.
    """
    name = _text("name", name, NAME_CHARS)
    if kind not in KINDS:
        raise Problem("form_invalid", field="kind", rule="one_of_the_list")
    with transaction(branch_id, actor=by, cause="put_down_item") as tx:
        office_events.branch_lane(tx)
        count = tx.session.scalar(
            select(func.count()).select_from(KeptItem).where(KeptItem.branch_id == branch_id)
        )
        row = KeptItem(
            branch_id=branch_id, id=f"K{(count or 0) + 1:04d}", kind=kind, name=name, place="",
            custodian_id="", countersigner_id="", state="kept", moved_on="", moved_by="",
        )  # fmt: skip
        _move(tx, row, move, before=None)
        tx.session.add(row)
        return row.id


def move_item(branch_id: str, item_id: str, move: Move, *, by: str) -> None:
    """A thing changes hands, place, or leaves the register.

    Refuses what `put_down_item` refuses, `not_found`, `item_left` for one that has left, and
    `item_not_moved` if nothing would change.
    """
    with transaction(branch_id, actor=by, cause="move_item") as tx:
        office_events.branch_lane(tx)
        row = tx.session.get(KeptItem, (branch_id, item_id))
        if row is None:
            raise Problem("not_found")
        if row.state != "kept":
            raise Problem("item_left", name=row.name)
        same = (row.custodian_id, row.countersigner_id, row.place)
        if not move.leaves and same == (move.custodian, move.countersigner, move.place.strip()):
            raise Problem("item_not_moved", name=row.name)
        _move(tx, row, move, before=row)


def _move(tx: Tx, row: KeptItem, move: Move, *, before: KeptItem | None) -> None:
    _check_people(tx, move)
    place = _text("place", move.place, NAME_CHARS)
    body: dict[str, object] = {
        "item": row.id,
        "kind": row.kind,
        "name": row.name,
        "day": day_of(tx.now_ms),
        "from_custodian": before.custodian_id if before else None,
        "from_countersigner": before.countersigner_id if before else None,
        "from_place": before.place if before else None,
        "custodian": move.custodian,
        "countersigner": move.countersigner,
        "place": place,
        "state": "released" if move.leaves else "kept",
        "reason": _text("reason", move.reason, REASON_CHARS),
    }
    row.moved_by = office_events.record(tx, "custody.item_moved", body, actor=tx.actor)
    row.custodian_id, row.countersigner_id = move.custodian, move.countersigner
    row.place, row.moved_on = place, day_of(tx.now_ms)
    row.state = "released" if move.leaves else "kept"


def _check_people(tx: Tx, move: Move) -> None:
    for staff_id in (move.custodian, move.countersigner):
        person = tx.session.get(Staff, (tx.branch_id, staff_id))
        if person is None or not person.is_active:
            raise Problem("staff_unknown", staff=staff_id[:40])
    if move.custodian == move.countersigner:
        raise Problem("custody_one_name")


def _text(field: str, value: str, chars: int) -> str:
    value = value.strip()
    if not 1 <= len(value) <= chars:
        raise Problem("form_invalid", field=field, rule=f"1–{chars}")
    return value
