"""What does not fit between the core system and us: listed with owner and age, settled with reason.

A receipt that is not posted in time has no line; it is found by looking, until it is posted or
settled. Everything else was written when its file was taken in.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from server.clock import day_of, today
from server.db import Tx, snapshot, transaction
from server.keys import running_settings
from server.office.core_match import MAY_BE_TAKEN
from server.services import office_events
from server.services.core_import import mark_posted
from server.services.staff_names import names
from server.tables import CashCount, CoreException, CoreLineRow, Household, ReceiptRow
from sync.dates import add_days, days_between, parse_date
from sync.problems import Problem

DECISIONS = ("taken", "dismissed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLine:
    """One exception for the page. age_days: since it was opened, or until it was settled.

    line      The posting, None if there is none.    receipt  The receipt, None if there is none.
    may_take  Settling may say that the line is the posting of the receipt.
    """

    id: str
    kind: str
    owner: str
    opened_on: str
    age_days: int
    line: CoreLineRow | None
    receipt: ReceiptRow | None
    household: str
    decision: str | None = None
    reason: str | None = None
    settled_by: str | None = None
    settled_on: str | None = None

    @property
    def may_take(self) -> bool:
        """Nothing else can be taken: a void receipt is not posted, a posted one not twice."""
        return self.kind in MAY_BE_TAKEN and self.receipt is not None


def exceptions(branch_id: str, *, settled: bool = False) -> list[ExceptionLine]:
    """The open exceptions, the oldest first; or those that were settled, the newest first."""
    with snapshot() as session:
        state = "settled" if settled else "open"
        rows = session.scalars(
            select(CoreException).where(
                CoreException.branch_id == branch_id, CoreException.state == state
            )
        ).all()
        lines = [_line(session, row) for row in rows]
        if settled:
            return sorted(lines, key=lambda one: (one.settled_on or "", one.id), reverse=True)
        lines += [_line(session, row) for row in _by_looking(session, branch_id)]
        return sorted(lines, key=lambda one: (one.opened_on, one.id))


def count_open(session: Session, branch_id: str) -> int:
    """How many exceptions wait for somebody."""
    written = session.scalar(
        select(func.count())
        .select_from(CoreException)
        .where(CoreException.branch_id == branch_id, CoreException.state == "open")
    )
    return int(written or 0) + len(_by_looking(session, branch_id))


def settle_exception(
    branch_id: str, exception_id: str, decision: str, reason: str, *, by: str
) -> str:
    """Settle an exception for good; the hash of the event.

    decision  taken: the line is the posting of the receipt, which is posted by this; its amounts
              stay as they are.    dismissed: it is not, or the difference was settled elsewhere.

    Refuses `core_exception_unknown`, `core_exception_settled`, `core_reason_missing`,
    `core_cannot_take`.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise Problem("core_reason_missing")
    if decision not in DECISIONS:
        raise Problem("form_invalid", field="处理", rule="认定／不认定")
    with transaction(branch_id, actor=by, cause="settle_core_exception") as tx:
        office_events.branch_lane(tx)
        row = _find(tx, exception_id)
        line = tx.session.get(CoreLineRow, (branch_id, row.line_key)) if row.line_key else None
        takes = decision == "taken"
        if takes:
            _check_may_take(tx, row, line)
        body = {
            "exception": row.id,
            "kind": row.kind,
            "decision": decision,
            "reason": reason,
            "receipt": row.receipt,
            "posted_on": line.posted_on if line and takes else None,
        }
        event_hash = office_events.record(tx, "core.exception_settled", body, actor=by)
        row.state, row.decision, row.reason = "settled", decision, reason
        row.settled_by, row.settled_by_id, row.settled_on = event_hash, by, day_of(tx.now_ms)
        if takes and line and row.receipt:
            line.receipt = row.receipt
            mark_posted(tx, {row.receipt: line.posted_on}, event_hash)
        return event_hash


