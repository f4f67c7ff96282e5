"""A phone is lost or given back: it reads nothing more, and what it still sends is kept aside."""

from __future__ import annotations

from sqlalchemy import select

from server.db import transaction
from server.services import feed, office_events
from server.services.book_states import suspend
from server.services.close_lanes import close_lanes_in
from server.tables import Device, Lane, ReceiptBook
from sync.problems import Problem

# Lost, stolen, its officer leaves, a newer phone takes its place, something else.
REASONS = ("lost", "stolen", "leaver", "replaced", "other")


def revoke_device(branch_id: str, device_id: str, *, by: str, reason: str = "other") -> None:
    """Revoke a phone and suspend the receipt books of its lanes (U19). Again does nothing.

    Refuses `device_unknown`, and `form_invalid` for a reason that is not one of REASONS.
    """
    if reason not in REASONS:
        raise Problem("form_invalid", field="reason", rule="one_of_the_list")
    with transaction(branch_id, actor=by, cause="revoke_device") as tx:
        device = tx.session.get(Device, (branch_id, device_id), with_for_update=True)
        if device is None:
            raise Problem("device_unknown")
        if device.status == "revoked":
            return
        device.status, device.revoked_at_ms = "revoked", tx.now_ms
        lane_ids = tx.session.scalars(
            select(Lane.id).where(Lane.branch_id == branch_id, Lane.device_id == device_id)
        ).all()
        books = tx.session.scalars(
            select(ReceiptBook).where(
                ReceiptBook.branch_id == branch_id,
                ReceiptBook.lane_id.in_(lane_ids),
                ReceiptBook.state == "issued",
            )
        ).all()
        for book in books:
            suspend(tx, book, device_id=device_id, reason=reason)
        body = {
            "device": device_id,
            "officer": device.officer_id,
            "reason": reason,
            "lanes": sorted(lane_ids),
            "books": sorted(book.id for book in books),
        }
        office_events.record(tx, "device.revoked", body, actor=by)
        feed.touch_me(tx, device.officer_id)
        feed.touch_phone_holders(tx)
        tx.session.flush()
        close_lanes_in(tx)
