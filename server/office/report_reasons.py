"""Why notices were not signed, as clauses of one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from server.office.report_groups import LIMITATION_LOST, UNSTATED, Unsigned
from server.office.report_names import enumerated, printed_names
from sync.capitals import chinese_number

AWAY = "AWAY_MIGRANT_WORK"

# Reason -> what is so, behind "有二户". Facts without blame: nobody is shamed in a report.
REASONS = {
    "NOT_HOME": "上门时不在家",
    "REFUSED": "未同意签收",
    "DISPUTES_DEBT": "对债务有异议",
    "MOVED": "已搬迁",
    "DECEASED": "据称借款人已去世，待核实",
    "LOST_CONTACT": "暂时联系不上",
    "OTHER": "因其他原因",
}


def reason_clauses(unsigned: Sequence[Unsigned]) -> list[str]:
    """One clause for each reason that occurs: away, lost, then the others. UNSTATED has none."""
    clauses = _away([one for one in unsigned if one.reason == AWAY])
    lost = [one.household for one in unsigned if one.reason == LIMITATION_LOST]
    if lost:
        names = enumerated(printed_names(lost))
        clauses.append(f"有{chinese_number(len(lost))}户（{names}）已丧失诉讼时效")
    counts = Counter(one.reason for one in unsigned)
    for reason, words in REASONS.items():
        if counts[reason]:
            clauses.append(f"有{chinese_number(counts[reason])}户{words}")
    assert not set(counts) - {AWAY, LIMITATION_LOST, UNSTATED, *REASONS}, "every reason has words"
    return clauses


def _away(unsigned: Sequence[Unsigned]) -> list[str]:
    """Those who work elsewhere, by place; a place that is not known is not made up."""
    places = Counter(one.away_place or "" for one in unsigned)
    known = [f"{chinese_number(count)}人在{place}打工" for place, count in places.items() if place]
    return [*known, f"{chinese_number(places[''])}人外出务工"] if places[""] else known
