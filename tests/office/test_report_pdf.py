"""The printed report: made by typst with the fonts of a package, read again with another library.

Method: the text of the pages is taken out with pypdf, without its line breaks, and must hold every
sentence, every figure, the page numbers and the places for signatures.
"""

from __future__ import annotations

import io
from dataclasses import replace

from pypdf import PdfReader

from server.documents import typeset
from server.documents.report_pdf import TEMPLATE, report_data, report_pdf
from server.office.report_document import Difference, Document, Heading, document_of
from tests.office.report_bank import TOWN, household, receipt, report

HEADING = Heading(
    institution="演示农村信用社",
    branch="涡水分社",
    report_no="ZB20260302",
    issued_by="陈杰",
    issued_on="2026-03-09",
)


def pages_of(made: bytes) -> list[str]:
    """The text of each page without spaces and line breaks."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


def document(**changes: object) -> Document:
    """A report of two households."""
    people = (household(1, "测二"), household(2, "测三"))
    return document_of(report(*people, **changes), HEADING)


def test_it_prints_every_sentence_and_figure() -> None:
    made = document(receipts=(receipt(1),))

    [page] = pages_of(report_pdf(made))

    for line in (*made.paragraphs, *made.totals):
        assert line in page
    for words in ("下乡催收周报", "编号ZB20260302", "2026-03-02至2026-03-06", "签发：陈杰", "复核"):
        assert words in page
    assert "第1页，共1页" in page
    assert "河背片区" in page and "收回本金500元" in page


def test_it_says_of_a_draft_that_it_is_one() -> None:
    draft = replace(document(), heading=Heading(institution="信用社", branch="分社"))

    [page] = pages_of(report_pdf(draft))

    assert "编号草稿" in page and "草稿，未签发" in page


def test_it_prints_a_correction_with_before_and_after() -> None:
    changed = Difference(what="清溪镇现金收回（户）", before="2", after="3")
    heading = replace(HEADING, report_no="ZB20260302-1", corrects="ZB20260302", correction=1)
    corrected = replace(document(), heading=heading, differences=(changed,))

    page = pages_of(report_pdf(corrected))[0]

    assert "下乡催收周报（更正第1号）" in page
    assert "更正ZB20260302" in page
    assert "项目原报告更正后清溪镇现金收回（户）23" in page


def test_it_numbers_the_pages_of_a_long_report() -> None:
    towns = tuple(replace(TOWN, id=f"T{n}", name=f"第{n}镇") for n in range(12))
    people = [household(n, f"测{n}", area_id=f"T{n % 12}") for n in range(60)]
    long = document_of(report(*people, areas=towns), HEADING)

    pages = pages_of(report_pdf(long))

    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"第{number}页，共{len(pages)}页" in page
    assert all(f"第{n}镇" in "".join(pages) for n in range(12))


def test_it_takes_marks_of_the_typesetter_for_text() -> None:
    names = ("#panic()", "$x$", "*测*", "_二_", "\\测", "[测]", "<测>", "@测", "`测`", "//测")
    people = [household(n, name) for n, name in enumerate(names)]
    slips = tuple(receipt(n) for n in range(len(names)))
    made = document_of(report(*people, late=slips), HEADING)

    page = "".join(pages_of(report_pdf(made)))

    assert all(name in page for name in names)


def test_it_gives_the_same_bytes_for_the_same_report() -> None:
    assert report_pdf(document()) == report_pdf(document())


def test_it_gives_the_pages_as_pictures() -> None:
    [picture] = typeset.pages_png(TEMPLATE, report_data(document()))

    assert picture.startswith(b"\x89PNG")
