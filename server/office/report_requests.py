"""Collective borrowers, wishes that are no debt, and the plan: their own paragraphs (A15, S54)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.office.report_facts import (
    HouseholdFact,
    PlanFact,
    ServiceFact,
    WeekFacts,
)
from server.office.report_names import joined, printed_names, yuan
from sync.capitals import chinese_number

# What was asked for; a kind that is not here is printed by its purpose alone.
SERVICES = {"DEDICATED_ACCOUNT": "开设专用账户"}

# A purpose that ends in this reads on behind 以便日后划拨的.
EARMARKED = "专款专用"


def collective_sentences(facts: WeekFacts, collectives: Sequence[HouseholdFact]) -> Iterator[str]:
    """One sentence for all collectives for which the same people were asked for help."""
    asked = {one.id: _asked_for(facts, one.id) for one in collectives}
    for offices in dict.fromkeys(asked.values()):
        group = [one for one in collectives if asked[one.id] == offices and one.loans]
        if group:
            yield _collective(facts, group, offices)
    names = {one.id: one for one in facts.households if not one.is_collective}
    for assist in facts.assists:
        about = [names[household_id] for household_id in assist.about if household_id in names]
        if about:
            yield f"{'、'.join(printed_names(about))}{_help(assist.asked_of)}。"


def _asked_for(facts: WeekFacts, household_id: str) -> tuple[str, ...]:
    offices = [name for one in facts.assists if household_id in one.about for name in one.asked_of]
    return tuple(dict.fromkeys(offices))


def _collective(facts: WeekFacts, group: Sequence[HouseholdFact], offices: tuple[str, ...]) -> str:
    merged = {merger.from_unit: merger.into_unit for merger in facts.mergers}
    units = [merged.get(one.name) or one.successor_unit for one in group]
    notes = [f"已和{unit}合并" if unit else "" for unit in units]
    loans = [loan for one in group for loan in one.loans]
    total = yuan(sum(loan.principal_fen for loan in loans))
    asked = f"，{_help(offices)}" if offices else ""
    names = "、".join(printed_names(group, notes))
    return f"{names}借款{chinese_number(len(loans))}笔，金额{total}{asked}。"


def _help(offices: Sequence[str]) -> str:
    return f"需{joined(offices) or '有关方面'}协助解决"


def service_sentence(service: ServiceFact) -> str:
    """大龙村委要求开设专用账户，以便日后划拨的专款专用，已与塘冲分社负责人联系。"""
    wish = SERVICES.get(service.kind, "")
    clauses = [f"{service.requester}要求{wish}" if wish else f"{service.requester}提出服务需求"]
    if wish and service.purpose.endswith(EARMARKED):
        clauses.append(f"以便日后划拨的{service.purpose}")
    elif service.purpose:
        clauses.append(f"用途是{service.purpose}")
    if service.state == "DONE":
        clauses.append("已办理")
    elif service.forwarded_to:
        verb = "已与{}联系" if service.state == "CONTACTED" else "已转{}"
        clauses.append(verb.format(service.forwarded_to))
    return f"{'，'.join(clauses)}。"


def plan_sentence(plan: Sequence[PlanFact]) -> str:
    """The plan of the week in which the report is written: its items behind one colon."""
    return f"本周工作计划：{'；'.join(_item(item) for item in plan)}。"


def _item(item: PlanFact) -> str:
    if item.kind == "FOLLOW_UP_INTENTIONS":
        return "继续跟进有意愿还款的欠款农户"
    assert item.kind == "SWEEP", "a plan item is a follow-up or a sweep"
    return f"对{item.area}辖区催收{chinese_number(item.times)}次"
