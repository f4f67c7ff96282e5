"""A day in the villages for the console's tests: what phones have sent before the office looks.

Li Wei has been to two households with her phone; the events go through the real API.
"""

from __future__ import annotations

from typing import Any

from sync.client import Phone
from sync.events import Envelope
from sync.specimens import notice_body, receipt_body, served_body, visit_body
from tests.small_bank import LI_WEI, Bank

# U34: Thursday, two receipts, 11 x 100 + 50 + 20.
THURSDAY_FEN = (520_00, 650_00)


def take_cash(bank: Bank, phone: Phone, *amounts_fen: int, household: str = "W1") -> list[Envelope]:
    """Receipts one after the other, sent at once."""
    events = [
        phone.record("cash.receipt", receipt_body(phone.next_receipt(), fen, household))
        for fen in amounts_fen
    ]
    phone.sync(bank.send)
    return events


def li_wei_with_cash(bank: Bank) -> Phone:
    """Li Wei's phone, and Thursday's two receipts."""
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W2"])
    take_cash(bank, phone, *THURSDAY_FEN)
    return phone


def sign_notice(bank: Bank, phone: Phone, **changes: Any) -> None:
    """A notice made and signed back at the first household, sent at once."""
    phone.record("visit.started", visit_body())
    made = phone.record("notice.made", notice_body("T-1"))
    phone.record("notice.served", served_body(made, **changes))
    phone.sync(bank.send)
