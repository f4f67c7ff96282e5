"""The sentences of the report for data of any kind: only what exists, in good Chinese.

Method: small weeks, and the sentence that a careful clerk would write. The golden week itself is
compared word for word in tests/golden.
"""

from __future__ import annotations

from dataclasses import replace

from server.office.report_facts import AssistFact, HouseholdFact, MergerFact, PlanFact, ServiceFact
from tests.office.report_bank import (
    EXPIRED,
    SUB_AREA,
    TOWN,
    household,
    intention,
    reason,
    receipt,
    report,
    signature,
)


def lines(*households: HouseholdFact, **changes: object) -> list[str]:
    """The paragraphs of a week, without the first one about the town."""
    found = list(report(*households, **changes).paragraphs)
    return found[1:] if found and found[0].startswith("清溪镇共有二个") else found


def test_it_describes_a_town_by_what_is_known_of_it() -> None:
    one = household(1, "测二")
    bare = replace(TOWN, committees=(), population=None)

    assert report(one).paragraphs[0] == "清溪镇共有二个村委会，分别是上坪、下坪村委，900人口。"
    small = replace(TOWN, committees=("上坪",), population=None)
    assert report(one, areas=(small,)).paragraphs[0] == "清溪镇共有一个村委会，是上坪村委。"
    crowd = replace(TOWN, committees=())
    assert report(one, areas=(crowd,)).paragraphs[0] == "清溪镇共有900人口。"
    assert report(one, areas=(bare,)).paragraphs[0] == "清溪镇共有借款农户1户。"


def test_it_says_nothing_of_what_there_is_not() -> None:
    assert report().paragraphs == ("清溪镇共有二个村委会，分别是上坪、下坪村委，900人口。",)
    assert lines(household(1, "测二")) == [
        "该区域共有借款农户1户。",
        "未签回通知书的1户，未注明原因。",
    ]
    assert lines(household(1, "测二"), signatures=(signature(1),)) == [
        "该区域共有借款农户1户。已签回催收通知书1户。"
    ]


def test_it_names_only_the_parts_of_cash_that_there_are() -> None:
    fee = receipt(
        1, amount_fen=12_50, principal_fen=0, interest_fen=10_00, penalty_fen=2_00, cost_fen=50
    )

    [first] = lines(household(1, "测二"), receipts=(fee,))

    assert first == "该区域共有借款农户1户。现金收回1户，收回利息10元，罚息2元，费用0.50元。"


def test_it_writes_intentions_for_one_and_for_many() -> None:
    people = [household(1, "测二"), household(2, "测三")]
    signed = (signature(1), signature(2))

    one = lines(*people, signatures=signed, intentions=(intention(1),))
    both = lines(*people, signatures=signed, intentions=(intention(1), intention(2)))

    assert one[1] == "其中，达成还款意向的有1户，是测二，借款本金1000元。"
    assert both[1] == "其中，达成还款意向的有2户，分别是测二、测三，借款本金2000元。"


def test_it_groups_those_away_by_place_and_makes_up_none() -> None:
    people = [household(n, f"测{n}") for n in range(1, 6)]
    away = "AWAY_MIGRANT_WORK"
    told = (
        reason(1, away, "广州"),
        reason(2, away, "深圳"),
        reason(3, away, "广州"),
        reason(4, away),
    )

    assert lines(*people, reasons=told)[1] == (
        "未签回通知书的5户，其中二人在广州打工，一人在深圳打工，一人外出务工，其余1户未注明原因。"
    )


def test_it_has_words_for_every_reason() -> None:
    codes = ["NOT_HOME", "REFUSED", "DISPUTES_DEBT", "MOVED", "DECEASED", "LOST_CONTACT", "OTHER"]
    people = [household(n, f"测{n}") for n in range(len(codes))]

    sentence = lines(*people, reasons=tuple(reason(n, c) for n, c in enumerate(codes)))[1]

    assert sentence == (
        "未签回通知书的7户，其中有一户上门时不在家，有一户未同意签收，有一户对债务有异议，"
        "有一户已搬迁，有一户据称借款人已去世，待核实，有一户暂时联系不上，有一户因其他原因。"
    )


def test_it_says_that_no_reason_was_given_for_any() -> None:
    assert lines(household(1, "测二"), household(2, "测三"))[1] == (
        "未签回通知书的2户，均未注明原因。"
    )


def test_it_sends_a_signed_expired_claim_to_legal_review() -> None:
    people = [household(1, "测二", EXPIRED), household(2, "测二", EXPIRED, village="下坪")]

    found = lines(*people, signatures=(signature(1), signature(2)))

    assert (
        found[-1]
        == "另有二户（测二（上坪）、测二（下坪））虽已签回，但已丧失诉讼时效，待法务审查。"
    )


def test_it_tells_equal_names_apart_by_village_then_hamlet_then_number() -> None:
    people = [
        household(1, "测二", EXPIRED),
        household(2, "测二", EXPIRED, village="下坪"),
        household(3, "测二", EXPIRED, village="下坪", natural_village="新村"),
        household(4, "测二", EXPIRED, village="下坪", natural_village="新村"),
        household(5, "测三", EXPIRED),
    ]

    assert (
        "有五户（测二（上坪）、测二（下坪）、测二（下坪，新村，H3）、测二（下坪，新村，H4）、测三）"
        in (lines(*people)[1])
    )


