"""Read a file of rows, CSV or XLSX, into text cells with the line numbers of the file.

The encoding is found out honestly: bytes that are valid UTF-8 are UTF-8, else they must be valid
GB18030 throughout. A person may say which one it is; then lines that are not are faults, each
with its number, and nothing is replaced or skipped.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.office.import_headings import column_of
from server.office.import_rules import LineFault, Table
from server.services.read_xlsx import read_xlsx
from sync.problems import Problem

# A branch has some thousand loans; a line has some 200 bytes.
FILE_BYTES_MAX = 10_000_000
ROWS_MAX = 20_000
CELLS_MAX = 60
ENCODINGS = ("utf-8", "gb18030")

# GB18030 text of so many bytes beyond ASCII is hardly ever valid UTF-8 by chance.
_SURE_BYTES = 12


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The table of a file and how it was read: 'utf-8', 'gb18030' or 'xlsx'."""

    table: Table
    form: str


def read_table(
    data: bytes,
    *,
    encoding: str | None = None,
    knows: Callable[[str], str | None] = column_of,
) -> ReadFile:
    """The rows of a CSV or XLSX file; blank rows are left out, their numbers are kept.

    encoding  'utf-8' or 'gb18030' if a person said so; None to find out.
    knows     Which column a heading names, or None: by it the delimiter of a CSV is found out.

    Refuses `import_too_large` and `import_unreadable`; what is wrong with single lines is in the
    faults of the table.
    """
    if len(data) > FILE_BYTES_MAX:
        raise too_large()
    if data.startswith(b"PK\x03\x04"):
        return ReadFile(_limited(read_xlsx(data)), "xlsx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem("import_unreadable", rule="xls")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise Problem("import_unreadable", rule="utf-16")
    form = encoding or _found_encoding(data)
    if form not in ENCODINGS:
        raise Problem("import_unreadable", rule="encoding")
    wrong = _lines_not_in(data, form)
    if wrong:
        faults = tuple(LineFault(line, "", "", "encoding", form.upper()) for line in wrong)
        return ReadFile(Table((), (), faults), form)
    text = data.removeprefix(b"\xef\xbb\xbf").decode(form)
    return ReadFile(_limited(_read_csv(text, _delimiter(text, knows))), form)


def too_large() -> Problem:
    """The refusal of a file beyond the limits."""
    return Problem("import_too_large", max_bytes=FILE_BYTES_MAX, max_rows=ROWS_MAX)


def _limited(table: Table) -> Table:
    if len(table.rows) > ROWS_MAX:
        raise too_large()
    return table


def _found_encoding(data: bytes) -> str:
    if _is(data, "utf-8"):
        return "utf-8"
    return "gb18030" if _is(data, "gb18030") else "utf-8"


def _lines_not_in(data: bytes, encoding: str) -> list[int]:
    """The numbers of the lines that are not text of this encoding.

    Lines can be told apart before they are understood: a newline is one byte in both.
    """
    lines = data.split(b"\n")
    wrong = [n for n, line in enumerate(lines, 1) if not _is(line, encoding)]
    foreign = sum(byte > 0x7F for byte in data)
    if not wrong and encoding == "gb18030" and foreign >= _SURE_BYTES and _is(data, "utf-8"):
        return [n for n, line in enumerate(lines, 1) if not line.isascii()]
    return wrong


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_csv(text: str, delimiter: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    faults: list[LineFault] = []
    headings: tuple[str, ...] = ()
    for line, cells in _records(reader, faults):
        if not any(cell.strip() for cell in cells):
            continue
        if not headings:
            headings = tuple(cells)
            continue
        extra = len([cell for cell in cells[len(headings) :] if cell.strip()])
        if extra:
            faults.append(LineFault(line, "", cells[-1][:60], "cells_too_many", str(extra)))
        rows.append((line, tuple(cells[:CELLS_MAX])))
        if len(rows) > ROWS_MAX:
            raise too_large()
    return Table(headings, tuple(rows), tuple(faults))


def _records(
    reader: Iterator[list[str]], faults: list[LineFault]
) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; a broken quotation ends the reading."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            faults.append(LineFault(line, "", "", "quote_open"))
            return
        yield line, cells
        line = getattr(reader, "line_num", line) + 1


def _delimiter(text: str, knows: Callable[[str], str | None]) -> str:
    """Comma, tab or semicolon: whichever makes most headings of the first line known."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        cells = re.split(re.escape(delimiter), first)
        return sum(knows(cell.strip('" ')) is not None for cell in cells)

    return max((",", "\t", ";"), key=known)
