"""The words that a week file may use, and what the system calls them."""

from __future__ import annotations

from sync.limitation import KINDS as INTERRUPTION_KINDS


def _same(*words: str) -> dict[str, str]:
    return {word: word for word in words}


LEVELS = _same("TOWN", "SUB_AREA", "VILLAGE")
MERGERS = _same("MERGED")
STAGES = _same("INTENTION", "PROMISE")
METHODS = {"CASH": "cash"}
PLAN_KINDS = _same("FOLLOW_UP_INTENTIONS", "SWEEP")
INTERRUPTIONS = _same(*INTERRUPTION_KINDS)
ASSIST_STATES = _same("OPEN", "ANSWERED", "CLOSED")
SERVICE_STATES = _same("OPEN", "CONTACTED", "DONE")

# LIMITATION_LOST is taken for "no reason was given": the system computes it or it is not so.
REASONS = {
    **_same("AWAY_MIGRANT_WORK", "NOT_HOME", "REFUSED", "DISPUTES_DEBT", "MOVED", "DECEASED"),
    **_same("LOST_CONTACT", "OTHER", "UNSTATED"),
    "LIMITATION_LOST": "UNSTATED",
}

NOTICE_STATES = {
    "SIGNED_BACK": "signed",
    "NOT_SIGNED": "unsigned",
    "NOT_DELIVERED": "unsigned",
    "REFUSED": "unsigned",
}

# Word -> signer's role, and the relation of a relative where the word says it.
SIGNERS: dict[str, tuple[str, str | None]] = {
    "DEBTOR": ("debtor", None),
    "BORROWER": ("debtor", None),
    "CO_BORROWER": ("co_borrower", None),
    "GUARANTOR": ("guarantor", None),
    "ADULT_RELATIVE": ("adult_relative", "亲属"),
    "SPOUSE": ("adult_relative", "配偶"),
    "AUTHORISED_PERSON": ("authorised_person", None),
    "AUTHORIZED_PERSON": ("authorised_person", None),
    "NEIGHBOUR": ("neighbour", None),
    "NEIGHBOR": ("neighbour", None),
    "OTHER": ("other", None),
}

PAYERS = {
    "DEBTOR": "debtor",
    "BORROWER": "debtor",
    "CO_BORROWER": "co_borrower",
    "GUARANTOR": "guarantor",
    "ADULT_RELATIVE": "adult_relative",
    "SPOUSE": "adult_relative",
    "HEIR": "heir",
    "OTHER": "other",
}

# Yuan of a piece, as the file writes it -> fen: the pieces that the cashier's form has.
DENOMINATIONS = {
    "100": 100_00,
    "50": 50_00,
    "20": 20_00,
    "10": 10_00,
    "5": 5_00,
    "1": 1_00,
    "0.5": 50,
    "0.1": 10,
}
