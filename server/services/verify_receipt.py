"""What a customer may know of a receipt by its number and check characters: nothing personal.

Nobody signs in for this. The number and the five digits that the characters stand for are one place
in an index, so that a number that does not exist is the same question, and the same work, as a
number with other characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from server.db import snapshot
from server.services.receipt_states import receipt_states
from server.tables import Branch, ReceiptRow
from sync.crockford import check_characters, hash_prefix

NUMBER = re.compile(r"[A-Z0-9]{2,24}")
# Text behind any hexadecimal digit, in every collation that knows letters.
_BEHIND = "g"


@dataclass(frozen=True, slots=True)
class Question:
    """A number and check characters, as they were typed; `prefix` is None if they are none."""

    number: str
    code: str
    prefix: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that is said of a receipt. Amount in fen, the day as on the paper, the state's name."""

    amount_fen: int
    on_day: str
    state: str


@dataclass(frozen=True, slots=True)
class Office:
    """Where a person answers: printed on no slip, so that no slip can print another."""

    institution: str
    name: str
    phone: str


def read_question(number: str, code: str) -> Question:
    """What was typed, or scanned: full-width letters, spaces, small letters, all in one field."""
    head, _, tail = _plain(number).rpartition("-")
    number, code = head or tail, _plain(code) or (tail if head else "")
    prefix = hash_prefix(code) if NUMBER.fullmatch(number) else None
    return Question(number[:24], check_characters(prefix) if prefix else "", prefix)


def find_receipt(question: Question) -> list[Told]:
    """The receipt of this number and these characters: none, one, or, should two bear both, two.

    A number may stand in books of several branches; the characters tell which slip is meant.
    """
    prefix = question.prefix or _BEHIND  # what cannot be is looked for all the same
    with snapshot() as session:
        rows = session.scalars(
            select(ReceiptRow)
            .where(
                ReceiptRow.branch_id.in_(select(Branch.branch_id)),
                ReceiptRow.receipt_no.in_(
                    (question.number, f"{question.number}-{question.code}")  # numbered anew
                ),
                ReceiptRow.event_hash >= prefix,
                ReceiptRow.event_hash < prefix + _BEHIND,
            )
            .order_by(ReceiptRow.branch_id, ReceiptRow.event_hash)
        ).all()
        found: list[Told] = []
        for branch_id, group in groupby(rows, lambda row: row.branch_id):
            its = list(group)
            states = receipt_states(session, branch_id, its)
            found += [Told(one.amount_fen, one.effective_on, states[one.event_hash]) for one in its]
        return found


def offices() -> list[Office]:
    """The branches with a telephone, by name."""
    with snapshot() as session:
        rows = session.scalars(select(Branch).order_by(Branch.institution, Branch.name)).all()
        return [
            Office(row.institution, row.name, row.contact_phone)
            for row in rows
            if row.contact_phone
        ]


def _plain(typed: str) -> str:
    """Capital letters of ASCII, digits and hyphens, as far as that was meant."""
    wide = unicodedata.normalize("NFKC", typed[:80]).upper()
    return re.sub(r"\s", "", re.sub(r"[‐-―−—_]", "-", wide)).strip("-")
