"""Reading what was typed into a form. What cannot be read is a Problem, never a guess."""

from __future__ import annotations

from collections.abc import Mapping

from sync.problems import Problem


def page_number(text: str) -> int:
    """A page of a list, 1 if the text is none."""
    return int(text) if text.isdecimal() and 1 <= int(text[:6]) <= 100_000 else 1


def whole_number(form: Mapping[str, str], field: str, label: str) -> int:
    """A whole number of at least 0 that must be there. Refuses `form_invalid`."""
    text = form.get(field, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Problem("form_invalid", field=label, rule="0, 1, 2 …")
    return int(text)


def pieces(form: Mapping[str, str], denominations_fen: tuple[int, ...]) -> dict[int, int]:
    """How many pieces of each denomination; an empty field is none. Refuses `denomination_invalid`.

    The fields are called n10000 for notes of 100 yuan, and so on.
    """
    counted: dict[int, int] = {}
    for piece in denominations_fen:
        text = form.get(f"n{piece}", "").strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 6):
            raise Problem("denomination_invalid", denomination=piece // 100, count=text[:20])
        counted[piece] = int(text or 0)
    return counted
