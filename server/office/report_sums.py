"""The checks without which a report is not issued: its groups and its receipts must sum (U23).

The grouping gives disjoint groups by itself; what can be wrong is what it was given. So these ask
the facts again, by another way, and name the first household or receipt that does not fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from server.office.report_facts import ReceiptFact, WeekFacts
from server.office.report_groups import AreaGroups, WeekGroups
from sync.problems import Problem


def require_sums(facts: WeekFacts, groups: WeekGroups) -> None:
    """Refuse `report_does_not_sum`, naming the area and the household or receipt at fault."""
    for area, culprit in (*_household_faults(facts, groups), *_receipt_faults(facts, groups)):
        raise Problem("report_does_not_sum", area=area, household=culprit)


def _household_faults(facts: WeekFacts, groups: WeekGroups) -> Iterator[tuple[str, str]]:
    known = {area.id for area in facts.areas}
    for household_id, times in Counter(one.id for one in facts.households).items():
        if times > 1:
            yield "—", household_id
    for household in facts.households:
        if household.area_id not in known and not household.is_collective:
            yield household.area_id, household.id
    for area in groups.areas:
        yield from _group_faults(area)


def _group_faults(area: AreaGroups) -> Iterator[tuple[str, str]]:
    placed = Counter(one.id for one in (*area.cash, *area.signed))
    placed.update(one.household.id for one in area.unsigned)
    for household in area.households:
        if placed.pop(household.id, 0) != 1:
            yield area.area.name, household.id
    for household_id in placed:
        yield area.area.name, household_id


def _receipt_faults(facts: WeekFacts, groups: WeekGroups) -> Iterator[tuple[str, str]]:
    loans = {loan.id: one.id for one in facts.households for loan in one.loans}
    for receipt in facts.receipts:
        if receipt.is_valid and not _is_whole(receipt, loans):
            yield "—", f"{receipt.household_id} · {receipt.receipt_no}"
    placed = Counter(receipt.receipt_no for area in groups.areas for receipt in area.receipts)
    placed.update(receipt.receipt_no for receipt in groups.collective_receipts)
    for receipt in groups.receipts:
        if placed[receipt.receipt_no] != 1:
            yield "—", f"{receipt.household_id} · {receipt.receipt_no}"


def _is_whole(receipt: ReceiptFact, loans: dict[str, str]) -> bool:
    """The parts make the amount, and the loan is one of the household's."""
    parts = (receipt.principal_fen, receipt.interest_fen, receipt.penalty_fen, receipt.cost_fen)
    return sum(parts) == receipt.amount_fen and loans.get(receipt.loan_id) == receipt.household_id
