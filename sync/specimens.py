"""Bodies of events as an officer records them, each whole and right, for tests and trials."""

from __future__ import annotations

from typing import Any

from sync.canonical import sha256_hex
from sync.capitals import capitals
from sync.events import Envelope

MONDAY = "2026-03-02"


def visit_body(household: str = "W1") -> dict[str, Any]:
    """The start of a visit."""
    return {
        "household": household,
        "stop": None,
        "purpose": ["collect"],
        "second_person": None,
        "place": None,
        "place_reason": None,
    }


def outcome_body(household: str = "W1", outcome: str = "met") -> dict[str, Any]:
    """Who was met, and what came of it."""
    return {
        "household": household,
        "met": "debtor" if outcome == "met" else "nobody",
        "met_name": None,
        "met_relation": None,
        "outcome": outcome,
        "away_place": None,
        "note": None,
    }


def receipt_body(
    number: tuple[str, str], amount_fen: int = 600_00, household: str = "W1"
) -> dict[str, Any]:
    """A receipt of cash: at most 100 yuan are interest, the rest principal.

    number  (book id, receipt number).
    """
    book, receipt_no = number
    interest = min(100_00, amount_fen)
    return {
        "receipt_no": receipt_no,
        "book": book,
        "loan": f"L-{household}",
        "household": household,
        "amount_fen": amount_fen,
        "principal_fen": amount_fen - interest,
        "interest_fen": interest,
        "penalty_fen": 0,
        "cost_fen": 0,
        "words": capitals(amount_fen),
        "payer_name": "王刚",
        "payer_role": "debtor",
        "on_behalf_of": None,
        "method": "cash",
        "evidence_no": None,
        "corrects": None,
        "second_person": None,
        "split_reason": None,
        "shown_balance": {"principal_fen": 5000_00, "interest_fen": 300_00, "as_of": "2026-02-28"},
        "signature": None,
    }


def suspect_body(household: str = "W1", **changes: Any) -> dict[str, Any]:
    """A note that the officer did not take."""
    return {
        "household": household,
        "loan": f"L-{household}",
        "denomination_fen": 100_00,
        "serial": "AB12345678",
        "note": None,
        **changes,
    }


def void_body(receipt: Envelope) -> dict[str, Any]:
    """A receipt undone, its money given back."""
    return {
        "target": receipt.hash,
        "receipt_no": receipt.body["receipt_no"],
        "reason": "数错了",
        "money_returned": True,
        "second_person": None,
    }


def notice_body(
    number: str = "T-1", household: str = "W1", made_on: str = MONDAY
) -> dict[str, Any]:
    """A notice to the borrower of a household."""
    text = f"催收通知书 {number}"
    return {
        "notice_no": number,
        "loan": f"L-{household}",
        "household": household,
        "addressee": "王刚",
        "addressee_role": "borrower",
        "template": "dunning",
        "template_v": 1,
        "made_on": made_on,
        "text": text,
        "text_hash": sha256_hex(text.encode()),
        "principal_fen": 5000_00,
        "interest_fen": 300_00,
        "as_of": "2026-02-28",
    }


def served_body(made: Envelope, **changes: Any) -> dict[str, Any]:
    """The same notice signed by the debtor himself; `changes` make it something else."""
    return {
        "notice_no": made.body["notice_no"],
        "made": made.hash,
        "loan": made.body["loan"],
        "household": made.body["household"],
        "way": "signed",
        "signer_role": "debtor",
        "signer_name": "王刚",
        "relation": None,
        "lives_here": True,
        "adult": True,
        "signed_on": MONDAY,
        "agrees_to_perform": True,
        "signature": {"w": 300, "h": 150, "strokes": [[1, 2, 0, 30, 40, 16]]},
        "photo": None,
        "second_person": None,
        **changes,
    }


def unsigned_body(household: str = "W1", reason: str = "NOT_HOME") -> dict[str, Any]:
    """A notice that was not signed, and why."""
    return {
        "notice_no": None,
        "household": household,
        "loan": None,
        "reason": reason,
        "away_place": None,
        "note": None,
    }


def intention_body(household: str = "W1") -> dict[str, Any]:
    """An intention to repay."""
    return {"household": household, "loan": f"L-{household}", "note": None}


def promise_body(household: str = "W1", supersedes: tuple[str, ...] = ()) -> dict[str, Any]:
    """A promise of 500 yuan with a date."""
    return {
        "household": household,
        "loan": f"L-{household}",
        "amount_fen": 500_00,
        "due_on": "2026-04-30",
        "cause": None,
        "supersedes": list(supersedes),
    }


def pieces_of(fen: int) -> dict[str, int]:
    """An amount of whole jiao in as few pieces as it can be."""
    pieces = {}
    for piece in (100_00, 50_00, 20_00, 10_00, 5_00, 1_00, 50, 10):
        pieces[str(piece)], fen = divmod(fen, piece)
    assert fen == 0, "less than a jiao has no piece"
    return dict(reversed(pieces.items()))


def handed_body(to: str, amount_fen: int, **changes: Any) -> dict[str, Any]:
    """All the cash of a hand offered to somebody; nothing is missing unless `changes` say so."""
    return {
        "to": to,
        "amount_fen": amount_fen,
        "expected_fen": amount_fen,
        "denominations": pieces_of(amount_fen),
        "cause": None,
        "handover": "ab" * 16,
        **changes,
    }


def taken_body(handed: Envelope, counted_fen: int | None = None, **changes: Any) -> dict[str, Any]:
    """The other side: what was offered was counted, all of it unless said otherwise."""
    expected = handed.body["expected_fen"]
    assert isinstance(expected, int)
    amount = expected if counted_fen is None else counted_fen
    return {
        "handed": handed.hash,
        "from": handed.actor,
        "into": "hand",
        "amount_fen": amount,
        "expected_fen": expected,
        "denominations": pieces_of(amount),
        "variance_fen": amount - expected,
        "cause": "少一张十元，双方当面点清" if amount != expected else None,
        **changes,
    }


def photo_body(data: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
    """A photo named by the hash of its bytes."""
    return {
        "sha256": sha256_hex(data),
        "size": len(data),
        "media_type": media_type,
        "role": "notice_photo",
        "about": None,
        "taken_at": None,
    }
