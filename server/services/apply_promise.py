"""An intention to repay, and a promise with a date and an amount."""

from __future__ import annotations

import json

from sqlalchemy import select

from server.db import Tx
from server.services.body import number, text, texts
from server.tables import EventRow, Intention
from sync.store import Recorded
from sync.verdicts import Verdict


def on_intention_recorded(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """An intention without a date."""
    tx.rows.add(_row(tx, recorded))


def on_promise_made(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """A promise; the ones it names are superseded by it and stay to be read."""
    body = recorded.event.body
    row = _row(tx, recorded)
    row.amount_fen, row.due_on = number(body, "amount_fen"), text(body, "due_on")
    row.superseded_by = _superseded_before(tx, recorded)
    tx.rows.add(row)
    for target in texts(body, "supersedes"):
        older = tx.rows.get(Intention, tx.branch_id, target)
        if older is not None and _comes_later(tx, recorded, older.superseded_by):
            older.superseded_by = recorded.event.hash


def _superseded_before(tx: Tx, recorded: Recorded) -> str | None:
    """The promise that names this one and was applied without waiting for it any longer."""
    event = recorded.event
    tx.rows.flush()
    rows = tx.session.execute(
        select(EventRow.seq, EventRow.hash, EventRow.canonical)
        .join(
            Intention,
            (Intention.branch_id == EventRow.branch_id) & (Intention.event_hash == EventRow.hash),
        )
        .where(
            Intention.branch_id == tx.branch_id,
            Intention.loan_id == text(event.body, "loan"),
            Intention.due_on.is_not(None),
        )
    )
    naming = [
        (row.seq, row.hash)
        for row in rows
        if event.hash in json.loads(row.canonical)["body"]["supersedes"]
    ]
    return max(naming)[1] if naming else None


def _comes_later(tx: Tx, recorded: Recorded, other: str | None) -> bool:
    """Of two promises that supersede one, the later in the lane does; they may arrive late."""
    if other is None:
        return True
    held = tx.session.scalars(
        select(EventRow.seq).where(EventRow.branch_id == tx.branch_id, EventRow.hash == other)
    ).one()
    return (recorded.event.seq, recorded.event.hash) > (held, other)


def _row(tx: Tx, recorded: Recorded) -> Intention:
    body = recorded.event.body
    return Intention(
        branch_id=tx.branch_id,
        event_hash=recorded.event.hash,
        household_id=text(body, "household"),
        loan_id=text(body, "loan"),
        officer_id=recorded.holder,
        on_day=recorded.effective_on,
        amount_fen=None,
        due_on=None,
        superseded_by=None,
    )
