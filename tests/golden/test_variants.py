"""The negative variants NV1 to NV10 of the golden week, each through the real system.

Method: one thing of the week is changed, the week is played, and its report is compared with the
report of the unchanged week.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.db import snapshot
from server.office.report_document import Document
from server.office.report_facts import Period
from server.rehearsal import office, papers
from server.rehearsal.faults import WeekFileError
from server.rehearsal.player import Player
from server.rehearsal.stage import BRANCH, CASHIER, SUPERVISOR, Stage
from server.rehearsal.week_file import read_week
from server.services import weekly_report
from server.services.close_day import close_day
from server.services.count_cash import Counted, count_cash
from server.services.weekly_tasks import LEGAL_REVIEW, REASON_MISSING
from server.tables import CashCount, ReceiptRow, Task, VerdictRow
from sync.problems import Problem
from tests.golden.weeks import (
    again,
    area,
    golden,
    golden_report,
    on_stage,
    play,
    receipt,
    record,
    to_bytes,
    without_limitation,
)

PERIOD = Period(starts_on="2026-03-02", ends_on="2026-03-06", report_on="2026-03-09")


def tasks(stage: Stage) -> set[tuple[str, str]]:
    """Kind and subject of every open task."""
    with stage.app.app_context(), snapshot() as session:
        rows = session.scalars(select(Task).where(Task.branch_id == BRANCH, Task.state == "open"))
        return {(row.kind, row.about) for row in rows}


def reasons_of_verdicts(stage: Stage) -> list[str]:
    """The reasons of all verdicts that are not plain."""
    with stage.app.app_context(), snapshot() as session:
        rows = session.scalars(select(VerdictRow).where(VerdictRow.reason.is_not(None)))
        return [str(row.reason) for row in rows]


def test_it_refuses_a_receipt_whose_parts_do_not_sum_nv1() -> None:
    raw = golden()
    receipt(raw, "SJ000103")["interest_fen"] = 11000

    with pytest.raises(WeekFileError) as refused:
        read_week(to_bytes(raw), "modern")

    [fault] = refused.value.faults
    assert fault.path == "receipts[2]"
    assert "50000+11000 != 60000" in fault.value
    assert "NV1" in fault.zh and "NV1" in fault.en


def test_it_counts_no_such_receipt_that_a_phone_sends_all_the_same_nv1() -> None:
    with on_stage(golden()) as player:
        player.play()
        phone = player.stage.phones["officer-1"]
        week = player.week
        slip = ("SJ000101-000105", "SJ000106")
        body = papers.cash_receipt(week.receipts[2], week.household("J01"), slip, None)
        at_ms = player.stage.hands.now_ms
        phone.record("cash.receipt", body | {"interest_fen": 11000}, at_ms=at_ms, unchecked=True)
        player.stage.exchange("officer-1")

        with player.stage.app.app_context():
            figures = weekly_report.draft(BRANCH, PERIOD).figures.to_json()

        assert "parts_mismatch" in reasons_of_verdicts(player.stage)
        assert figures == golden_report("modern").figures


def test_it_takes_a_second_upload_for_a_retry_and_a_changed_one_for_a_conflict_nv2() -> None:
    raw = golden()
    first = receipt(raw, "SJ000103")
    raw["receipts"] += [again(first), again(first, total_fen=61000, principal_fen=51000)]

    with on_stage(raw) as player:
        report = player.play()

        assert reasons_of_verdicts(player.stage) == ["receipt_no_collision"]
        with player.stage.app.app_context(), snapshot() as session:
            held = session.scalars(
                select(ReceiptRow).where(ReceiptRow.receipt_no == "SJ000103")
            ).all()
    assert sorted((row.state, row.amount_fen) for row in held) == [
        ("applied", 60000),
        ("quarantined", 61000),
    ]
    assert report.figures == golden_report("modern").figures
    added = [line for line in report.paragraphs if line not in golden_report("modern").paragraphs]
    assert added == ["另有待核实的现金一笔（测伟利），金额610元，不计入以上数字。"]


def test_it_plays_a_conflict_that_does_not_even_sum_nv2() -> None:
    raw = golden()
    raw["receipts"].append(again(receipt(raw, "SJ000103"), total_fen=61000))

    report = play(raw)

    assert report.figures == golden_report("modern").figures


def test_it_brings_no_expired_claim_back_by_a_plain_signature_nv3() -> None:
    raw = golden()
    record(raw, "notices", "N015").update(
        status="SIGNED_BACK", signed_day_index=2, signed_by="DEBTOR"
    )

    with on_stage(raw) as player:
        report = player.play()
        open_tasks = tasks(player.stage)

    town = area(report, "WOSHUI")
    assert (town["signed_back_households"], town["unsigned_households"]) == (14, 3)
    assert town["unsigned_by_reason"]["LIMITATION_LOST"] == 1
    assert "另有一户（测二）虽已签回，但已丧失诉讼时效，待法务审查。" in report.paragraphs
    assert report.figures["limitation"]["L-W17"] == {
        "status": "EXPIRED",
        "ends_on": "2021-06-30",
    }
    assert (LEGAL_REVIEW, "W17") in open_tasks


def test_it_takes_a_neighbours_signature_for_none_nv4() -> None:
    raw = golden()
    record(raw, "notices", "N014").update(
        status="SIGNED_BACK", signed_day_index=2, signed_by="NEIGHBOUR"
    )

    report = play(raw)

    assert report.figures == golden_report("modern").figures
    assert list(report.paragraphs) == list(golden_report("modern").paragraphs)


def test_it_prints_a_missing_reason_and_opens_a_task_nv5() -> None:
    raw = golden()
    record(raw, "households", "W19")["unsigned_reason"] = None

    with on_stage(raw) as player:
        report = player.play()
        open_tasks = tasks(player.stage)

    assert "其余1户未注明原因" in "".join(report.paragraphs)
    assert {about for kind, about in open_tasks if kind == REASON_MISSING} == {"W19"}


def test_it_does_not_merge_two_borrowers_of_one_name_nv6() -> None:
    raw = golden()
    record(raw, "households", "J01").update(name="测军海", village="内田")

    report = play(raw)

    assert without_limitation(report) == without_limitation(golden_report("modern"))
    assert "分别是测军海（内田）、测军海（金坑）、测志勇" in "".join(report.paragraphs)


def test_it_leaves_a_receipt_of_the_sunday_after_to_the_next_period_nv7() -> None:
    raw = golden()
    receipt(raw, "SJ000105")["day_index"] = 6
    record(raw, "cash_days", 4, "day_index").update(denominations={}, receipts=[])

    with on_stage(raw) as player:
        report = player.play()
        with player.stage.app.app_context():
            after = Period(starts_on="2026-03-07", ends_on="2026-03-13", report_on="2026-03-16")
            next_figures = weekly_report.draft(BRANCH, after).figures

    assert report.figures["week_receipts"] == 4
    assert report.figures["week_cash_total_fen"] == 265000 - 38000
    late = "本期截止后另收到现金一笔（测志勇），金额380元，不计入本期，列入下期。"
    assert late in report.paragraphs
    assert (next_figures.week_receipts, next_figures.week_cash_total_fen) == (1, 38000)


def test_it_answers_a_late_receipt_with_a_numbered_correction_nv8() -> None:
    raw = golden()
    late = again(receipt(raw, "SJ000101"), receipt_no="SJ000201", client_id="late", day_index=4)
    raw["receipts"].append(again(late, collector="officer-2", second_person="officer-1"))

    with on_stage(raw) as player:
        issued = issue_while_a_phone_is_flat(player, "officer-2")
        number = str(issued.heading.report_no)
        with player.stage.app.app_context():
            with pytest.raises(Problem, match="nothing_to_correct"):
                weekly_report.correct(BRANCH, number, by=SUPERVISOR)
            player.stage.flat.clear()
            player.stage.exchange("officer-2")
            correction = weekly_report.correct(BRANCH, number, by=SUPERVISOR)
            with pytest.raises(Problem, match="nothing_to_correct"):
                weekly_report.correct(BRANCH, number, by=SUPERVISOR)
            with snapshot() as session:
                rows = weekly_report.chain(session, BRANCH, number)
            frozen, corrected = (weekly_report.document(row) for row in rows)

    assert frozen == issued
    assert frozen.figures == golden_report("modern").figures
    assert correction == corrected.heading.report_no == f"{number}-1"
    assert (corrected.heading.corrects, corrected.title) == (number, "下乡催收周报（更正第1号）")
    changed = {one.what: (one.before, one.after) for one in corrected.differences}
    assert changed == {
        "涡水镇收据（张）": ("2", "3"),
        "涡水镇收回本金": ("600元", "1000元"),
        "涡水镇收回利息": ("500元", "800元"),
        "本期收据（张）": ("5", "6"),
        "本期收回本金": ("1850元", "2250元"),
        "本期收回利息": ("800元", "1100元"),
        "本期现金合计": ("2650元", "3350元"),
        "贷款 L-W14 诉讼时效": ("未届满 2029-03-02", "未届满 2029-03-06"),
    }


def issue_while_a_phone_is_flat(player: Player, officer: str) -> Document:
    """Play the week; on its last evening one phone has no power, and the report is issued."""
    player.prepare()
    for day in player.days:
        player.morning(day)
        player.field(day)
        if day.index == len(player.week.sweep_days) - 1:
            player.stage.flat.add(officer)
        player.evening(day)
    player.report_day([])
    return player.issue()


def test_it_records_short_cash_with_its_cause_nv9() -> None:
    raw = golden()
    record(raw, "cash_days", 3, "day_index")["denominations"] = {"100": 11, "50": 1, "10": 1}

    with on_stage(raw) as player:
        report = player.play()
        with player.stage.app.app_context(), snapshot() as session:
            counts = {row.day: row for row in session.scalars(select(CashCount))}

    short = counts["2026-03-05"]
    assert (short.expected_fen, short.counted_fen, short.variance_fen) == (117000, 116000, -1000)
    assert short.cause == office.VARIANCE_CAUSE
    assert report.totals[-1] == f"2026-03-05 李薇短款10元：{office.VARIANCE_CAUSE}。"
    assert [row.variance_fen for day, row in counts.items() if day != "2026-03-05"] == [0, 0, 0]
    assert report.figures == golden_report("modern").figures


def test_it_closes_no_day_over_cash_that_does_not_fit_nv9() -> None:
    with on_stage(golden()) as player:
        player.prepare()
        for day in player.days[:4]:
            player.morning(day)
            player.field(day)
            if day.index < 3:
                player.evening(day)
        player.stage.hands.set("2026-03-05", 20, 5)
        player.stage.exchange("officer-1")

        with player.stage.app.app_context():
            short = Counted(denominations={100_00: 11, 50_00: 1, 10_00: 1})
            with pytest.raises(Problem, match="variance_cause_missing"):
                count_cash(BRANCH, "officer-1", short, by=CASHIER)
            with pytest.raises(Problem, match="day_has_open_cash"):
                close_day(BRANCH, "2026-03-05", by=CASHIER)


def test_it_refuses_a_notice_signed_before_it_was_made_nv10() -> None:
    for change in ({"signed_day_index": -1}, {"made_day_index": 1}):
        raw = golden()
        record(raw, "notices", "N001").update(change)

        with pytest.raises(WeekFileError) as refused:
            read_week(to_bytes(raw), "modern")

        [fault] = refused.value.faults
        assert fault.path == "notices[0].signed_day_index"
        assert "NV10" in fault.zh and "NV10" in fault.en


def test_it_keeps_a_presigned_notice_of_a_phone_out_of_the_report_nv10() -> None:
    raw = golden()
    record(raw, "notices", "N017").update(made_day_index=None)

    with on_stage(raw) as player:
        player.play()
        phone, week = player.stage.phones["officer-1"], player.week
        made = next(e for e in phone.log if e.body.get("notice_no") == "N017")
        notice = next(one for one in week.notices if one.id == "N017")
        body = papers.notice_served(notice, week.household("W19"), made.hash, "2026-02-27")
        phone.record("notice.served", body | {"signer_role": "debtor"})
        player.stage.exchange("officer-1")
        with player.stage.app.app_context():
            figures = weekly_report.draft(BRANCH, PERIOD).figures.to_json()

        assert reasons_of_verdicts(player.stage) == ["notice_presigned"]
    assert figures == golden_report("modern").figures
