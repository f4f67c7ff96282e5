"""What a phone writes for each act of a week: bodies of events, as the officer's app makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.rehearsal.week import WeekHousehold, WeekIntention, WeekNotice, WeekReceipt
from sync.canonical import sha256_hex
from sync.capitals import capitals

Body = dict[str, Any]
Row = Mapping[str, Any] | None

TEMPLATE, TEMPLATE_V = "demand-notice", 1

# Reason -> who was met, and how the visit ended.
_MEETINGS = {
    "AWAY_MIGRANT_WORK": ("nobody", "away_for_work"),
    "NOT_HOME": ("nobody", "not_home"),
    "REFUSED": ("debtor", "refused_to_talk"),
    "MOVED": ("nobody", "moved"),
    "DECEASED": ("other", "deceased_to_verify"),
    "LOST_CONTACT": ("nobody", "lost_contact"),
}


def visit_started(household: WeekHousehold, second_person: str | None) -> Body:
    """The officer is at the gate."""
    return {
        "household": household.id,
        "stop": None,
        "purpose": ["催收"],
        "second_person": second_person,
        "place": None,
        "place_reason": "演练，无定位",
    }


def visit_outcome(household: WeekHousehold, *, came_to_terms: bool) -> Body:
    """How the visit ended: as the reason says, unless somebody signed, paid or promised."""
    met, outcome = _MEETINGS.get(household.unsigned_reason or "", ("debtor", "met"))
    if came_to_terms:
        met, outcome = "debtor", "met"
    return {
        "household": household.id,
        "met": met,
        "met_name": None,
        "met_relation": None,
        "outcome": outcome,
        "away_place": household.away_place if outcome == "away_for_work" else None,
        "note": None,
    }


def notice_made(notice: WeekNotice, household: WeekHousehold, day: str, loan: Row) -> Body:
    """The paper, made on the phone before anybody signs it (R15)."""
    text = (
        f"催收通知书 {notice.id}\n{household.name}：\n"
        f"您在我社的借款（合同 {notice.loan}）已经到期，请按合同约定归还本金和利息。\n"
        "如对数额有异议，请向我社查询核对。\n"
        f"{day}"
    )
    return {
        "notice_no": notice.id,
        "loan": notice.loan,
        "household": household.id,
        "addressee": household.name,
        "addressee_role": "borrower",
        "template": TEMPLATE,
        "template_v": TEMPLATE_V,
        "made_on": day,
        "text": text,
        "text_hash": sha256_hex(text.encode()),
        "principal_fen": _part(loan, "principal_fen"),
        "interest_fen": _part(loan, "interest_fen"),
        "as_of": _part(loan, "as_of"),
    }


def notice_served(notice: WeekNotice, household: WeekHousehold, made: str, day: str) -> Body:
    """The slip of the notice, signed with a finger."""
    return {
        "notice_no": notice.id,
        "made": made,
        "loan": notice.loan,
        "household": household.id,
        "way": "signed",
        "signer_role": notice.signer_role,
        "signer_name": notice.signer_name or household.name,
        "relation": notice.relation,
        "lives_here": notice.lives_here,
        "adult": notice.adult,
        "signed_on": day,
        "agrees_to_perform": False,
        "signature": signature(notice.id),
        "photo": None,
        "second_person": None,
    }


def notice_unsigned(household: WeekHousehold, notice: WeekNotice | None) -> Body:
    """Why it was not signed; where nobody said why, that is what is recorded."""
    return {
        "notice_no": notice.id if notice else None,
        "household": household.id,
        "loan": notice.loan if notice else None,
        "reason": household.unsigned_reason or "UNSTATED",
        "away_place": household.away_place,
        "note": None,
    }


def cash_receipt(
    receipt: WeekReceipt, household: WeekHousehold, slip: tuple[str, str], loan: Row
) -> Body:
    """A slip of a book for cash that was taken. slip is (book id, receipt number)."""
    return {
        "receipt_no": slip[1],
        "book": slip[0],
        "loan": receipt.loan,
        "household": household.id,
        "amount_fen": receipt.total_fen,
        "principal_fen": receipt.principal_fen,
        "interest_fen": receipt.interest_fen,
        "penalty_fen": receipt.penalty_fen,
        "cost_fen": receipt.cost_fen,
        "words": capitals(receipt.total_fen),
        "payer_name": receipt.payer_name or household.name,
        "payer_role": receipt.payer_role,
        "on_behalf_of": None,
        "method": "cash",
        "evidence_no": None,
        "corrects": None,
        "second_person": receipt.second_person,
        "split_reason": None,
        "shown_balance": {
            "principal_fen": _part(loan, "principal_fen"),
            "interest_fen": _part(loan, "interest_fen"),
            "as_of": _part(loan, "as_of"),
        },
        "signature": signature(slip[1]),
    }


def intention(said: WeekIntention, household: WeekHousehold) -> tuple[str, Body]:
    """Kind and body: with a date and an amount an intention is a promise."""
    body: Body = {"household": household.id, "loan": said.loan}
    if said.promised_on is None or said.promised_fen is None:
        return "intention.recorded", body | {"note": None}
    promise = {"amount_fen": said.promised_fen, "due_on": said.promised_on}
    return "promise.made", body | promise | {"cause": None, "supersedes": []}


def signature(seed: str) -> Body:
    """Three strokes of a finger: different for each paper, the same whenever it is played."""
    noise = bytes.fromhex(sha256_hex(seed.encode()))
    strokes = []
    for stroke in range(3):
        line: list[int] = []
        for point in range(20):
            wobble = noise[(stroke * 7 + point) % len(noise)] % 13
            x = 40 + stroke * 110 + point * 4 + wobble
            y = 60 + ((point * (stroke + 2)) % 17) * 4 + wobble
            line += [x, y, stroke * 600 + point * 16]
        strokes.append(line)
    return {"w": 360, "h": 180, "strokes": strokes}


def _part(loan: Row, name: str) -> Any:
    return None if loan is None else loan.get(name)
