"""Read the one sheet of an XLSX file into text cells. Formulas and errors are faults, not values.

A formula shows what it was when somebody last opened the file; a balance must be a figure.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from server.office.import_rules import LineFault, Table
from sync.problems import Problem

# An XLSX is a zip archive: 10 MB of it could unpack to gigabytes.
UNPACKED_BYTES_MAX = 200_000_000
ROWS_READ_MAX = 50_000
CELLS_MAX = 60

# Excel keeps fifteen digits of a number; a longer one has been rounded without a word.
_WHOLE_MAX = 10**15


def read_xlsx(data: bytes) -> Table:
    """The rows of the only sheet that has any. Refuses `import_unreadable` with the rule."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise Problem("import_unreadable", rule="zip")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        sheets = [rows for sheet in book.worksheets if (rows := _rows(sheet))]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Problem("import_unreadable", rule="xlsx") from error
    if len(sheets) > 1:
        raise Problem("import_unreadable", rule="sheets")
    return _table(sheets[0] if sheets else [])


def _rows(sheet: Any) -> list[tuple[int, list[Any]]]:
    """The rows of a sheet that have content, each with its number."""
    rows: list[tuple[int, list[Any]]] = []
    cells: Iterable[Any]
    for number, cells in enumerate(sheet.iter_rows(max_col=CELLS_MAX), 1):
        if number > ROWS_READ_MAX:
            raise Problem("import_unreadable", rule="rows")
        row = list(cells)
        if any(cell.value not in (None, "") for cell in row):
            rows.append((number, row))
    return rows


def _table(rows: list[tuple[int, list[Any]]]) -> Table:
    if not rows:
        return Table((), ())
    headings = _trimmed(rows[0][1])
    faults = [fault for number, row in rows for fault in _faults(number, row, headings)]
    wrong = {fault.line for fault in faults}
    clean = [
        (number, tuple(_text(cell) for cell in row[: len(headings)]))
        for number, row in rows[1:]
        if number not in wrong
    ]
    return Table(headings, tuple(clean), tuple(faults))


def _trimmed(row: list[Any]) -> tuple[str, ...]:
    """The texts of the first row up to its last cell with content."""
    texts = [_text(cell) for cell in row]
    while texts and not texts[-1].strip():
        texts.pop()
    return tuple(texts)


def _faults(number: int, row: list[Any], headings: tuple[str, ...]) -> Iterator[LineFault]:
    for index, cell in enumerate(row):
        name = headings[index].strip() if index < len(headings) and number > 1 else ""
        if cell.data_type == "f":
            yield LineFault(number, name, str(cell.value)[:60], "formula")
        elif cell.data_type == "e":
            yield LineFault(number, name, str(cell.value), "cell_error")
        elif index >= len(headings) and _text(cell).strip():
            yield LineFault(number, "", _text(cell)[:60], "cells_too_many", "1")


def _text(cell: Any) -> str:
    """The cell as a person would have typed it into a CSV."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    if abs(value) >= _WHOLE_MAX:
        return f"{float(value):.5E}"  # the rules say what to do about it
    if value == int(value):
        whole = str(int(value))
        # A column shown as 000101 is a column of six-digit numbers.
        return whole.zfill(len(number_format)) if re.fullmatch("0+", number_format) else whole
    return repr(value)
