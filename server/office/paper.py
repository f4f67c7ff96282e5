"""A paper of the office: a title, facts, tables, signatures. One shape for page, XLSX and PDF.

A cell is what it is (text, fen, a count), and each of the three forms shows it in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

# fen is shown as yuan with two decimals, int as it stands; id is text that is not broken.
Kind = Literal["text", "id", "fen", "int"]
Cell = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: its heading, what its cells are, and its share of the width."""

    heading: str
    kind: Kind = "text"
    share: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table. foot: rows under the line. links: row -> address of what is behind it, or ''."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    links: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document as it is shown, printed and exported.

    name    Of the file, in ASCII, without a suffix.
    facts   (label, value) under the title.
    signed  Under which words people sign on paper.
    day     To which day it belongs: the date inside the PDF.
    """

    name: str
    title: str
    institution: str
    branch: str
    day: str
    facts: tuple[tuple[str, str], ...]
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    wide: bool = False

    def to_json(self) -> dict[str, Any]:
        """The paper to be frozen."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Paper:
        """A frozen paper again."""
        sheets = tuple(_sheet(one) for one in said["sheets"])
        facts = tuple((label, value) for label, value in said["facts"])
        plain = {key: tuple(said[key]) for key in ("notes", "signed")}
        return cls(**{**said, **plain, "facts": facts, "sheets": sheets})


def show(kind: Kind, cell: Cell) -> str:
    """A cell as text: 1,170.00 for fen."""
    if cell is None:
        return ""
    if kind == "fen" and isinstance(cell, int):
        whole, rest = divmod(abs(cell), 100)
        return f"{'-' if cell < 0 else ''}{whole:,}.{rest:02d}"
    return str(cell)


def total(
    words: str, rows: Sequence[tuple[Cell, ...]], columns: Sequence[Column]
) -> tuple[Cell, ...]:
    """The row under the line: the words, then the sum of each column of amounts."""
    sums = (
        sum(cell for row in rows if isinstance(cell := row[place], int))
        if column.kind == "fen"
        else None
        for place, column in enumerate(columns)
    )
    return (words, *list(sums)[1:])


def _sheet(said: Mapping[str, Any]) -> Sheet:
    columns = tuple(Column(**one) for one in said["columns"])
    rows = {key: tuple(tuple(row) for row in said[key]) for key in ("rows", "foot")}
    return Sheet(**{**said, **rows, "columns": columns, "links": tuple(said["links"])})
