"""Over-collection: what is owed back to a borrower, the task to pay it, and paying it.

The excess of what was taken stands in `credit:{loan}` (sync.books.over_legs). As long as anything
stands there a task is open; it has a deadline, and everybody who holds the loan sees it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import Tx, snapshot, transaction
from server.keys import running_settings
from server.services import feed, ledger, office_events
from server.services.branches import roles_of
from server.services.cash_day import check_day_open, vault_fen
from server.services.outbox import tell
from server.stores.events import chunks
from server.tables import Household, Loan, ReceiptRow, Task
from sync.amounts import format_yuan
from sync.books import refund_legs
from sync.canonical import sha256_hex
from sync.dates import parse_date
from sync.problems import Problem

REFUND_DUE = "refund_due"
_WITNESSES = frozenset({"cashier", "supervisor", "bookkeeper"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What a cashier pays back.

    payee      Who takes the money, as his paper says.
    second_id  The other person of the office who stands beside it, by id.
    """

    loan: str
    amount_fen: int
    payee: str
    second_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDue:
    """A loan with a credit. credit_fen is owed to the borrower; below zero he owes it to us.

    is_interest_known  False: the core system never said what interest is due; look before paying.
    """

    loan: str
    contract_no: str
    household: str
    household_id: str
    credit_fen: int
    over_fen: int
    kept_fen: int
    opened_on: str
    due_on: str
    is_late: bool
    is_interest_known: bool


def follow_refunds(tx: Tx, loans: Collection[str]) -> dict[str, int]:
    """Open the refund task of each of these loans that has a credit, and close the others'.

    Gives back the loans whose task was opened now, with the credit in fen.
    """
    opened: dict[str, int] = {}
    credit = _credits(tx.session, tx.branch_id, loans)
    held: dict[str, Task] = {}
    for chunk in chunks({_task_id(loan) for loan in loans}):
        rows = tx.session.scalars(
            select(Task).where(Task.branch_id == tx.branch_id, Task.id.in_(chunk))
        )
        held |= {row.id: row for row in rows}
    for loan in sorted(set(loans)):
        task, is_due = held.get(_task_id(loan)), bool(credit.get(loan))
        if task is None and is_due:
            task = Task(branch_id=tx.branch_id, id=_task_id(loan), kind=REFUND_DUE, about=loan)
            task.state, task.opened_on = "done", day_of(tx.now_ms)
            tx.session.add(task)
        if task is not None and is_due and task.state != "open":
            task.state, task.opened_on = "open", day_of(tx.now_ms)
            opened[loan] = credit[loan]
        elif task is not None and not is_due:
            task.state = "done"
    return opened


def refunds_due(branch_id: str, today: str) -> list[RefundDue]:
    """Every credit of the branch, the oldest first."""
    with snapshot() as session:
        return _due(session, branch_id, today)


def _due(session: Session, branch_id: str, today: str) -> list[RefundDue]:
    credits_ = {
        account.removeprefix("credit:"): -fen
        for account, fen in ledger.balances(session, branch_id, "credit:").items()
        if fen
    }
    sums = ledger.loan_sums(session, branch_id, credits_, lock=False)
    rows = session.execute(
        select(Loan, Household.name, Task.opened_on)
        .join(
            Household,
            (Household.branch_id == Loan.branch_id) & (Household.id == Loan.household_id),
        )
        .join(Task, (Task.branch_id == Loan.branch_id) & (Task.about == Loan.id))
        .where(Loan.branch_id == branch_id, Task.kind == REFUND_DUE, Task.state == "open")
        .order_by(Task.opened_on, Loan.id)
    )
    found = []
    for loan, household, opened_on in rows:
        due_on = deadline(opened_on)
        found.append(
            RefundDue(
                loan=loan.id,
                contract_no=loan.contract_no,
                household=household,
                household_id=loan.household_id,
                credit_fen=credits_.get(loan.id, 0),
                over_fen=sums[loan.id].over_fen if loan.id in sums else 0,
                kept_fen=sums[loan.id].fen["kept"] if loan.id in sums else 0,
                opened_on=opened_on,
                due_on=due_on,
                is_late=due_on < today,
                is_interest_known=loan.interest_known,
            )
        )
    return found


