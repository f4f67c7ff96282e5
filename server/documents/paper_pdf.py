"""A paper of the office as PDF: the house's page, its tables, places to sign."""

from __future__ import annotations

from server.clock import at_hour
from server.documents import typeset
from server.office.paper import Paper, Sheet, show

TEMPLATE = "paper.typ"


def paper_pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same paper gives the same bytes."""
    return typeset.pdf(TEMPLATE, paper_data(paper), made_at_ms=at_hour(paper.day, 0))


def paper_data(paper: Paper) -> dict[str, object]:
    """What the template prints, all of it text."""
    return {
        "title": paper.title,
        "institution": paper.institution,
        "branch": paper.branch,
        "facts": [list(fact) for fact in paper.facts],
        "sheets": [_sheet(sheet) for sheet in paper.sheets],
        "notes": list(paper.notes),
        "signed": list(paper.signed),
        "wide": paper.wide,
        "footer": f"{paper.branch}　{paper.title}　{paper.name}",
    }


def _sheet(sheet: Sheet) -> dict[str, object]:
    kinds = [column.kind for column in sheet.columns]
    return {
        "caption": sheet.caption,
        "head": [column.heading for column in sheet.columns],
        "kinds": kinds,
        "shares": [column.share for column in sheet.columns],
        "rows": [[show(*cell) for cell in zip(kinds, row, strict=True)] for row in sheet.rows],
        "foot": [[show(*cell) for cell in zip(kinds, row, strict=True)] for row in sheet.foot],
        "empty": sheet.empty,
    }
