"""Amounts as people type and read them: yuan with at most two decimals. Inside, integer fen."""

from __future__ import annotations

import re

from sync.fields import AMOUNT_FEN_MAX
from sync.problems import Problem

# A Chinese keyboard gives these without being asked; their meaning is not in doubt.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")

_FORM = re.compile(r"(?P<yuan>[0-9]+)(?:\.(?P<fen>[0-9]*))?")


def parse_yuan(text: str, *, max_fen: int = AMOUNT_FEN_MAX, zero_ok: bool = False) -> int:
    """The fen of an amount that was typed in yuan: '600.5' is 60_050.

    Spaces around it and full-width digits are taken; thousands separators, signs and exponents
    are not, for a comma may be a point that slipped. Refuses `amount_invalid` with the rule:
    empty, digits_only, leading_zero, two_decimals, positive, limit.
    """
    typed = text.strip(" \t\u3000").translate(_FULL_WIDTH)
    rule, fen = _read(typed, max_fen, zero_ok)
    if rule:
        raise Problem("amount_invalid", text=text[:40], rule=rule)
    return fen


def format_yuan(fen: int) -> str:
    """An amount in fen as yuan: whole yuan without decimals ('600'), else two ('600.50')."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    yuan, rest = divmod(fen, 100)
    return f"{sign}{yuan}.{rest:02d}" if rest else f"{sign}{yuan}"


def _read(typed: str, max_fen: int, zero_ok: bool) -> tuple[str | None, int]:
    if not typed:
        return "empty", 0
    if typed.startswith("-") and _FORM.fullmatch(typed[1:]):
        return "positive", 0
    form = _FORM.fullmatch(typed)
    if form is None or form["fen"] == "":
        return "digits_only", 0
    yuan, decimals = form["yuan"], form["fen"] or ""
    if len(yuan) > 1 and yuan.startswith("0"):
        return "leading_zero", 0
    if len(decimals) > 2:
        return "two_decimals", 0
    if len(yuan) > 13:
        return "limit", 0
    fen = int(yuan) * 100 + int(decimals.ljust(2, "0"))
    if fen == 0 and not zero_ok:
        return "positive", 0
    return ("limit", 0) if fen > max_fen else (None, fen)
