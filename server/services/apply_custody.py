"""Cash handed over in person: its two sides, and who holds the receipts' cash then."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from server.db import Tx
from server.services import feed
from server.services.body import clipped
from server.stores.handovers import handings_from, open_day
from server.tables import CashCount, CashHandover, EventRow, ReceiptRow
from sync.books import BY_BANK
from sync.canonical import canonical_bytes
from sync.events import Envelope
from sync.handovers import Handing, last_handing
from sync.store import Recorded
from sync.verdicts import Verdict

CAUSE_CHARS = 200


def on_custody_handed(tx: Tx, recorded: Recorded, verdict: Verdict) -> None:
    """The offer as a row, whatever its verdict: a person must see what is not confirmed."""
    row = tx.rows.get(CashHandover, tx.branch_id, recorded.event.hash)
    if row is None:
        row = _new_row(tx, recorded)
        tx.rows.add(row)
    row.state = _state(verdict)
    row.giver_id = recorded.holder


def _state(verdict: Verdict) -> str:
    if verdict.verdict in ("parked", "applied") or verdict.reason == "need_never_came":
        return "taken" if verdict.verdict == "applied" else "open"
    return "voided" if verdict.verdict == "voided" else "kept"


def _new_row(tx: Tx, recorded: Recorded) -> CashHandover:
    event, body = recorded.event, recorded.event.body
    return CashHandover(
        branch_id=tx.branch_id,
        handed_hash=event.hash,
        lane_id=event.lane,
        seq=event.seq,
        giver_id=recorded.holder,
        receiver_id=clipped(body, "to"),
        amount_fen=_fen(body.get("amount_fen")),
        expected_fen=_fen(body.get("expected_fen")),
        cause=clipped(body, "cause", CAUSE_CHARS) or None,
        handed_at_ms=recorded.effective_at_ms,
        recorded_at_ms=recorded.recorded_at_ms,
        state="open",
    )


def _fen(value: object) -> int:
    is_fen = isinstance(value, int) and not isinstance(value, bool)
    return value if is_fen else 0  # type: ignore[return-value]


def on_custody_taken(tx: Tx, recorded: Recorded, _verdict: Verdict) -> None:
    """Both sides agree: the receipts' cash is with the receiver, or counted into the vault."""
    event, body = recorded.event, recorded.event.body
    row = tx.rows.get_one(CashHandover, tx.branch_id, body["handed"])
    row.taken_hash, row.taken_lane, row.taken_seq = event.hash, event.lane, event.seq
    row.into, row.counted_fen = clipped(body, "into"), _fen(body["amount_fen"])
    row.taken_cause = clipped(body, "cause", CAUSE_CHARS) or None
    row.taken_at_ms = recorded.effective_at_ms
    if row.into == "vault":
        tx.rows.add(_count_row(tx, recorded, row))
    tx.rows.settle()
    _place_all(tx, row.giver_id)


def _count_row(tx: Tx, recorded: Recorded, row: CashHandover) -> CashCount:
    """What a cashier took in the field stands on the day sheet as what she takes at the counter."""
    expected_fen, counted_fen = row.expected_fen, row.counted_fen or 0
    return CashCount(
        branch_id=tx.branch_id,
        event_hash=recorded.event.hash,
        officer_id=row.giver_id,
        cashier_id=recorded.holder,
        day=open_day(tx.session, tx.branch_id, recorded),
        expected_fen=expected_fen,
        counted_fen=counted_fen,
        variance_fen=counted_fen - expected_fen,
        cause=row.taken_cause,
        denominations=_pieces(recorded.event.body["denominations"]),
        at_ms=recorded.effective_at_ms,
    )


def _pieces(denominations: object) -> str:
    assert isinstance(denominations, Mapping)
    return canonical_bytes({piece: n for piece, n in denominations.items() if n}).decode()


def _place_all(tx: Tx, giver_id: str) -> None:
    """Who holds the cash of each receipt that was the giver's, his own or taken from others."""
    rows = tx.session.execute(
        select(ReceiptRow, EventRow.lane_id, EventRow.seq)
        .join(
            EventRow,
            (EventRow.branch_id == ReceiptRow.branch_id) & (EventRow.hash == ReceiptRow.event_hash),
        )
        .where(
            ReceiptRow.branch_id == tx.branch_id,
            ReceiptRow.counted_by.is_(None),
            ReceiptRow.method.notin_(BY_BANK),  # in nobody's hand
            or_(ReceiptRow.officer_id == giver_id, ReceiptRow.handed_to == giver_id),
        )
        .with_for_update(of=ReceiptRow)
    ).all()
    handings: dict[str, list[Handing]] = {}
    for row, lane_id, seq in rows:
        if lane_id not in handings:
            handings[lane_id] = handings_from(tx.session, tx.branch_id, lane_id)
        _place(row, last_handing(lane_id, seq, handings[lane_id]))
        if row.counted_by is not None:
            feed.touch_slips(tx, row)
    tx.session.flush()


def place_late(tx: Tx, row: ReceiptRow, event: Envelope) -> None:
    """A receipt that comes after a later handover of its lane: its cash has gone with that."""
    handings = tx.rows.once(
        ("handings", event.lane), lambda: handings_from(tx.session, tx.branch_id, event.lane)
    )
    if handings and row.method not in BY_BANK:
        _place(row, last_handing(event.lane, event.seq, handings))


def _place(row: ReceiptRow, last: Handing | None) -> None:
    if last is not None and row.state != "voided":
        row.handed_to = last.receiver
        if last.receiver is None:
            row.counted_by = last.taken
