"""A report as a document: frozen, shown and printed without asking the database again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from server.office.report import Report
from server.office.report_names import yuan
from server.office.report_totals import total_lines

TITLE = "下乡催收周报"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Who reports, and under which number. A draft has no number; a correction names the report."""

    institution: str
    branch: str
    report_no: str | None = None
    corrects: str | None = None
    correction: int | None = None
    issued_by: str | None = None
    issued_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure that a correction changes, in words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything that is shown or printed of one report. figures is the JSON shape of `--json`."""

    heading: Heading
    starts_on: str
    ends_on: str
    report_on: str
    area_names: Mapping[str, str]
    figures: Mapping[str, Any]
    paragraphs: Sequence[str]
    totals: Sequence[str]
    differences: Sequence[Difference] = ()

    @property
    def title(self) -> str:
        """下乡催收周报, and which correction of which report it is."""
        if self.heading.correction is None:
            return TITLE
        return f"{TITLE}（更正第{self.heading.correction}号）"

    def to_json(self) -> dict[str, Any]:
        """The frozen form."""
        return {
            **asdict(self),
            "area_names": dict(self.area_names),
            "figures": dict(self.figures),
            "paragraphs": list(self.paragraphs),
            "totals": list(self.totals),
            "differences": [asdict(one) for one in self.differences],
        }

    @classmethod
    def from_json(cls, frozen: Mapping[str, Any]) -> Document:
        """The document as it was frozen."""
        rest = dict(frozen)
        heading = Heading(**rest.pop("heading"))
        differences = tuple(Difference(**one) for one in rest.pop("differences"))
        return cls(heading=heading, differences=differences, **rest)


def document_of(report: Report, heading: Heading) -> Document:
    """The document of a report as it stands now."""
    period = report.facts.period
    return Document(
        heading=heading,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        report_on=period.report_on,
        area_names={area.id: area.name for area in report.facts.areas},
        figures=report.figures.to_json(),
        paragraphs=report.paragraphs,
        totals=total_lines(report.totals),
    )


# Field of the JSON shape -> its name, for areas and for the week.
AREA_FIELDS = {
    "households_total": "借款农户（户）",
    "signed_back_households": "已签回（户）",
    "cash_households": "现金收回（户）",
    "receipts": "收据（张）",
    "cash_principal_fen": "收回本金",
    "cash_interest_fen": "收回利息",
    "intention_households": "还款意向（户）",
    "intention_principal_fen": "意向借款本金",
    "intention_names": "意向农户",
    "unsigned_households": "未签回（户）",
}
WEEK_FIELDS = {
    "week_receipts": "本期收据（张）",
    "week_cash_principal_fen": "本期收回本金",
    "week_cash_interest_fen": "本期收回利息",
    "week_cash_total_fen": "本期现金合计",
    "service_requests": "服务需求（项）",
}
REASON_NAMES = {
    "AWAY_MIGRANT_WORK": "外出务工",
    "LIMITATION_LOST": "已丧失诉讼时效",
    "NOT_HOME": "不在家",
    "REFUSED": "未同意签收",
    "DISPUTES_DEBT": "有异议",
    "MOVED": "已搬迁",
    "DECEASED": "据称去世",
    "LOST_CONTACT": "联系不上",
    "OTHER": "其他原因",
    "UNSTATED": "未注明原因",
}


def differences(before: Document, after: Document) -> list[Difference]:
    """Every figure and paragraph that differs, before and after."""
    found = [*_figure_differences(before, after)]
    gone = [line for line in before.paragraphs if line not in after.paragraphs]
    new = [line for line in after.paragraphs if line not in before.paragraphs]
    if not found and (gone or new):
        found.append(Difference(what="文字", before="".join(gone), after="".join(new)))
    return found


def _figure_differences(before: Document, after: Document) -> Iterator[Difference]:
    names = {**before.area_names, **after.area_names}
    old = {area["area"]: area for area in before.figures["areas"]}
    new = {area["area"]: area for area in after.figures["areas"]}
    for area_id in dict.fromkeys([*old, *new]):
        yield from _area_differences(names[area_id], old.get(area_id, {}), new.get(area_id, {}))
    yield from _differences("", WEEK_FIELDS, before.figures, after.figures)
    collective = {"loans": "集体借款（笔）", "principal_fen": "集体借款金额"}
    yield from _differences(
        "", collective, before.figures["collective"], after.figures["collective"]
    )
    limitation = (before.figures["limitation"], after.figures["limitation"])
    for loan_id in dict.fromkeys([*limitation[0], *limitation[1]]):
        then, now = (_limitation(one.get(loan_id)) for one in limitation)
        if then != now:
            yield Difference(what=f"贷款 {loan_id} 诉讼时效", before=then, after=now)


def _area_differences(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    yield from _differences(name, AREA_FIELDS, before, after)
    reasons = [one.get("unsigned_by_reason", {}) for one in (before, after)]
    yield from _differences(f"{name}未签回：", REASON_NAMES, *reasons)


def _differences(
    name: str, fields: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for field, words in fields.items():
        then, now = (show(field, one.get(field)) for one in (before, after))
        if then != now:
            yield Difference(what=f"{name}{words}", before=then, after=now)


def show(field: str, value: object) -> str:
    """A figure as people read it: yuan for fen, a dash for what is not counted."""
    if value is None:
        return "—"
    if isinstance(value, list):
        return "、".join(value) or "—"
    if field.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    return str(value)


_STATUS = {
    "RUNNING": "未届满",
    "IN_PROCEDURE": "程序中",
    "EXPIRED": "已届满",
    "WAIVED": "已放弃抗辩",
    "LONGSTOP_PASSED": "已过最长期限",
    "UNKNOWN": "不明",
}


def _limitation(fact: Mapping[str, Any] | None) -> str:
    if fact is None:
        return "—"
    return " ".join(part for part in (_STATUS[fact["status"]], fact["ends_on"]) if part)