def _check_may_take(tx: Tx, row: CoreException, line: CoreLineRow | None) -> None:
    """One line, one receipt: neither may have found another meanwhile."""
    receipt = tx.session.get(ReceiptRow, (tx.branch_id, row.receipt)) if row.receipt else None
    if row.kind not in MAY_BE_TAKEN or line is None or receipt is None:
        raise Problem("core_cannot_take")
    if line.receipt or receipt.posted_on or receipt.state == "voided":
        raise Problem("core_cannot_take")


def _find(tx: Tx, exception_id: str) -> CoreException:
    row = tx.session.get(CoreException, (tx.branch_id, exception_id), with_for_update=True)
    if row is None:
        wanted = [one for one in _by_looking(tx.session, tx.branch_id) if one.id == exception_id]
        if not wanted:
            raise Problem("core_exception_unknown")
        row = wanted[0]
        tx.session.add(row)
    elif row.state != "open":
        raise Problem("core_exception_settled")
    return row


def _by_looking(session: Session, branch_id: str) -> list[CoreException]:
    """What no file brings up: receipts not posted in time, and posted ones that became void."""
    last_day = add_days(parse_date(today()), -running_settings().core_days).isoformat()
    rows = session.execute(
        select(ReceiptRow, CashCount.day, CashCount.cashier_id)
        .join(
            CashCount,
            (CashCount.branch_id == ReceiptRow.branch_id)
            & (CashCount.event_hash == ReceiptRow.counted_by),
        )
        .where(
            ReceiptRow.branch_id == branch_id,
            or_(
                and_(
                    ReceiptRow.state == "applied",
                    ReceiptRow.posted_on.is_(None),
                    CashCount.day < last_day,
                ),
                and_(ReceiptRow.state == "voided", ReceiptRow.posted_on.is_not(None)),
            ),
        )
    ).all()
    written = set(
        session.scalars(select(CoreException.id).where(CoreException.branch_id == branch_id))
    )
    disputed = disputed_receipts(session, branch_id)
    found = [_unwritten(row.ReceiptRow, row.day, row.cashier_id) for row in rows]
    return [one for one in found if one.id not in written and one.receipt not in disputed]


def disputed_receipts(session: Session, branch_id: str) -> set[str]:
    """The receipts that an open exception is about: neither late nor to be exported meanwhile."""
    return set(
        session.scalars(
            select(CoreException.receipt).where(
                CoreException.branch_id == branch_id,
                CoreException.state == "open",
                CoreException.receipt.is_not(None),
            )
        )
    ) - {None}  # type: ignore[return-value]


def _unwritten(receipt: ReceiptRow, counted_on: str, cashier_id: str) -> CoreException:
    """An exception of a receipt alone. Its owner is who took the cash over."""
    is_void = receipt.state == "voided"
    return CoreException(
        branch_id=receipt.branch_id,
        id=f"{'void' if is_void else 'receipt'}:{receipt.event_hash}",
        kind="void_posted" if is_void else "receipt_without_line",
        line_key=None,
        receipt=receipt.event_hash,
        owner_id=cashier_id,
        opened_on=receipt.posted_on if is_void else counted_on,
        state="open",
    )


def _line(session: Session, row: CoreException) -> ExceptionLine:
    who = names(session, row.branch_id)
    line = session.get(CoreLineRow, (row.branch_id, row.line_key)) if row.line_key else None
    receipt = session.get(ReceiptRow, (row.branch_id, row.receipt)) if row.receipt else None
    home = session.get(Household, (row.branch_id, receipt.household_id)) if receipt else None
    until = parse_date(row.settled_on or today())
    return ExceptionLine(
        id=row.id,
        kind=row.kind,
        owner=who.get(row.owner_id, row.owner_id),
        opened_on=row.opened_on,
        age_days=days_between(parse_date(row.opened_on), until),
        line=line,
        receipt=receipt,
        household=home.name if home else "",
        decision=row.decision,
        reason=row.reason,
        settled_by=who.get(row.settled_by_id or "", row.settled_by_id)
        if row.settled_by_id
        else None,
        settled_on=row.settled_on,
    )
