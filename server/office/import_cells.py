"""One cell of an import file: how it may be written, and what it then means.

A cell is text. Excel's own dates and numbers have been written out by the reader before
(`services/read_table.py`), so that one rule judges both kinds of file.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from sync.amounts import parse_yuan
from sync.problems import Problem

# A balance, not a slip: a collective loan may be large. A billion yuan is a mistake of units.
BALANCE_FEN_MAX = 1_000_000_000_00

NAME_CHARS_MAX = 100
FIRST_YEAR = 1949
LAST_YEAR = 2100

_ID = re.compile(r"[!-~]{1,64}")
_PHONE = re.compile(r"[0-9+()\- ]{5,20}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_DATES = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})/(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})\.(?P<m>[0-9]{1,2})\.(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
# What GB18030 text turns into when a program reads it as UTF-8 or Latin-1 and saves it again.
_MOJIBAKE = re.compile(r"\ufffd|锟斤拷|烫烫烫|屯屯屯|[\u00c0-\u00ff]{2}|\?{3}")


class CellFault(Exception):
    """A cell that cannot be taken as it stands; `rule` is a code of import_text.RULES."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


def read_text(cell: str) -> str:
    """Words such as a name: no formula, no control character, no broken encoding."""
    if cell[0] in "=@":
        raise CellFault("formula")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"} for character in cell):
        raise CellFault("control_character")
    if _MOJIBAKE.search(cell) or _is_twice_decoded(cell):
        raise CellFault("mojibake")
    if len(cell) > NAME_CHARS_MAX:
        raise CellFault("too_long")
    return cell


def read_id(cell: str) -> str:
    """A number of the core system: letters, digits and signs of ASCII, at most 64."""
    if cell[0] in "=@":
        raise CellFault("formula")
    if not _ID.fullmatch(cell):
        raise CellFault("id_form")
    if re.fullmatch(r"[0-9.]+[eE]\+[0-9]+", cell):
        raise CellFault("id_as_number")  # Excel has rounded a long number: 6.2E+18
    return cell


def read_phone(cell: str) -> str:
    """A telephone number as it is dialled."""
    if not _PHONE.fullmatch(cell):
        raise CellFault("phone_form")
    return cell


def read_amount(cell: str, *, max_fen: int = BALANCE_FEN_MAX) -> int:
    """Yuan with at most two decimals, as fen, exactly. Thousands may be grouped: 1,000.00."""
    plain = cell.replace(",", "") if _GROUPED.fullmatch(cell) else cell
    decimals = re.fullmatch(r"[0-9,]*\.([0-9]+)", cell)
    if decimals and len(decimals[1]) > 2:
        raise CellFault("amount_two_decimals")
    try:
        return parse_yuan(plain, max_fen=max_fen, zero_ok=True)
    except Problem as problem:
        raise CellFault(f"amount_{problem.details['rule']}") from problem


def read_day(cell: str) -> str:
    """A date as 'YYYY-MM-DD'; it may be written 2023-06-30, 2023/6/30, 20230630, 2023年6月30日."""
    for form in _DATES:
        found = form.fullmatch(cell)
        if found:
            return _day(int(found["y"]), int(found["m"]), int(found["d"]))
    raise CellFault("date_form")


def _is_twice_decoded(cell: str) -> bool:
    """UTF-8 that was read as GB18030 gives rare characters that turn back into common ones."""
    try:
        back = cell.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return False
    return len(back) > 1 and all("\u4e00" <= character <= "\u9fff" for character in back)


def _day(year: int, month: int, day: int) -> str:
    try:
        real = date(year, month, day)
    except ValueError as error:
        raise CellFault("date_unreal") from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellFault("date_year")
    return real.isoformat()
