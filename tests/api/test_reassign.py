"""Households change hands: what leaves one phone, what comes to the other, and what is uncertain.

Method: two officers with phones over the real exchange; the supervisor hands households over, in
every order with what the phones do, and each phone's rows are compared with what it may see.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.clock import at_hour
from server.db import transaction
from server.services.forget_evictions import forget_evictions
from server.services.hand_overs import settle_by_hand, tend_hand_overs
from server.services.plan_sweep import plan_stops
from server.services.reassign import Handing, reassign_households
from server.services.revoke_device import revoke_device
from server.tables import Assignment, Beacon, Device, EventRow, HandOver, Stop
from sync.client import Phone
from sync.problems import Problem
from sync.specimens import MONDAY, receipt_body
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, ZHANG_MIN, ZHOU_LAN, Bank

EVENING = at_hour(MONDAY, 18)


def hand_over(
    bank: Bank, *households: str, giver: str = LI_WEI, taker: str = ZHANG_MIN, **more: Any
) -> str:
    """The supervisor hands households over."""
    handing = Handing(household_ids=households, from_officer_id=giver, to_officer_id=taker, **more)
    with bank.app.app_context():
        return reassign_households(BRANCH, handing, by=CHEN_JIE)


def eids(phone: Phone, etype: str) -> set[str]:
    """The ids of the rows of a kind on a phone."""
    return {eid for held, eid in phone.rows if held == etype}


def two_phones(bank: Bank) -> tuple[Phone, Phone]:
    """Li Wei with three households in two villages, Zhang Min with one; both in step."""
    bank.publish(LI_WEI, ["W1", "W2", "W3"])
    bank.publish(ZHANG_MIN, ["W4"])
    return bank.phone(LI_WEI), bank.phone(ZHANG_MIN)


def notes(bank: Bank) -> list[HandOver]:
    return bank.rows(HandOver)


def test_it_moves_a_household_with_everything_about_it(bank: Bank) -> None:
    mine, hers = two_phones(bank)

    hand_over(bank, "W3")
    mine.sync(bank.send)
    hers.sync(bank.send)

    assert eids(mine, "household") == {"W1", "W2"} and eids(mine, "loan") == {"L-W1", "L-W2"}
    assert eids(hers, "household") == {"W3", "W4"} and eids(hers, "loan") == {"L-W3", "L-W4"}
    assert {row["household_id"] for row in rows(mine, "stop")} == {"W1", "W2"}
    assert {row["household_id"] for row in rows(hers, "stop")} == {"W3", "W4"}
    assert {row["name"] for row in rows(mine, "village")} == {"马头冲"}
    assert not mine.incidents and not hers.incidents


def rows(phone: Phone, etype: str) -> list[dict[str, Any]]:
    return [held["row"] for (of, _), held in phone.rows.items() if of == etype]


def test_it_sends_rows_that_did_not_change(bank: Bank) -> None:
    """cht-core #5701, no_feed_on_assign: a filter by the row's own revision never sends these."""
    _, hers = two_phones(bank)
    before = hers.cursor

    hand_over(bank, "W1")
    hers.sync(bank.send)

    assert before is not None and ("household", "W1") in hers.rows and ("loan", "L-W1") in hers.rows


def test_it_leaves_no_stale_row_on_the_former_phone(bank: Bank) -> None:
    """cht-core #11306, no_evict: reassigned households stay on the old phone for months."""
    mine, _ = two_phones(bank)

    hand_over(bank, "W1", "W2", "W3")
    mine.sync(bank.send)

    assert {etype for etype, _ in mine.rows} <= {"me", "book"}


def test_it_writes_the_history_at_the_tick_of_the_hand_over(bank: Bank) -> None:
    two_phones(bank)
    event_hash = hand_over(bank, "W1")

    held = {row.officer_id: row for row in bank.rows(Assignment) if row.household_id == "W1"}
    (note,) = notes(bank)
    assert held[LI_WEI].to_tick == held[ZHANG_MIN].from_tick == note.at_tick == note.evict_tick
    assert held[ZHANG_MIN].to_tick is None
    (event,) = [row for row in bank.rows(EventRow) if row.kind == "case.reassigned"]
    assert event.hash == event_hash and event.actor == CHEN_JIE


