"""By when officers hand their cash in: the rule of the branch, and leave given for once."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, HashKey, Id, IdKey, Instant, Name


class DepositRule(Base):
    """From this day on the deadline of the branch is this one. The newest that has begun counts."""

    __tablename__ = "deposit_rule"

    branch_id: Mapped[IdKey]
    from_on: Mapped[Day] = mapped_column(primary_key=True)
    deadline: Mapped[Code]  # same_day, next_working_day
    source: Mapped[Name]  # what it rests on
    set_by: Mapped[Id]
    at_ms: Mapped[Instant]


class DepositLeave(Base):
    """A supervisor has let an officer keep the cash of his hand until a day (deposit.extended)."""

    __tablename__ = "deposit_leave"

    branch_id: Mapped[IdKey]
    event_hash: Mapped[HashKey]
    officer_id: Mapped[Id]
    until: Mapped[Day]
    reason: Mapped[Name]
    by_id: Mapped[Id]
    at_ms: Mapped[Instant]
