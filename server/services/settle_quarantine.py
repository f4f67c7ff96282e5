"""A supervisor settles an event that was kept: released, void, numbered anew, or kept aside."""

from __future__ import annotations

from server.db import Tx, transaction
from server.keys import installation_secret
from server.services import feed, office_events
from server.services.projection import Projection
from server.stores.push_store import SqlPushStore
from server.tables import EventRow
from sync.problems import Problem
from sync.store import Recorded
from sync.tend import rule
from sync.verdicts import Verdict

NOTE_CHARS = 200


def settle_quarantine(branch_id: str, target: str, action: str, note: str, *, by: str) -> Verdict:
    """Rule on a kept event; its verdict afterwards. The ruling is an event of the office.

    What follows from the event is written in the same transaction: legs move from suspense to the
    loan, phones hear of the verdict and of the rows. Refuses `ruling_note_missing`, `own_record`,
    and what `sync.tend.rule` refuses; nothing is saved then.
    """
    note = note.strip()[:NOTE_CHARS]
    if not note:
        raise Problem("ruling_note_missing")
    with transaction(branch_id, actor=by, cause="settle_quarantine") as tx:
        office_events.branch_lane(tx)  # two supervisors rule one after the other
        _check_not_own(tx, target, by)
        projection = Projection(tx)
        store = SqlPushStore(tx, projection)
        before, after = rule(store, installation_secret(), target, action)
        recorded = store.find(target)
        assert recorded is not None, "a ruling is on a stored event"
        _record(tx, recorded, {"action": action, "note": note}, (before, after))
        projection.close()
        if recorded.event.kind.startswith("cash."):
            # Its verdict is told anew: with it the sum that has this cash in it, also after a
            # "keep", or a second phone takes the slip for one that the sum does not have yet.
            feed.touch_hand(tx, recorded.holder)
        store.close({target: by})
    return after


def _check_not_own(tx: Tx, target: str, by: str) -> None:
    row = tx.session.get(EventRow, (tx.branch_id, target))
    if row is not None and row.actor == by:
        raise Problem("own_record")


def _record(
    tx: Tx, recorded: Recorded, said: dict[str, object], verdicts: tuple[Verdict, Verdict]
) -> None:
    before, after = verdicts
    body = {
        "target": recorded.event.hash,
        **said,
        "was": before.reason or before.verdict,
        "verdict": after.verdict,
        "reason": after.reason,
    }
    event = recorded.event
    office_events.record(
        tx, "quarantine.resolved", body, actor=tx.actor, case=event.case, subject=event.subject
    )