def deadline(opened_on: str) -> str:
    """The last day on which a refund should be paid."""
    days = timedelta(days=running_settings().refund_days)
    return (parse_date(opened_on) + days).isoformat()


def pay_refund(branch_id: str, refund: Refund, *, by: str) -> str:
    """Pay a borrower's credit back out of the vault, today; the hash of the event.

    Refuses `own_record` to whoever took cash on the loan and for a second person who is the first;
    `second_person_invalid` for one who is not of the office; `refund_over_credit`,
    `refund_over_vault`, and a closed day. Nothing is saved then.
    """
    payee = refund.payee.strip()
    if not 1 <= len(payee) <= 100:
        raise Problem("form_invalid", field="领款人 payee", rule="1–100")
    if refund.amount_fen < 1:
        raise Problem("amount_invalid", rule="positive")
    with transaction(branch_id, actor=by, cause="refund") as tx:
        office_events.branch_lane(tx)
        day = day_of(tx.now_ms)
        check_day_open(tx.session, branch_id, day)
        _check_people(tx, refund, by)
        _check_amount(tx, refund)
        body = {
            "loan": refund.loan,
            "amount_fen": refund.amount_fen,
            "payee": payee,
            "second_person": refund.second_id,
            "day": day,
        }
        event_hash = office_events.record(tx, "credit.refunded", body, actor=by, case=refund.loan)
        ledger.post(tx, event_hash, refund_legs(refund.loan, refund.amount_fen), day)
        follow_refunds(tx, [refund.loan])
        feed.touch_loan(tx, refund.loan)
        loan = tx.session.get_one(Loan, (branch_id, refund.loan))
        said = {"household": loan.household_id, "amount_fen": refund.amount_fen}
        tell(tx, "sms.refund", event_hash, said)
        return event_hash


def _check_people(tx: Tx, refund: Refund, by: str) -> None:
    if refund.second_id == by:
        raise Problem("own_record")
    if not roles_of(tx.session, tx.branch_id, refund.second_id) & _WITNESSES:
        raise Problem("second_person_invalid")
    took = select(ReceiptRow.officer_id).where(
        ReceiptRow.branch_id == tx.branch_id, ReceiptRow.loan_id == refund.loan
    )
    if {by, refund.second_id} & set(tx.session.scalars(took)):
        raise Problem("own_record")


def _check_amount(tx: Tx, refund: Refund) -> None:
    """Locks the loan, so that no movement comes between the credit and its payment."""
    ledger.loan_sums(tx.session, tx.branch_id, [refund.loan])
    credit_fen = _credits(tx.session, tx.branch_id, [refund.loan]).get(refund.loan, 0)
    if refund.amount_fen > credit_fen:
        raise Problem(
            "refund_over_credit",
            amount_yuan=format_yuan(refund.amount_fen),
            credit_yuan=format_yuan(max(0, credit_fen)),
        )
    held_fen = vault_fen(tx.session, tx.branch_id)
    if refund.amount_fen > held_fen:
        raise Problem(
            "refund_over_vault",
            amount_yuan=format_yuan(refund.amount_fen),
            vault_yuan=format_yuan(held_fen),
        )


def _credits(session: Session, branch_id: str, loans: Collection[str]) -> dict[str, int]:
    """Loan -> what is owed to its borrower, in fen, those at zero left out."""
    held = ledger.balances_of(session, branch_id, [f"credit:{loan}" for loan in sorted(set(loans))])
    return {account.removeprefix("credit:"): -fen for account, fen in held.items() if fen}


def _task_id(loan: str) -> str:
    return sha256_hex(f"{REFUND_DUE} {loan}".encode())[:32]
