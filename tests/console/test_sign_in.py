"""Signing in at the console.

Method: the real form, with right and wrong passwords, and the clock moved by hand.
"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from server.db import transaction
from server.services.sign_in import WRONG_MAX
from server.tables import Staff
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, CHEN_JIE, Bank


def test_it_lets_chen_jie_in_and_greets_her_by_name(bank: Bank) -> None:
    visitor = Visitor(bank.http)

    answer = visitor.sign_in("chenjie")

    assert answer.status_code == 302
    assert "陈杰，您好" in words(visitor.get("/"))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/console" in cookie


@pytest.mark.parametrize("username", ["chenjie", "nobody"])
def test_it_says_the_same_of_a_wrong_password_and_an_unknown_name(
    bank: Bank, username: str
) -> None:
    answer = Visitor(bank.http).sign_in(username, "not the password")

    assert answer.status_code == 401
    assert "工号或密码不对" in words(answer)


def test_it_refuses_somebody_who_has_left(bank: Bank) -> None:
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.execute(update(Staff).where(Staff.id == CHEN_JIE).values(is_active=False))

    assert Visitor(bank.http).sign_in("chenjie").status_code == 401


def test_it_ends_the_session_of_somebody_who_leaves(bank: Bank, chen_jie: Visitor) -> None:
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.execute(update(Staff).where(Staff.id == CHEN_JIE).values(is_active=False))

    answer = chen_jie.get("/loans")

    assert answer.status_code == 302 and "/sign-in" in answer.headers["Location"]


def test_it_grows_impatient_and_forgives_after_a_quarter_of_an_hour(bank: Bank) -> None:
    visitor = Visitor(bank.http)
    for _ in range(WRONG_MAX):
        assert visitor.sign_in("chenjie", "wrong password").status_code == 401

    right = visitor.sign_in("chenjie")
    bank.clock.pass_minutes(16)

    assert right.status_code == 429
    assert visitor.sign_in("chenjie").status_code == 302


def test_it_comes_back_to_the_page_that_was_wanted(bank: Bank) -> None:
    visitor = Visitor(bank.http)

    sent = visitor.get("/loans?state=open")
    page = visitor.http.get(sent.headers["Location"])
    visitor.sign_in("nobody", "x")
    answer = visitor.post(
        "/sign-in",
        {"username": "chenjie", "password": "a long password", "next": "/console/loans?state=open"},
    )

    assert 'value="/console/loans?state=open"' in page.text
    assert answer.headers["Location"] == "/console/loans?state=open"


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "/console\\@x"])
def test_it_goes_nowhere_else_after_signing_in(bank: Bank, next_page: str) -> None:
    visitor = Visitor(bank.http)
    visitor.sign_in("nobody", "x")

    answer = visitor.post(
        "/sign-in", {"username": "chenjie", "password": "a long password", "next": next_page}
    )

    assert answer.headers["Location"] == "/console/"


def test_it_signs_out(chen_jie: Visitor) -> None:
    chen_jie.post("/sign-out")

    assert chen_jie.get("/loans").status_code == 302


def test_it_shows_english_to_an_english_browser(chen_jie: Visitor) -> None:
    assert "Good day, 陈杰" in words(chen_jie.get("/", **{"Accept-Language": "en-GB,en"}))
    assert "陈杰，您好" in words(chen_jie.get("/", **{"Accept-Language": "zh-CN,en;q=0.8"}))
