"""The honest states of a receipt: one word and one sign each, the same for everyone who asks.

Five follow one another: on this phone, at the server, evidence complete, counted by the cashier,
posted in the core system. Two stand beside them: void, and doubted (a human looks at it).
"""

from __future__ import annotations

from collections.abc import Iterable

from sync.receipts import Book

PHONE, SERVER, EVIDENCE, COUNTED, POSTED = "phone", "server", "evidence", "counted", "posted"
VOIDED, DOUBTED = "voided", "doubted"

# What people read, in Chinese and in English.
WORDS: dict[str, tuple[str, str]] = {
    PHONE: ("在本机", "On this phone"),
    SERVER: ("已上传", "At the server"),
    EVIDENCE: ("证据齐", "Evidence complete"),
    COUNTED: ("已点交", "Counted"),
    POSTED: ("已入账", "Posted"),
    VOIDED: ("作废", "Void"),
    DOUBTED: ("待核实", "To be verified"),
}

# What stands beside the word: a circle that fills, a cross, an exclamation mark. Paths of an SVG
# of 16 by 16; the ring around all but the last two is drawn by whoever shows them.
SIGNS: dict[str, str] = {
    PHONE: "",
    SERVER: "M8 8V1a7 7 0 0 1 7 7z",
    EVIDENCE: "M8 1a7 7 0 0 1 0 14z",
    COUNTED: "M8 8V1a7 7 0 1 1-7 7z",
    POSTED: "M8 1a7 7 0 0 1 0 14a7 7 0 0 1 0-14z",
    VOIDED: "M2 4l2-2 4 4 4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4z",
    DOUBTED: "M6.5 1h3v9h-3zM6.5 12h3v3h-3z",
}

# One character a number in the row of a book. Nothing is known of a number that is not used.
MARKS: dict[str, str] = {
    SERVER: "s",
    EVIDENCE: "e",
    COUNTED: "c",
    POSTED: "p",
    VOIDED: "v",
    DOUBTED: "?",
}
UNKNOWN = "."
_STATES = {mark: state for state, mark in MARKS.items()}

# Of several slips with one number: what a human must look at is shown, and what is valid.
_LOUDEST = (DOUBTED, POSTED, COUNTED, EVIDENCE, SERVER, VOIDED)


def receipt_state(row: str, *, photos_missing: int, is_counted: bool, is_posted: bool) -> str:
    """The state of a receipt that has reached the server, from the facts of its row.

    row             applied, quarantined, or any word for what is undone: it counts as void.
    photos_missing  Photos that an event has promised of it, and that are not here whole.
    """
    if row != "applied":
        return DOUBTED if row == "quarantined" else VOIDED
    if is_posted:
        return POSTED
    if is_counted:
        return COUNTED
    return SERVER if photos_missing else EVIDENCE


def marks_of(book: Book, states: Iterable[tuple[str, str]]) -> str:
    """The marks of a book from its first number on; what is unknown at the end is left out.

    states  (receipt number, state). Numbers of other books say nothing here.
    """
    found: dict[int, str] = {}
    for receipt_no, state in states:
        n = book.index(receipt_no)
        if n is not None:
            found[n] = min(found.get(n, state), state, key=_LOUDEST.index)
    numbers = range(book.from_no, max(found, default=book.from_no - 1) + 1)
    return "".join(MARKS[found[n]] if n in found else UNKNOWN for n in numbers)


def slip_state(verdict: str | None, mark: str | None) -> str:
    """The state of a phone's own slip.

    verdict  What the feed has said of it; None while it is on this phone only.
    mark     Its character in the row of its book, if there is one.

    A void, a doubt and "not yet sent" are known by the verdict, whatever an older row says.
    """
    if verdict is None:
        return PHONE
    if verdict == "voided":
        return VOIDED
    if verdict in ("quarantined", "parked"):
        return DOUBTED
    return _STATES.get(mark or UNKNOWN, SERVER)
