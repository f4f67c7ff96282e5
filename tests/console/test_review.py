"""Reviewing signed notices: U22, R10, NV4.

Method: Li Wei's phone sends notices signed by various people; Chen Jie decides at the page, and
the loan's limitation is asked before and after.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from server.db import snapshot, transaction
from server.services.loan_events import limitation_of
from server.services.review_evidence import review
from server.tables import NoticeRow, Review, StaffRole
from sync.problems import Problem
from tests.console.fieldwork import sign_notice
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, LI_WEI, Bank


@pytest.fixture
def signed(bank: Bank) -> Bank:
    """A notice signed back by the debtor himself."""
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    sign_notice(bank, phone)
    return bank


def ends_on(bank: Bank) -> str | None:
    with bank.app.app_context(), snapshot() as session:
        return limitation_of(session, BRANCH, ["L-W1"], "2026-03-02")["L-W1"].ends_on


def test_it_shows_what_a_supervisor_must_see(signed: Bank, chen_jie: Visitor) -> None:
    queue = words(chen_jie.get("/review"))
    page = chen_jie.get("/review/T-1")

    assert "待审核 1 份" in queue and "T-1 王刚 L-W1 2026-03-02 王刚 本人 李薇" in queue
    text = words(page)
    assert "催收通知书 T-1" in text and "同住 是" in text and "没有拍照" in text
    assert '<polyline fill="none"' in page.text and 'viewBox="0 0 300 150"' in page.text


def test_it_moves_the_limitation_only_when_it_is_accepted(signed: Bank, chen_jie: Visitor) -> None:
    before = ends_on(signed)

    answer = chen_jie.post("/review/T-1", {"decision": "accepted"})

    assert answer.status_code == 302
    assert (before, ends_on(signed)) == ("2027-11-30", "2029-03-02")
    assert "采信" in words(chen_jie.get("/review"))
    [row] = signed.rows(Review)
    assert (row.decision, row.by_id) == ("accepted", CHEN_JIE)


def test_it_refuses_with_a_reason_only(signed: Bank, chen_jie: Visitor) -> None:
    without = chen_jie.post("/review/T-1", {"decision": "refused", "reason": "  "})
    with_reason = chen_jie.post("/review/T-1", {"decision": "refused", "reason": "签名不符"})

    assert (without.status_code, with_reason.status_code) == (422, 302)
    assert signed.rows(NoticeRow)[0].review == "refused"
    assert ends_on(signed) == "2027-11-30"
    assert "签名不符" in words(chen_jie.get("/review/T-1"))


def test_it_decides_once(signed: Bank, chen_jie: Visitor) -> None:
    chen_jie.post("/review/T-1", {"decision": "accepted"})

    answer = chen_jie.post("/review/T-1", {"decision": "refused", "reason": "x"})

    assert answer.status_code == 409
    assert signed.rows(NoticeRow)[0].review == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"signer_role": "neighbour"},
        {"signer_role": "adult_relative", "lives_here": False, "relation": "儿子"},
        {"signer_role": "adult_relative", "adult": False, "relation": "儿子"},
        {"signer_role": "adult_relative", "relation": None},
    ],
)
def test_it_cannot_accept_who_may_not_sign(
    bank: Bank, chen_jie: Visitor, changes: dict[str, Any]
) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    sign_notice(bank, phone, **changes)

    page = words(chen_jie.get("/review/T-1"))
    answer = chen_jie.post("/review/T-1", {"decision": "accepted"})

    assert "无权签收" in page
    assert answer.status_code == 422
    assert bank.rows(NoticeRow)[0].review == "pending"


def test_it_waits_for_a_photo_that_was_taken(bank: Bank, chen_jie: Visitor) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    sign_notice(bank, phone, photo="ab" * 32)

    answer = chen_jie.post("/review/T-1", {"decision": "accepted"})

    assert answer.status_code == 409
    assert "照片还没有传到" in words(chen_jie.get("/review/T-1"))
    assert chen_jie.get("/review/T-1/photo").status_code == 404


def test_it_lets_nobody_review_his_own_visit(signed: Bank) -> None:
    with signed.app.app_context():
        with transaction(BRANCH, actor="test", cause="test") as tx:
            tx.session.execute(
                update(StaffRole).where(StaffRole.staff_id == LI_WEI).values(role="supervisor")
            )
        with pytest.raises(Problem, match="own_record"):
            review(BRANCH, "T-1", "accepted", by=LI_WEI)


def test_it_lets_nobody_review_a_visit_he_went_along_to(bank: Bank) -> None:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1"])
    sign_notice(bank, phone, second_person=CHEN_JIE)

    with bank.app.app_context(), pytest.raises(Problem, match="own_record"):
        review(BRANCH, "T-1", "accepted", by=CHEN_JIE)


def test_it_knows_no_other_notice_and_no_other_decision(signed: Bank, chen_jie: Visitor) -> None:
    assert chen_jie.post("/review/T-9", {"decision": "accepted"}).status_code == 404
    assert chen_jie.post("/review/T-1", {"decision": "maybe"}).status_code == 422


def test_it_tells_the_phone(signed: Bank, chen_jie: Visitor) -> None:
    phone = signed.phone(LI_WEI, numbers=0)
    chen_jie.post("/review/T-1", {"decision": "accepted"})

    phone.sync(signed.send)

    assert phone.rows["loan", "L-W1"]["row"]["limitation"]["ends_on"] == "2029-03-02"
