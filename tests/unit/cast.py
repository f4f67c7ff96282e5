"""Bodies and envelopes as Li Wei's phone makes them, for the unit tests of the core."""

from __future__ import annotations

from typing import Any

from sync.canonical import sha256_hex
from sync.capitals import capitals
from sync.events import ZERO_HASH, Envelope

LANE = "0123456789abcdef" * 2
MONDAY_MS = 1_772_413_200_000  # 2026-03-02 09:00 in Asia/Shanghai
INK = {"w": 300, "h": 150, "strokes": [[1, 2, 0, 3, 4, 16]]}


def receipt(receipt_no: str = "SJ000101", **parts: Any) -> dict[str, Any]:
    """A receipt for 400 principal and 300 interest unless parts say otherwise."""
    fen = {"principal_fen": 400_00, "interest_fen": 300_00, "penalty_fen": 0, "cost_fen": 0}
    fen |= {name: parts.pop(name) for name in list(fen) if name in parts}
    amount = parts.pop("amount_fen", sum(fen.values()))
    return {
        "receipt_no": receipt_no,
        "book": "book-1",
        "loan": "L-W14",
        "household": "W14",
        "amount_fen": amount,
        **fen,
        "words": capitals(amount) if isinstance(amount, int) and amount > 0 else "零元整",
        "payer_name": "测甲",
        "payer_role": "debtor",
        "on_behalf_of": None,
        "method": "cash",
        "evidence_no": None,
        "corrects": None,
        "second_person": "张敏",
        "split_reason": None,
        "shown_balance": {"principal_fen": 1000_00, "interest_fen": 300_00, "as_of": "2026-02-28"},
        "signature": INK,
        **parts,
    }


def void(target: str, receipt_no: str = "SJ000101") -> dict[str, Any]:
    """A void of a receipt, the money given back."""
    return {
        "target": target,
        "receipt_no": receipt_no,
        "reason": "金额写错",
        "money_returned": True,
        "second_person": "张敏",
    }


def notice(**changes: Any) -> dict[str, Any]:
    """A notice for the borrower of W01, made on the first day of the sweep."""
    text = changes.pop("text", "逾期贷款催收通知书")
    return {
        "notice_no": "N001",
        "loan": "L-W01",
        "household": "W01",
        "addressee": "测六贵",
        "addressee_role": "borrower",
        "template": "demand",
        "template_v": 1,
        "made_on": "2026-03-02",
        "text": text,
        "text_hash": sha256_hex(text.encode()),
        "principal_fen": 1000_00,
        "interest_fen": None,
        "as_of": "2026-02-28",
        **changes,
    }


def intention(household: str = "W01") -> dict[str, Any]:
    """An intention to pay, without date or amount."""
    return {"household": household, "loan": f"L-{household}", "note": None}


def visit(household: str = "W01") -> dict[str, Any]:
    """The start of a visit without a place fix."""
    return {
        "household": household,
        "stop": None,
        "purpose": ["催收"],
        "second_person": "张敏",
        "place": None,
        "place_reason": "山里没有信号",
    }


def envelope(seq: int = 1, prev: str = ZERO_HASH, **changes: Any) -> Envelope:
    """An event of lane D1."""
    fields: dict[str, Any] = {
        "lane": LANE,
        "seq": seq,
        "prev": prev,
        "kind": "intention.recorded",
        "actor": "officer-1",
        "occurred_at": MONDAY_MS,
        "boot": 1,
        "app": "0.1.0",
        "body": intention(),
    }
    return Envelope(**{**fields, **changes})


def chain(count: int, **changes: Any) -> list[Envelope]:
    """Consecutive events of one lane from its beginning."""
    events: list[Envelope] = []
    for seq in range(1, count + 1):
        events.append(envelope(seq, events[-1].hash if events else ZERO_HASH, boot=seq, **changes))
    return events
