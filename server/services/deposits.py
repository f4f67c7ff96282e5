"""Cash that should have been handed in: whose, since when, how much; and leave for one day more.

U36: no handover by the deadline is an alarm to the supervisor, which stays until the cash is handed
over or he has extended it. The deadline is a dated rule of the branch (sync/deposits.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import day_of, today
from server.db import snapshot, transaction
from server.keys import running_settings
from server.services import feed, ledger, office_events
from server.services.branches import cashiers, collectors
from server.services.cash_day import hands
from server.services.count_cash import open_receipts
from server.services.staff_names import names
from server.tables import DepositLeave, DepositRule
from sync.dates import days_between, parse_date
from sync.deposits import DEADLINES, due_on, next_working_day
from sync.problems import Problem

TEXT_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCash:
    """What an officer holds now.

    since     The day of the oldest receipt that was not handed over; today if there is none.
    due       The last day on which it may be handed in, leave included.
    age_days  Whole days since then.
    until     The newest leave, whether or not it still counts.
    """

    officer_id: str
    officer: str
    hand_fen: int
    receipts: int
    since: str
    due: str
    age_days: int
    until: str | None
    is_missed: bool
    is_over: bool


def held_cash(branch_id: str) -> list[HeldCash]:
    """Every hand with cash in it, the one that should have been empty first at the top."""
    with snapshot() as session:
        found = [
            _held(session, branch_id, officer_id, fen)
            for officer_id, fen in hands(session, branch_id).items()
        ]
    return sorted(found, key=lambda one: (not one.is_missed, one.due, one.officer_id))


def count_missed(session: Session, branch_id: str) -> int:
    """How many officers should have handed their cash in by now."""
    held = hands(session, branch_id).items()
    return sum(_held(session, branch_id, officer, fen).is_missed for officer, fen in held)


def _held(session: Session, branch_id: str, officer_id: str, fen: int) -> HeldCash:
    day, rows = today(), open_receipts(session, branch_id, officer_id)
    since = min((row.effective_on for row in rows), default=day)
    until = leave_of(session, branch_id, officer_id)
    due = due_on(since, deposit_rules(session, branch_id), until)
    return HeldCash(
        officer_id=officer_id,
        officer=names(session, branch_id).get(officer_id, officer_id),
        hand_fen=fen,
        receipts=len(rows),
        since=since,
        due=due,
        age_days=days_between(parse_date(since), parse_date(day)),
        until=until,
        is_missed=fen > 0 and due < day,
        is_over=fen > running_settings().hand_fen_max,
    )


def deposit_rules(session: Session, branch_id: str) -> list[dict[str, str]]:
    """The rules of a branch as the phone knows them, by their day."""
    rows = session.scalars(
        select(DepositRule).where(DepositRule.branch_id == branch_id).order_by(DepositRule.from_on)
    )
    return [{"from": row.from_on, "deadline": row.deadline} for row in rows]


def leave_of(session: Session, branch_id: str, officer_id: str) -> str | None:
    """The latest day to which an officer was ever let keep cash; None if never."""
    return session.scalar(
        select(func.max(DepositLeave.until)).where(
            DepositLeave.branch_id == branch_id, DepositLeave.officer_id == officer_id
        )
    )


def extend_deposit(branch_id: str, officer_id: str, reason: str, *, by: str) -> str:
    """An officer may keep his cash until the next working day; the hash of the event.

    Refuses `own_record`, `nothing_to_extend` for a hand without cash, `leave_reason_missing`.
    """
    if by == officer_id:
        raise Problem("own_record")
    reason = reason.strip()[:TEXT_CHARS]
    if not reason:
        raise Problem("leave_reason_missing")
    with transaction(branch_id, actor=by, cause="extend_deposit") as tx:
        office_events.branch_lane(tx)
        held_fen = ledger.balance(tx.session, branch_id, f"hand:{officer_id}")
        if held_fen <= 0:
            raise Problem("nothing_to_extend")
        until = next_working_day(day_of(tx.now_ms))
        body = {"officer": officer_id, "until": until, "hand_fen": held_fen, "reason": reason}
        event_hash = office_events.record(tx, "deposit.extended", body, actor=by)
        tx.session.add(
            DepositLeave(
                branch_id=branch_id,
                event_hash=event_hash,
                officer_id=officer_id,
                until=until,
                reason=reason,
                by_id=by,
                at_ms=tx.now_ms,
            )
        )
        feed.touch_me(tx, officer_id)
    return event_hash


def set_deposit_rule(branch_id: str, deadline: str, from_on: str, source: str, *, by: str) -> None:
    """The deadline of the branch from a day on. Phones hear of it at their next sync.

    Refuses `form_invalid`, and `rule_in_the_past`: what was due is not changed afterwards.
    """
    parse_date(from_on)
    source = source.strip()[:TEXT_CHARS]
    if deadline not in DEADLINES or not source:
        raise Problem("form_invalid", field="交款期限 / 依据", rule="须填写")
    with transaction(branch_id, actor=by, cause="set_deposit_rule") as tx:
        if from_on < day_of(tx.now_ms):
            raise Problem("rule_in_the_past", day=from_on)
        tx.session.merge(
            DepositRule(
                branch_id=branch_id,
                from_on=from_on,
                deadline=deadline,
                source=source,
                set_by=by,
                at_ms=tx.now_ms,
            )
        )
        people = {*collectors(tx.session, branch_id), *cashiers(tx.session, branch_id)}
        feed.touch_me(tx, *sorted(people))


def rule_rows(branch_id: str) -> list[DepositRule]:
    """The rules with what they rest on, the newest first."""
    with snapshot() as session:
        return list(
            session.scalars(
                select(DepositRule)
                .where(DepositRule.branch_id == branch_id)
                .order_by(DepositRule.from_on.desc())
            )
        )
