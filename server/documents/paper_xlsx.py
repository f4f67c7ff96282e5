"""A paper of the office as XLSX: amounts are numbers, words are words and never formulas.

The same paper gives the same bytes: what the library writes of the clock is set to its day.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from server.office.paper import Cell, Column, Kind, Paper, Sheet

AMOUNT_FORMAT = "#,##0.00"
_TEXT_FORMAT = "@"  # Excel would make a number of SJ000101's digits, or 6.2E+18 of a long one
_SIDE = Side(style="thin", color="999999")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_BOLD = Font(bold=True)


def paper_xlsx(paper: Paper) -> bytes:
    """The paper in one sheet: title, facts, then each table under its caption."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", paper.title)[:31]
    row = _write(sheet, 1, paper.title, Font(bold=True, size=14))
    row = _write(sheet, row, f"{paper.institution}　{paper.branch}")
    for label, value in paper.facts:
        row = _write(sheet, row, f"{label}：{value}")
    for part in paper.sheets:
        row = _table(sheet, row + 1, part)
    for note in paper.notes:
        row = _write(sheet, row + 1, note)
    return settled(book, paper.day)


def rows_xlsx(columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...], day: str) -> bytes:
    """A bare table, headings in the first row: a file that another program reads."""
    book = Workbook()
    _rows(book.active, 1, columns, rows)
    _widths(book.active, columns)
    return settled(book, day)


def settled(book: Workbook, day: str) -> bytes:
    """The bytes of a workbook, every instant in it set to the beginning of a day."""
    made = datetime.fromisoformat(day)
    book.properties.created = book.properties.modified = made
    raw, packed = io.BytesIO(), io.BytesIO()
    book.save(raw)
    stamp = (made.year, made.month, made.day, 0, 0, 0)
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(packed, "w") as kept:
        for name in given.namelist():
            data = given.read(name)
            if name == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>%sT00:00:00Z" % day.encode(), data
                )
            kept.writestr(zipfile.ZipInfo(name, stamp), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _table(sheet: Any, row: int, part: Sheet) -> int:
    if part.caption:
        row = _write(sheet, row, part.caption, _BOLD)
    row = _rows(sheet, row, part.columns, part.rows + part.foot)
    _widths(sheet, part.columns)
    return row


def _rows(
    sheet: Any, row: int, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]
) -> int:
    for place, column in enumerate(columns, 1):
        _cell(sheet, row, place, "text", column.heading).font = _BOLD
    for number, cells in enumerate(rows, row + 1):
        for place, (column, cell) in enumerate(zip(columns, cells, strict=True), 1):
            _cell(sheet, number, place, column.kind, cell)
    return row + len(rows) + 1


def _cell(sheet: Any, row: int, place: int, kind: Kind, value: Cell) -> Any:
    cell = sheet.cell(row, place)
    cell.border = _LINE
    if isinstance(value, int):
        cell.value = Decimal(value) / 100 if kind == "fen" else value
        cell.number_format = AMOUNT_FORMAT if kind == "fen" else "0"
    elif value is not None:
        _put(cell, value)
        cell.number_format = _TEXT_FORMAT
        cell.alignment = Alignment(wrap_text=kind == "text", vertical="top")
    return cell


def _put(cell: Any, text: str) -> None:
    """Words as words: what begins with = is no formula, and what no XLSX may hold is left out."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


def _write(sheet: Any, row: int, text: str, font: Font | None = None) -> int:
    cell = sheet.cell(row, 1)
    _put(cell, text)
    if font:
        cell.font = font
    return row + 1


def _widths(sheet: Any, columns: tuple[Column, ...]) -> None:
    for place, column in enumerate(columns, 1):
        width = sheet.column_dimensions[get_column_letter(place)]
        width.width = max(width.width, 6 + 4 * column.share)
