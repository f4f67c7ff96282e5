"""The work list of the money: what must be paid back, decided or cleared, and by when."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.clock import now_ms, today
from server.console.access import person, reads, writes
from server.console.page import refused
from server.console.routes import bp
from server.services.list_money import money_list
from server.services.refunds import Refund, pay_refund, refunds_due
from server.services.sign_in import sign_in
from server.services.transfers import bounce_transfer, clear_transfer, note_bounced
from server.services.undoings import APPROVED, REFUSED, Decision, ask_reversal, decide
from sync.amounts import parse_yuan
from sync.dates import parse_date
from sync.problems import Problem

REFUND_FEN_MAX = 5_000_000_00


@bp.get("/money")
@reads("cashier", "supervisor", "void_approver")
def get_money() -> str:
    """Everything that waits, the oldest first in each list."""
    return render_template("money.html", **_page())


@bp.get("/money/refunds/<loan_id>")
@reads("cashier", "supervisor", "void_approver")
def get_refund(loan_id: str) -> str:
    """One credit, and the form for paying it back."""
    return render_template("refund.html", **_refund_page(loan_id))


@bp.post("/money/refunds/<loan_id>")
@writes("cashier")
def post_refund(loan_id: str) -> Response | tuple[str, int]:
    """Pay a credit back; the second person signs in beside the cashier."""
    form = request.form
    try:
        amount = parse_yuan(form.get("amount", "").replace(",", ""), max_fen=REFUND_FEN_MAX)
        refund = Refund(
            loan=loan_id,
            amount_fen=amount,
            payee=form.get("payee", ""),
            second_id=_second_person(form.get("second_username", ""), form.get("second_password")),
        )
        pay_refund(person().branch_id, refund, by=person().id)
    except Problem as problem:
        return refused("refund.html", problem, **_refund_page(loan_id))
    return redirect(url_for("console.get_money"))


@bp.post("/money/undoings/<undoing>")
@writes("supervisor", "void_approver")
def post_decision(undoing: str) -> Response | tuple[str, int]:
    """Approve a void or a reversal, or refuse it with a reason."""
    form = request.form
    said = Decision(
        decision=APPROVED if form.get("decision") == APPROVED else REFUSED,
        note=form.get("note", ""),
    )
    return _act(lambda: decide(person().branch_id, undoing, said, by=person().id))


@bp.post("/money/reversals")
@writes("cashier")
def post_reversal() -> Response | tuple[str, int]:
    """Ask for the reversal of a receipt whose cash is here."""
    form = request.form
    return _act(
        lambda: ask_reversal(
            person().branch_id,
            form.get("receipt_no", ""),
            form.get("reason", ""),
            money_returned=form.get("money_returned") == "yes",
            by=person().id,
        )
    )


@bp.post("/money/transfers/<receipt>")
@writes("cashier")
def post_transfer(receipt: str) -> Response | tuple[str, int]:
    """The bank has the money, or it has not paid."""
    act = bounce_transfer if request.form.get("bank") == "bounced" else clear_transfer
    said = request.form.get("said", "")
    return _act(lambda: act(person().branch_id, receipt, said, by=person().id))


@bp.post("/money/bounced/<receipt>")
@writes("supervisor")
def post_bounced(receipt: str) -> Response | tuple[str, int]:
    """A transfer that bounced has been seen to."""
    return _act(lambda: note_bounced(person().branch_id, receipt, by=person().id))


def _act(act: Callable[[], object]) -> Response | tuple[str, int]:
    try:
        act()
    except Problem as problem:
        return refused("money.html", problem, **_page())
    return redirect(url_for("console.get_money"))


def _second_person(username: str, password: str | None) -> str:
    """The colleague who typed his own password here. Refuses as a sign-in does."""
    second = sign_in(
        username,
        password or "",
        throttle=current_app.extensions["sign_in_throttle"],
        address=request.remote_addr or "",
        now_ms=now_ms(),
    )
    if second.branch_id != person().branch_id:
        raise Problem("second_person_invalid")
    return second.id


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "refunds": refunds_due(branch_id, today()),
        "money": money_list(branch_id),
        "age": _age_days,
        "typed": request.form,
    }


def _age_days(day: str) -> int:
    return (parse_date(today()) - parse_date(day)).days


def _refund_page(loan_id: str) -> dict[str, object]:
    for due in refunds_due(person().branch_id, today()):
        if due.loan == loan_id:
            return {"due": due, "typed": request.form}
    raise Problem("not_found")
