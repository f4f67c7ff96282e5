"""A day of visits as the second client records it, and what must be true on the server after it."""

from __future__ import annotations

import time
from typing import Any

from tests.independent.client import Event, Phone, log_of
from tests.independent.codec import canonical, capitals, hand_fen, sha
from tests.independent.town import Town

TODAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
INK = [[10, 20, 0, 12, 19, 16, 12, 15, 33], [40, 5, 300, 38, 9, 317]]
SIGNED = {"w": 300, "h": 150, "strokes": INK}


def receive(phone: Phone, household: str, fen: int) -> Event:
    """Cash at a gate, with the next number of the phone's own book."""
    ours = [book for book in phone.of_type("book").values() if book["lane"] == phone.memory.lane]
    used = {e.told["body"].get("receipt_no") for e in phone.events()}
    book = ours[0]
    numbers = range(book["from_no"], book["to_no"] + 1)
    names = [f"{book['prefix']}{number:0{book['width']}d}" for number in numbers]
    last = max((names.index(str(name)) for name in used if name in names), default=-1)
    body = {
        "receipt_no": names[last + 1], "book": book["id"], "loan": f"L-{household}",
        "household": household, "amount_fen": fen, "principal_fen": fen, "interest_fen": 0,
        "penalty_fen": 0, "cost_fen": 0, "words": capitals(fen), "payer_name": "王刚",
        "payer_role": "debtor", "on_behalf_of": None, "method": "cash", "second_person": "张敏",
        "split_reason": "先还本金",
        "shown_balance": {"principal_fen": 5000_00, "interest_fen": 300_00, "as_of": "2026-02-28"},
        "signature": SIGNED,
    }  # fmt: skip
    return phone.record("cash.receipt", body)


def void(phone: Phone, receipt: Event) -> Event:
    """The receipt was written wrongly; the money went back."""
    told = receipt.told["body"]
    body = {
        "target": receipt.hash, "receipt_no": told["receipt_no"], "reason": "写错金额",
        "money_returned": True, "second_person": "张敏",
    }  # fmt: skip
    about = {"case": told["loan"], "subject": told["household"], "visit": receipt.told["visit"]}
    return phone.record("cash.void", body, **about)


def serve(phone: Phone, household: str, number: int) -> list[Event]:
    """A notice made and signed for at a gate."""
    words = f"致 {household}：请于收到本通知书后还款。"
    names = {
        "notice_no": f"TZ-{phone.memory.code}-{number}", "loan": f"L-{household}",
        "household": household,
    }  # fmt: skip
    made = {
        **names, "addressee": "王刚", "addressee_role": "borrower", "template": "collection",
        "template_v": 1, "made_on": TODAY, "text": words, "text_hash": sha(words.encode()),
        "principal_fen": 5000_00, "interest_fen": 300_00, "as_of": "2026-02-28",
    }  # fmt: skip
    paper = phone.record("notice.made", made)
    served = {
        **names, "made": paper.hash, "way": "signed", "signer_role": "debtor",
        "signer_name": "王刚", "relation": None, "lives_here": True, "adult": True,
        "signed_on": TODAY, "agrees_to_perform": True, "signature": SIGNED, "photo": None,
        "second_person": "张敏",
    }  # fmt: skip
    return [paper, phone.record("notice.served", served)]


def visit(phone: Phone, household: str, number: int, note: str = "~下月") -> None:
    """One gate: a notice, cash, one receipt written wrongly, an intention, the outcome."""
    begun: dict[str, Any] = {
        "household": household, "stop": None, "purpose": ["notice"], "second_person": "张敏",
        "place": None, "place_reason": "没有信号",
    }  # fmt: skip
    phone.record("visit.started", begun)
    serve(phone, household, number)
    wrong = receive(phone, household, 70_00)
    void(phone, wrong)
    receive(phone, household, 100_00 + number)
    phone.record(
        "intention.recorded",
        {"household": household, "loan": f"L-{household}", "note": note},
    )
    ended = {
        "household": household, "met": "debtor", "met_name": "王刚", "met_relation": None,
        "outcome": "met", "away_place": None, "note": None,
    }  # fmt: skip
    phone.record("visit.outcome", ended)


def keep(town: Town, *phones: Phone) -> None:
    """The server holds every event of these phones once, byte for byte; and the cash they took."""
    ours = {event.hash: event for phone in phones for event in phone.events()}
    lanes = {event.told["lane"] for event in ours.values()}
    found = town.rows("SELECT hash, lane_id, canonical FROM event")
    held = [(digest, bytes(data)) for digest, lane, data in found if lane in lanes]
    assert len(held) == len(ours)
    assert dict(held) == {digest: canonical(event.told) for digest, event in ours.items()}
    assert not [event for phone in phones for event in phone.unsent()]
    verdicts: dict[str, tuple[int, str, str | None]] = {}
    for phone in phones:  # what no page told, because a revoked phone gets none, an answer did
        verdicts |= {digest: (0, took[0], took[1]) for digest, took in phone.memory.took.items()}
    for phone in phones:
        verdicts |= phone.memory.verdicts
    assert town.hand_fen() == hand_fen(log_of(ours.values(), verdicts), 0) > 0
