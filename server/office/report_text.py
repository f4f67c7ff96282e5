"""The sentences of the weekly report, in Chinese, in the words of the golden week (domain 2.5).

Only what exists is printed: no cash, no cash sentence. Counts of people and slips are Chinese
numerals where the report of the golden week has them, and digits where it has digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from server.office.report_facts import HouseholdFact, ReceiptFact, WeekFacts
from server.office.report_groups import UNSTATED, AreaGroups, WeekGroups
from server.office.report_names import (
    committee,
    enumerated,
    listed,
    names_with_places,
    printed_names,
    yuan,
)
from server.office.report_reasons import reason_clauses
from server.office.report_requests import collective_sentences, plan_sentence, service_sentence
from sync.capitals import chinese_number

PARTS = (("principal", "本金"), ("interest", "利息"), ("penalty", "罚息"), ("cost", "费用"))


def paragraphs_of(facts: WeekFacts, groups: WeekGroups) -> Iterator[str]:
    """The paragraphs in order: areas, collective borrowers, wishes, plan, what is counted apart."""
    for area in groups.areas:
        if area.area.counts_household_total:
            yield from _town(area)
        else:
            yield from _sub_area(area)
    yield from collective_sentences(facts, groups.collectives)
    if groups.collective_receipts:
        payers = _payers(groups.collectives, groups.collective_receipts)
        yield f"集体借款{_cash(groups.collective_receipts, payers)}。"
    for service in facts.services:
        yield service_sentence(service)
    yield from _apart(facts, groups)
    if facts.plan:
        yield plan_sentence(facts.plan)


def _town(groups: AreaGroups) -> Iterator[str]:
    """An area whose borrowing households are all known."""
    area, names = groups.area, [*groups.area.committees]
    about = f"{chinese_number(len(names))}个村委会，{listed(names)}" if names else ""
    about = committee(about) if about else ""
    people = f"{area.population}人口" if area.population else ""
    head = "，".join(part for part in (about, people) if part)
    if head:
        yield f"{area.name}共有{head}。"
    if not groups.households:
        return
    subject = "该区域" if head else area.name
    yield f"{subject}共有借款农户{len(groups.households)}户。{_result(groups)}"
    if groups.promising:
        names = printed_names(groups.promising)
        yield (
            f"其中，达成还款意向的有{len(names)}户，{listed(names)}，"
            f"借款本金{yuan(_covered(groups))}。"
        )
    if groups.unsigned:
        yield f"未签回通知书的{len(groups.unsigned)}户，{_why(groups)}。"
    yield from _for_legal_review(groups)


def _result(groups: AreaGroups) -> str:
    clauses = []
    if groups.signed:
        clauses.append(f"已签回催收通知书{len(groups.signed)}户")
    if groups.cash:
        clauses += [f"现金收回{len(groups.cash)}户", f"收回{_parts(groups.receipts)}"]
    return f"{'，'.join(clauses)}。" if clauses else ""


def _why(groups: AreaGroups) -> str:
    """The reasons; what they do not cover is printed, never dropped."""
    clauses = reason_clauses(groups.unsigned)
    rest = len(groups.because(UNSTATED))
    if not clauses:
        return "均未注明原因" if rest > 1 else "未注明原因"
    if rest:
        clauses.append(f"其余{rest}户未注明原因")
    return f"其中{'，'.join(clauses)}"


def _sub_area(groups: AreaGroups) -> Iterator[str]:
    """An area whose households are not all known: no total, no rate (A13)."""
    sentences = [*_sub_area_sentences(groups)]
    if sentences:
        yield f"{groups.area.name}{''.join(sentences)}"
    yield from _for_legal_review(groups)


def _sub_area_sentences(groups: AreaGroups) -> Iterator[str]:
    also = ""
    if groups.receipts:
        yield f"{_cash(groups.receipts, _payers(groups.households, groups.receipts))}。"
        also = "另"
    if groups.signed:
        yield f"{also}签回催收通知书{chinese_number(len(groups.signed))}户。"
        also = "另"
    if groups.promising:
        names = names_with_places(groups.promising)
        count = chinese_number(len(names))
        yield (
            f"{also}达成还款意向的{count}户，{listed(names)}，借款本金{yuan(_covered(groups))}。"
        )
    clauses = reason_clauses(groups.unsigned)
    if clauses:
        yield f"未签回通知书的农户中，{'，'.join(clauses)}。"


def _for_legal_review(groups: AreaGroups) -> Iterator[str]:
    if groups.signed_lost:
        names = enumerated(printed_names(groups.signed_lost))
        count = chinese_number(len(groups.signed_lost))
        yield f"另有{count}户（{names}）虽已签回，但已丧失诉讼时效，待法务审查。"


def _apart(facts: WeekFacts, groups: WeekGroups) -> Iterator[str]:
    """Cash that is here but not in the figures: dated later (NV7), or waiting for a person."""
    if facts.late:
        yield f"本期截止后另收到{_slips(facts, facts.late)}，不计入本期，列入下期。"
    if groups.waiting:
        slips = _slips(facts, groups.waiting)
        yield f"另有待核实的{slips}，不计入以上数字。"


def _slips(facts: WeekFacts, receipts: Sequence[ReceiptFact]) -> str:
    """现金一笔（A），金额600元. A slip may name somebody whom nobody knows."""
    payers = _payers(facts.households, receipts)
    names = f"（{enumerated(payers)}）" if payers else ""
    total = sum(receipt.amount_fen for receipt in receipts)
    whole = "金额共" if len(receipts) > 1 else "金额"
    return f"现金{chinese_number(len(receipts))}笔{names}，{whole}{yuan(total)}"


def _cash(receipts: Sequence[ReceiptFact], payers: Sequence[str]) -> str:
    """收回现金三笔，分别是A、B、C，金额共1550元，其中本金1250元，利息300元."""
    total = yuan(sum(receipt.amount_fen for receipt in receipts))
    parts = _parts(receipts)
    inside = f"其中{parts}" if "，" in parts else f"均为{parts.rstrip('0123456789.元')}"
    count = chinese_number(len(receipts))
    whole = "金额共" if len(receipts) > 1 or "，" in parts else "金额"
    return f"收回现金{count}笔，{listed(payers)}，{whole}{total}，{inside}"


def _parts(receipts: Sequence[ReceiptFact]) -> str:
    """The parts that are not zero: 本金600元，利息500元."""
    sums = {zh: sum(getattr(receipt, f"{part}_fen") for receipt in receipts) for part, zh in PARTS}
    return "，".join(f"{zh}{yuan(fen)}" for zh, fen in sums.items() if fen)


def _payers(households: Sequence[HouseholdFact], receipts: Sequence[ReceiptFact]) -> list[str]:
    """Who paid, in the order of the slips; two slips of one household are said so (A12)."""
    known = {one.id: one for one in households}
    slips = Counter(receipt.household_id for receipt in receipts if receipt.household_id in known)
    several = len(slips) > 1
    notes = [f"{chinese_number(n)}笔" if several and n > 1 else "" for n in slips.values()]
    return printed_names([known[household_id] for household_id in slips], notes)


def _covered(groups: AreaGroups) -> int:
    return sum(loan.principal_fen for loan in groups.covered)
