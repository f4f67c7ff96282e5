"""Cash goes to the bank, and the day is shut (日清日结): what is shut is never changed again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from server.clock import day_of
from server.db import Tx, transaction
from server.services import ledger, office_events
from server.services.cash_day import (
    CashDay,
    cash_day,
    check_day_open,
    first_open_day,
    hands,
    vault_fen,
)
from server.tables import DayClose, EventRow, Staff
from sync.amounts import format_yuan
from sync.books import deposit_legs
from sync.canonical import canonical_bytes
from sync.problems import Problem


def deposit(branch_id: str, amount_fen: int, slip_no: str, *, by: str) -> str:
    """Bring cash of the vault to the bank today (解款); the hash of the event.

    Refuses `form_invalid` without a slip number, `deposit_over_vault`, `slip_no_used` for a slip
    that was entered before, and a closed day.
    """
    slip_no = slip_no.strip()
    if not 1 <= len(slip_no) <= 40:
        raise Problem("form_invalid", field="解款单号", rule="1–40")
    if amount_fen < 1:
        raise Problem("amount_invalid", rule="positive")
    with transaction(branch_id, actor=by, cause="deposit") as tx:
        day = day_of(tx.now_ms)
        office_events.branch_lane(tx)
        check_day_open(tx.session, branch_id, day)
        held_fen = vault_fen(tx.session, branch_id)
        if amount_fen > held_fen:
            raise Problem(
                "deposit_over_vault",
                amount_yuan=format_yuan(amount_fen),
                vault_yuan=format_yuan(held_fen),
            )
        _check_slip(tx, slip_no)
        body = {"day": day, "amount_fen": amount_fen, "slip_no": slip_no}
        event_hash = office_events.record(tx, "cash.deposited", body, actor=by)
        ledger.post(tx, event_hash, deposit_legs(amount_fen), day)
        return event_hash


def close_day(
    branch_id: str, day: str, *, by: str, in_field: Mapping[str, str] | None = None
) -> str:
    """Shut a day; the hash of the event.

    in_field  Officer -> why his cash was not counted. Whoever holds cash and is not named here
              stops the close: no cash is forgotten, and none is invented to make it fit.

    A receipt that arrives later belongs to the day on which its cash is counted, and keeps its own
    true date. Refuses `day_in_future`, `day_already_closed`, `earlier_day_open`,
    `day_has_open_cash`, `day_does_not_balance`.
    """
    stated = {officer: why.strip()[:200] for officer, why in (in_field or {}).items()}
    with transaction(branch_id, actor=by, cause="close_day") as tx:
        office_events.branch_lane(tx)
        _check_may_close(tx, day)
        held = hands(tx.session, branch_id)
        _check_hands(tx, held, stated)
        figures = cash_day(tx.session, branch_id, day)
        if figures.difference_fen:
            difference_yuan = format_yuan(figures.difference_fen)
            raise Problem("day_does_not_balance", day=day, difference_yuan=difference_yuan)
        return _write(tx, figures, {who: (fen, stated[who]) for who, fen in held.items()})


def _check_hands(tx: Tx, held: Mapping[str, int], stated: Mapping[str, str]) -> None:
    for officer_id, fen in held.items():
        if not stated.get(officer_id):
            officer = tx.session.get(Staff, (tx.branch_id, officer_id))
            name = officer.name if officer else officer_id
            raise Problem("day_has_open_cash", officer=name, amount_yuan=format_yuan(fen))


def _check_slip(tx: Tx, slip_no: str) -> None:
    # A slip number stands in the canonical bytes of its event, in one form only.
    mark = b'"slip_no":' + canonical_bytes(slip_no)
    bodies = tx.session.scalars(
        select(EventRow.canonical).where(
            EventRow.branch_id == tx.branch_id, EventRow.kind == "cash.deposited"
        )
    )
    if any(mark in bytes(body) for body in bodies):
        raise Problem("slip_no_used", slip_no=slip_no)


def _check_may_close(tx: Tx, day: str) -> None:
    if day > day_of(tx.now_ms):
        raise Problem("day_in_future", day=day)
    check_day_open(tx.session, tx.branch_id, day)
    earlier = first_open_day(tx.session, tx.branch_id, day)
    if earlier is not None:
        raise Problem("earlier_day_open", day=day, earlier=earlier)


def _write(tx: Tx, figures: CashDay, in_field: Mapping[str, tuple[int, str]]) -> str:
    body = {
        "day": figures.day,
        "opening_fen": figures.opening_fen,
        "receipts_fen": figures.receipts_fen,
        "counted_fen": figures.counted_fen,
        "variance_fen": figures.variance_fen,
        "deposited_fen": figures.deposited_fen,
        "paid_out_fen": figures.paid_out_fen,
        "closing_fen": figures.closing_fen,
        "counts": [count.event_hash for count in figures.counts],
        "deposits": [deposit.event_hash for deposit in figures.deposits],
        "in_field": [
            {"officer": officer, "hand_fen": fen, "reason": why}
            for officer, (fen, why) in sorted(in_field.items())
        ],
    }
    event_hash = office_events.record(tx, "day.closed", body, actor=tx.actor)
    tx.session.add(
        DayClose(
            branch_id=tx.branch_id,
            day=figures.day,
            event_hash=event_hash,
            cashier_id=tx.actor,
            receipts_fen=figures.receipts_fen,
            counted_fen=figures.counted_fen,
            variance_fen=figures.variance_fen,
            deposited_fen=figures.deposited_fen,
            at_ms=tx.now_ms,
        )
    )
    return event_hash