def test_it_says_what_is_uncertain_until_the_former_phone_was_here(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    seen_at = bank.clock.now
    bank.clock.pass_minutes(60)

    hand_over(bank, "W1")
    hers.sync(bank.send)
    note = hers.rows["handover", "W1"]["row"]
    assert (note["from_officer"], note["last_seen_at"]) == ("李薇", seen_at)

    mine.sync(bank.send)  # brings the eviction; only the next cursor proves that it is there
    hers.sync(bank.send)
    assert ("handover", "W1") in hers.rows
    mine.sync(bank.send)
    hers.sync(bank.send)

    assert ("handover", "W1") not in hers.rows
    assert notes(bank)[0].settled_at_ms == bank.clock.now
    assert not hers.incidents


def test_it_waits_for_every_phone_of_the_former_officer(bank: Bank) -> None:
    first, hers = two_phones(bank)
    second = bank.phone(LI_WEI, numbers=0)
    hand_over(bank, "W1")

    for _ in range(2):
        first.sync(bank.send)
    hers.sync(bank.send)
    assert ("handover", "W1") in hers.rows
    for _ in range(2):
        second.sync(bank.send)
    hers.sync(bank.send)

    assert ("handover", "W1") not in hers.rows


def test_it_stays_uncertain_while_a_beacon_tells_of_more(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    hand_over(bank, "W1")
    with_beacon(bank, mine, 7)

    for _ in range(3):
        mine.sync(bank.send)
    hers.sync(bank.send)

    assert ("handover", "W1") in hers.rows
    with_beacon(bank, mine, len(mine.log))
    mine.sync(bank.send)
    hers.sync(bank.send)
    assert ("handover", "W1") not in hers.rows


def with_beacon(bank: Bank, phone: Phone, head_seq: int) -> None:
    """The phone has said how far its lane is."""
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="beacon") as tx:
        tx.session.merge(
            Beacon(
                branch_id=BRANCH, lane_id=phone.lane, head_seq=head_seq, head_hash="0" * 64,
                hand_fen=0, at_ms=tx.now_ms, received_at_ms=tx.now_ms,
            )
        )  # fmt: skip


def test_it_waits_thirty_days_for_a_lost_phone_or_until_a_person_settles_it(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    with bank.app.app_context():
        revoke_device(BRANCH, str(mine.identity and mine.identity["device"]), by=CHEN_JIE)
    hand_over(bank, "W1", "W2")

    with bank.app.app_context():
        settle_by_hand(BRANCH, "W1", by=CHEN_JIE)
        assert tend_hand_overs(BRANCH) == 1
        with pytest.raises(Problem, match="hand_over_unknown"):
            settle_by_hand(BRANCH, "W1", by=CHEN_JIE)
    hers.sync(bank.send)
    assert eids(hers, "handover") == {"W2"}
    bank.clock.pass_minutes(30 * 24 * 60)
    with bank.app.app_context():
        assert tend_hand_overs(BRANCH) == 0
    hers.sync(bank.send)
    assert eids(hers, "handover") == set()


def test_it_is_certain_at_once_if_there_is_no_phone(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1"])
    hers = bank.phone(ZHANG_MIN)

    hand_over(bank, "W1")
    hers.sync(bank.send)

    assert ("household", "W1") in hers.rows and eids(hers, "handover") == set()


def test_it_leaves_a_route_under_way_until_the_evening(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    hand_over(bank, "W1", evict_after_ms=EVENING)

    mine.sync(bank.send)
    hers.sync(bank.send)
    assert ("household", "W1") in mine.rows and ("household", "W1") in hers.rows
    with bank.app.app_context():
        plan_stops(BRANCH, sweep_of(bank, ZHANG_MIN), [("W1", MONDAY), ("W4", MONDAY)], by=CHEN_JIE)

    bank.clock.now = EVENING
    mine.sync(bank.send)
    assert ("household", "W1") not in mine.rows and not mine.incidents
    mine.sync(bank.send)
    hers.sync(bank.send)
    assert eids(hers, "handover") == set()
    held = {row.officer_id: row for row in bank.rows(Assignment) if row.household_id == "W1"}
    assert held[LI_WEI].to_tick == notes(bank)[0].evict_tick > held[ZHANG_MIN].from_tick


def sweep_of(bank: Bank, officer: str) -> str:
    return next(str(row.sweep_id) for row in bank.rows(Stop) if row.sweep_id.endswith(officer))


def test_it_ends_the_time_of_grace_without_the_phone_too(bank: Bank) -> None:
    mine, _ = two_phones(bank)
    hand_over(bank, "W1", evict_after_ms=EVENING)
    bank.clock.now = EVENING

    with bank.app.app_context():
        assert tend_hand_overs(BRANCH) == 1
    assert notes(bank)[0].evict_tick is not None
    mine.sync(bank.send)

    assert ("household", "W1") not in mine.rows


def test_it_gives_a_household_back_within_the_time_of_grace(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    hand_over(bank, "W1", evict_after_ms=EVENING)
    hand_over(bank, "W1", giver=ZHANG_MIN, taker=LI_WEI)
    bank.clock.now = EVENING

    mine.sync(bank.send)
    hers.sync(bank.send)

    assert ("household", "W1") in mine.rows and ("household", "W1") not in hers.rows


def test_it_tells_nobody_that_his_own_phone_is_uncertain(bank: Bank) -> None:
    mine, hers = two_phones(bank)
    hand_over(bank, "W1")
    hand_over(bank, "W1", giver=ZHANG_MIN, taker=LI_WEI)

    mine.sync(bank.send)
    hers.sync(bank.send)

    note = mine.rows["handover", "W1"]["row"]
    assert note["from_officer"] == "张敏" and eids(hers, "handover") == set()
    assert not mine.incidents


def test_it_makes_a_route_for_an_officer_who_has_none(bank: Bank) -> None:
    bank.publish(LI_WEI, ["W1", "W2"])
    hers = bank.phone(ZHANG_MIN)

    hand_over(bank, "W1")
    hand_over(bank, "W2")
    hers.sync(bank.send)

    assert {row["household_id"] for row in rows(hers, "stop")} == {"W1", "W2"}
    assert {row["position"] for row in rows(hers, "stop")} == {1, 2}


def test_it_takes_what_the_former_officer_did_before_he_knew(bank: Bank) -> None:
    """cht-core #11306: the record is kept, the cash is counted, and its verdict comes back."""
    mine, hers = two_phones(bank)
    slip = mine.record("cash.receipt", receipt_body(mine.next_receipt(), 60_00, "W1"))
    hand_over(bank, "W1")

    mine.sync(bank.send)
    hers.sync(bank.send)

    assert mine.verdicts[slip.hash]["verdict"] == "applied"
    assert ("household", "W1") not in mine.rows
    assert bank.balance(f"hand:{LI_WEI}") == 60_00
    row = hers.rows["loan", "L-W1"]["row"]
    assert row["principal_fen"] + row["interest_fen"] == 5300_00 - 60_00


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"taker": "nobody"}, "staff_unknown"),
        ({"giver": "nobody"}, "staff_unknown"),
        ({"taker": ZHOU_LAN}, "staff_unknown"),
        ({"taker": LI_WEI}, "same_officer"),
        ({"households": ("W4",)}, "household_not_assigned"),
        ({"households": ("W9",)}, "household_unknown"),
        ({"households": ()}, "nothing_to_hand_over"),
        ({"by": ZHOU_LAN}, "not_permitted"),
    ],
)
def test_it_refuses_by_a_code(one_bank: Bank, change: dict[str, Any], code: str) -> None:
    two_phones(one_bank)
    handing = Handing(
        household_ids=change.get("households", ("W1",)),
        from_officer_id=change.get("giver", LI_WEI),
        to_officer_id=change.get("taker", ZHANG_MIN),
    )

    with one_bank.app.app_context(), pytest.raises(Problem) as refused:
        reassign_households(BRANCH, handing, by=change.get("by", CHEN_JIE))

    assert refused.value.code == code and notes(one_bank) == []


def test_it_refuses_to_hand_over_twice_what_stays_for_a_while(one_bank: Bank) -> None:
    two_phones(one_bank)
    hand_over(one_bank, "W1", evict_after_ms=EVENING)

    with pytest.raises(Problem, match="household_not_assigned"):
        hand_over(one_bank, "W1")


def test_it_writes_nothing_for_a_sync_without_open_hand_overs(bank: Bank) -> None:
    mine, _ = two_phones(bank)
    before = [(row.id, row.seen_tick, row.last_seen_at_ms) for row in bank.rows(Device)]

    mine.sync(bank.send)

    assert [(row.id, row.seen_tick, row.last_seen_at_ms) for row in bank.rows(Device)] == before


def test_it_leaves_no_stale_row_on_a_phone_that_was_away_for_longer_than_the_horizon(
    bank: Bank,
) -> None:
    mine, hers = two_phones(bank)
    hand_over(bank, "W1")
    bank.clock.pass_minutes(181 * 24 * 60)
    with bank.app.app_context():
        gone = forget_evictions(BRANCH)
        assert forget_evictions(BRANCH) == 0

    mine.sync(bank.send)
    hers.sync(bank.send)

    assert gone >= 3, "household, loan and stop at least"
    assert eids(mine, "household") == {"W2", "W3"} and eids(mine, "loan") == {"L-W2", "L-W3"}
    assert ("household", "W1") in hers.rows
    assert not mine.incidents and not hers.incidents


def test_it_keeps_evictions_that_are_young(bank: Bank) -> None:
    mine, _ = two_phones(bank)
    hand_over(bank, "W1")
    bank.clock.pass_minutes(179 * 24 * 60)
    with bank.app.app_context():
        assert forget_evictions(BRANCH) == 0
    cursor = mine.cursor
    mine.sync(bank.send)

    assert ("household", "W1") not in mine.rows and ("household", "W2") in mine.rows
    assert cursor != mine.cursor
