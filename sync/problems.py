"""Every refusal and every reason for quarantine, in one table.

These are answers for a person. A programmer's mistake is an AssertionError and never appears here.
The rows lie in files by the place where they are said: problems_wire (phones and requests),
problems_field (verdicts and the phone's own forms), problems_courier (what others carry),
problems_core (the core system), problems_office (console and command line),
problems_books (controlled forms), problems_custody (cash in hand),
problems_plan (households that change hands), problems_ruling (events that were
kept), problems_memory (backup and restore), problems_money (refunds, reversals, transfers).
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.problems_books import BOOKS
from sync.problems_core import CORE
from sync.problems_courier import COURIER
from sync.problems_custody import CUSTODY
from sync.problems_field import FIELD
from sync.problems_memory import MEMORY
from sync.problems_money import MONEY
from sync.problems_office import OFFICE
from sync.problems_plan import PLAN
from sync.problems_ruling import RULING
from sync.problems_wire import WIRE

# code: (HTTP status when it answers a request, what is so in Chinese and in English,
# what to do next in Chinese and in English). Codes are never reused.
_TABLES = (WIRE, FIELD, OFFICE, BOOKS, CORE, CUSTODY, COURIER, PLAN, RULING, MEMORY, MONEY)
PROBLEMS: dict[str, tuple[int, str, str, str, str]] = {
    code: told for table in _TABLES for code, told in table.items()
}

assert len(PROBLEMS) == sum(map(len, _TABLES)), "a code stands in one table only"


class _Details(dict[str, object]):
    """Details of a problem; one that was not given shows as a dash, never as a second failure."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(template: str, details: Mapping[str, object]) -> str:
    """A sentence of the table completed by details; a detail that is missing shows as a dash."""
    return template.format_map(_Details(details))


class Problem(Exception):
    """A refusal by code; the details given with it complete its sentences.

    zh, en            What is so.
    next_zh, next_en  What to do about it.
    status            HTTP status when it answers a request.
    """

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        self.status, zh, en, next_zh, next_en = PROBLEMS[code]
        self.zh = sentence(zh, details)
        self.en = sentence(en, details)
        self.next_zh = sentence(next_zh, details)
        self.next_en = sentence(next_en, details)
        super().__init__(f"{code}: {self.en}")

    def to_json(self) -> dict[str, object]:
        """The one JSON shape of a refusal. Details are words, so that no float or date leaks."""
        return {
            "code": self.code,
            "message": self.zh,
            "message_en": self.en,
            "next": self.next_zh,
            "next_en": self.next_en,
            "details": {name: str(value) for name, value in self.details.items()},
        }
