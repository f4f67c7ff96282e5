"""What waits for the office today, as numbers on the first page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.cash_day import first_open_day, hands, vault_fen
from server.services.core_exceptions import count_open
from server.services.deposits import count_missed
from server.services.list_money import count_money
from server.services.list_promised import count_promised
from server.services.list_quarantine import count_kept
from server.services.offers import count_late
from server.tables import DayClose, Device, Household, Loan, NoticeRow, Sweep, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Numbers of the branch now. Amounts in fen."""

    households: int
    loans: int
    devices: int
    sweeps: int
    notices: int
    kept: int
    photos: int
    holes: int
    core: int
    money: int
    officers_with_cash: int
    missed: int
    hands_fen: int
    vault_fen: int
    is_closed: bool
    open_day: str | None


def waiting(branch_id: str, today: str) -> Waiting:
    """What waits on this day."""
    with snapshot() as session:
        in_hands = hands(session, branch_id)
        return Waiting(
            households=_count(session, Household, branch_id),
            loans=_count(session, Loan, branch_id, Loan.state == "open"),
            devices=_count(session, Device, branch_id, Device.status == "active"),
            sweeps=_count(
                session, Sweep, branch_id, Sweep.state == "published", Sweep.ends_on >= today
            ),
            notices=_count(
                session,
                NoticeRow,
                branch_id,
                NoticeRow.review == "pending",
                NoticeRow.served_hash.is_not(None),
            ),
            kept=count_kept(session, branch_id),
            photos=count_promised(session, branch_id),
            holes=_count(
                session, Task, branch_id, Task.state == "open", Task.kind == "number_hole"
            ),
            core=count_open(session, branch_id),
            money=count_money(session, branch_id),
            officers_with_cash=len(in_hands),
            missed=count_missed(session, branch_id) + count_late(session, branch_id),
            hands_fen=sum(in_hands.values()),
            vault_fen=vault_fen(session, branch_id),
            is_closed=session.get(DayClose, (branch_id, today)) is not None,
            open_day=first_open_day(session, branch_id, today),
        )


def _count(session: Session, table: type, branch_id: str, *where: object) -> int:
    query = select(func.count()).select_from(table).filter_by(branch_id=branch_id)
    return session.scalar(query.where(*where)) or 0  # type: ignore[arg-type]
