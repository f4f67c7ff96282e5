"""The weekly report on paper: title, paragraphs, one table of figures, signatures, page numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.clock import at_hour
from server.documents import typeset
from server.office.report_document import AREA_FIELDS, REASON_NAMES, WEEK_FIELDS, Document, show

TEMPLATE = "report.typ"

# Printed in the sentences; a column of names does not fit into a table.
_NOT_IN_TABLE = {"intention_names"}

# More columns than this are too narrow for an amount.
AREAS_A_TABLE = 5

# Figure of an area -> the same of the week.
_OF_THE_WEEK = {
    "receipts": "week_receipts",
    "cash_principal_fen": "week_cash_principal_fen",
    "cash_interest_fen": "week_cash_interest_fen",
}


def report_pdf(report: Document) -> bytes:
    """A draft or an issued report as PDF."""
    day = report.heading.issued_on or report.report_on
    return typeset.pdf(TEMPLATE, report_data(report), made_at_ms=at_hour(day, 0))


def report_data(report: Document) -> dict[str, object]:
    """What the template prints, all of it text."""
    heading = report.heading
    number = heading.report_no or "草稿"
    issued = (
        f"签发：{heading.issued_by}　{heading.issued_on}" if heading.issued_by else "草稿，未签发"
    )
    return {
        "title": report.title,
        "institution": heading.institution,
        "branch": heading.branch,
        "period": f"{report.starts_on} 至 {report.ends_on}",
        "report_on": report.report_on,
        "number": number,
        "corrects": heading.corrects,
        "differences": [[one.what, one.before, one.after] for one in report.differences],
        "paragraphs": list(report.paragraphs),
        "tables": [*_tables(report)],
        "totals": list(report.totals),
        "issued": issued,
        "footer": f"{heading.branch}　{report.title}　{number}",
    }


def _tables(report: Document) -> Iterator[dict[str, object]]:
    """The areas in tables of a few columns; the week as a whole is the last column of the last."""
    areas = report.figures["areas"]
    starts = range(0, len(areas), AREAS_A_TABLE) or [0]
    for start in starts:
        chunk = areas[start : start + AREAS_A_TABLE]
        names = [report.area_names[area["area"]] for area in chunk]
        if start + AREAS_A_TABLE < len(areas):
            yield {"head": names, "rows": [row[:-1] for row in _rows(report, chunk)]}
        else:
            rows = [*_rows(report, chunk), *_week_rows(report, len(chunk))]
            yield {"head": [*names, "本期"], "rows": rows}


def _rows(report: Document, areas: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """One row for each figure: the areas, then the week where it has a figure of its own."""
    for field, words in AREA_FIELDS.items():
        if field not in _NOT_IN_TABLE:
            week = _OF_THE_WEEK.get(field)
            total = show(week, report.figures[week]) if week else ""
            yield [words, *(show(field, area[field]) for area in areas), total]
    for code, words in REASON_NAMES.items():
        counts = [area["unsigned_by_reason"].get(code, 0) for area in areas]
        if any(counts):
            yield [f"　其中{words}", *(str(count) for count in counts), ""]


def _week_rows(report: Document, areas: int) -> Iterator[list[str]]:
    """Figures that only the week has."""
    figures, blank = report.figures, [""] * areas
    field = "week_cash_total_fen"
    yield [WEEK_FIELDS[field], *blank, show(field, figures[field])]
    if figures["collective"]["loans"]:
        yield ["集体借款（笔）", *blank, str(figures["collective"]["loans"])]
        fen = figures["collective"]["principal_fen"]
        yield ["集体借款金额", *blank, show("principal_fen", fen)]