def test_it_reports_a_sub_area_by_its_cash() -> None:
    away = household(3, "测火养", area_id="S", village="河背")
    people = [
        household(1, "测二", area_id="S", village="河背"),
        household(2, "测二", area_id="S", village="梅子坪", natural_village="新屋"),
        away,
    ]
    slips = (receipt(1), receipt(2), receipt(2, receipt_no="SJ000009"))

    [found] = report(
        *people,
        areas=(SUB_AREA,),
        receipts=slips,
        intentions=(intention(2),),
        reasons=(reason(3, "MOVED"),),
    ).paragraphs

    assert found == (
        "河背片区收回现金三笔，分别是测二（河背）、测二（梅子坪，二笔），金额共1800元，"
        "其中本金1500元，利息300元。另达成还款意向的一户，是梅子坪村委新屋的测二，借款本金1000元。"
        "未签回通知书的农户中，有一户已搬迁。"
    )


def test_it_reports_a_sub_area_without_cash() -> None:
    person = household(1, "测二", area_id="S", village=None)

    def said(**changes: object) -> tuple[str, ...]:
        return report(person, areas=(SUB_AREA,), **changes).paragraphs

    assert said() == ()
    assert said(signatures=(signature(1),)) == ("河背片区签回催收通知书一户。",)
    assert said(intentions=(intention(1),)) == (
        "河背片区达成还款意向的一户，是测二，借款本金1000元。",
    )


def test_it_writes_one_slip_of_one_part_shortly() -> None:
    person = household(1, "测二", area_id="S")
    slip = receipt(1, principal_fen=600_00, interest_fen=0)

    [found] = report(person, areas=(SUB_AREA,), receipts=(slip,)).paragraphs

    assert found == "河背片区收回现金一笔，是测二，金额600元，均为本金。"


def test_it_lists_collectives_by_whom_was_asked() -> None:
    def unit(number: int, name: str, **changes: object) -> HouseholdFact:
        return household(number, name, is_collective=True, village=None, **changes)

    units = [
        unit(1, "良东二组"),
        unit(2, "黄家村村委"),
        unit(3, "石桥村委", successor_unit="白水村委"),
    ]
    asked = (
        AssistFact(about=("H1", "H2"), asked_of=("部门领导", "村委干部", "镇政府")),
        AssistFact(about=("H9",), asked_of=("派出所",)),
    )
    merged = (MergerFact(from_unit="黄家村村委", into_unit="涡水村委"),)

    found = lines(*units, assists=asked, mergers=merged)

    assert found == [
        "良东二组、黄家村村委（已和涡水村委合并）借款二笔，金额2000元，"
        "需部门领导、村委干部和镇政府协助解决。",
        "石桥村委（已和白水村委合并）借款一笔，金额1000元。",
    ]


def test_it_writes_what_a_household_needs_help_with() -> None:
    asked = (AssistFact(about=("H1",), asked_of=("村委",)),)

    assert lines(household(1, "测二"), assists=asked)[-1] == "测二需村委协助解决。"


def test_it_writes_wishes_by_kind_and_state() -> None:
    def wish(kind: str, purpose: str, forwarded_to: str | None, state: str) -> str:
        service = ServiceFact(
            requester="大龙村委",
            kind=kind,
            purpose=purpose,
            forwarded_to=forwarded_to,
            state=state,
        )
        return lines(services=(service,))[-1]

    assert wish("DEDICATED_ACCOUNT", "专款专用", "塘冲分社", "CONTACTED") == (
        "大龙村委要求开设专用账户，以便日后划拨的专款专用，已与塘冲分社联系。"
    )
    assert wish("DEDICATED_ACCOUNT", "修路", "塘冲分社", "OPEN") == (
        "大龙村委要求开设专用账户，用途是修路，已转塘冲分社。"
    )
    assert wish("OTHER", "装取款机", None, "DONE") == (
        "大龙村委提出服务需求，用途是装取款机，已办理。"
    )


def test_it_writes_the_plan() -> None:
    plan = (
        PlanFact(kind="SWEEP", area="香坪镇", times=2),
        PlanFact(kind="FOLLOW_UP_INTENTIONS", area=None, times=1),
    )

    assert lines(plan=plan)[-1] == (
        "本周工作计划：对香坪镇辖区催收二次；继续跟进有意愿还款的欠款农户。"
    )


def test_it_lists_late_cash_apart() -> None:
    late = (receipt(1, effective_on="2026-03-08"),)

    found = report(household(1, "测二"), late=late)

    assert found.figures.week_receipts == 0
    assert "本期截止后另收到现金一笔（测二），金额600元，不计入本期，列入下期。" in found.paragraphs


def test_it_lists_cash_of_people_nobody_knows_without_empty_brackets() -> None:
    stray = receipt(7, is_valid=False)

    assert lines(household(1, "测二"), receipts=(stray,))[-1] == (
        "另有待核实的现金一笔，金额600元，不计入以上数字。"
    )


def test_it_shortens_a_list_that_nobody_would_read() -> None:
    people = [household(n, f"测{n}", EXPIRED) for n in range(41)]

    sentence = lines(*people)[1]

    assert "有四十一户（测0、" in sentence
    assert "测39等）已丧失诉讼时效" in sentence
