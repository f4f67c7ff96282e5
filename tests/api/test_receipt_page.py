"""/r/: a customer checks a receipt by number and code, and learns amount, day and state only.

Method: slips are taken by phones over the real API; the page is asked as a browser without
JavaScript asks it. Guesses come from many addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import update
from werkzeug.test import TestResponse

from server import create_app
from server.db import db, transaction
from server.guesses import GUESSES_A_MINUTE_MAX, GUESSES_A_NUMBER_MAX
from server.services.branches import create_branch
from server.services.count_cash import Counted, count_cash
from server.settings import Settings
from server.tables import ReceiptRow
from sync.client import Phone
from sync.crockford import ALPHABET, check_characters
from sync.events import Envelope
from sync.specimens import photo_body, receipt_body, void_body
from tests.small_bank import BRANCH, LI_WEI, ZHOU_LAN, Bank, Founded, Hands

PERSONAL = ("王刚", "黄大山", "李薇", "L-W1", LI_WEI, "SJ000102")


def slip_of(bank: Bank, phone: Phone, amount_fen: int = 600_00) -> Envelope:
    slip = phone.record("cash.receipt", receipt_body(phone.next_receipt(), amount_fen))
    phone.sync(bank.send)
    return slip


@pytest.fixture
def phone(bank: Bank) -> Phone:
    phone = bank.phone(LI_WEI)
    bank.publish(LI_WEI, ["W1", "W2"])
    phone.sync(bank.send)
    return phone


def number_of(slip: Envelope) -> str:
    return str(slip.body["receipt_no"])


def code_of(slip: Envelope) -> str:
    return check_characters(slip.hash)


def wrong(code: str) -> str:
    return code[:3] + ALPHABET[(ALPHABET.index(code[3]) + 1) % 32]


def ask(bank: Bank, number: str, code: str, address: str = "203.0.113.7") -> TestResponse:
    return bank.http.post(
        "/r/", data={"number": number, "code": code}, environ_base={"REMOTE_ADDR": address}
    )


def words(answer: TestResponse) -> str:
    """What stands on the page, without its form."""
    shown = answer.text.split("</style>")[1].split("<form")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


@contextmanager
def questions(bank: Bank) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    with bank.app.app_context():
        engine = db.engine
    sql_event.listen(engine, "before_cursor_execute", note)
    yield said
    sql_event.remove(engine, "before_cursor_execute", note)


def test_it_tells_amount_day_and_state_to_whoever_has_number_and_code(
    bank: Bank, phone: Phone
) -> None:
    slip = slip_of(bank, phone)

    answer = ask(bank, number_of(slip), code_of(slip))

    assert answer.status_code == 200
    assert "¥600.00" in words(answer) and "陆佰元整" in words(answer)
    assert "2026-03-02" in words(answer) and "证据齐 Evidence complete" in words(answer)
    assert not [one for one in PERSONAL if one in answer.text]


def test_it_answers_the_link_of_the_code_on_the_slip(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)

    answer = bank.http.get(f"/r/{number_of(slip)}-{code_of(slip)}")

    assert (answer.status_code, "¥600.00" in words(answer)) == (200, True)


@pytest.mark.parametrize("form", ["{no} ", "{no}-{code}", "{wide}", "{low}", "{spaced}"])
def test_it_reads_what_hands_type(bank: Bank, phone: Phone, form: str) -> None:
    slip = slip_of(bank, phone)
    no, code = number_of(slip), code_of(slip)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in no)
    spaced = f"{no[:2]} {no[2:5]} {no[5:]} — {code}"
    number = form.format(no=no, code=code, wide=wide, low=no.lower(), spaced=spaced)

    assert ask(bank, number, code.lower()).status_code == 200


def test_it_says_the_same_of_a_wrong_code_an_unknown_number_and_a_slip_that_has_not_come(
    bank: Bank, phone: Phone
) -> None:
    known = slip_of(bank, phone)
    unsynced = phone.record("cash.receipt", receipt_body(phone.next_receipt(), 70_00))

    answers = [
        ask(bank, number_of(known), wrong(code_of(known))),
        ask(bank, "SJ000999", code_of(known)),
        ask(bank, number_of(unsynced), code_of(unsynced)),
        ask(bank, number_of(known), ""),
        ask(bank, "'; drop table receipt; --", "ÄÖÜß"),
        bank.http.get(f"/r/{number_of(known)}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert "明天上午再查" in words(answers[0])
    assert "¥" not in words(answers[0])
    phone.sync(bank.send)
    assert "¥70.00" in words(ask(bank, number_of(unsynced), code_of(unsynced)))


def test_it_does_the_same_work_for_a_wrong_code_and_an_unknown_number(
    bank: Bank, phone: Phone
) -> None:
    known = slip_of(bank, phone)

    with questions(bank) as of_wrong_code:
        ask(bank, number_of(known), wrong(code_of(known)))
    with questions(bank) as of_unknown_number:
        ask(bank, "SJ000999", code_of(known))

    assert of_wrong_code == of_unknown_number
    assert [each for each in of_wrong_code if "event_hash >=" in each]


def test_it_says_that_a_void_receipt_is_void(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)
    phone.record("cash.void", void_body(slip))
    phone.sync(bank.send)

    assert "作废 Void" in words(ask(bank, number_of(slip), code_of(slip)))


def test_it_says_that_a_doubted_receipt_is_being_verified(bank: Bank, phone: Phone) -> None:
    slip = phone.record("cash.receipt", receipt_body(("none", "SJ000999"), 50_00))
    phone.sync(bank.send)

    text = words(ask(bank, "SJ000999", code_of(slip)))

    assert "待核实 To be verified" in text and "¥50.00" in text


def test_it_follows_the_receipt_to_the_core_system(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)
    phone.record("attachment.added", {**photo_body(b"x"), "about": slip.hash})
    phone.sync(bank.send)
    states = [words(ask(bank, number_of(slip), code_of(slip)))]

    with bank.app.app_context():
        count_cash(BRANCH, LI_WEI, Counted(denominations={100_00: 6}), by=ZHOU_LAN)
    states.append(words(ask(bank, number_of(slip), code_of(slip))))
    with bank.app.app_context(), transaction(BRANCH, actor="test", cause="test") as tx:
        tx.session.execute(update(ReceiptRow).values(posted_on="2026-03-03"))
    states.append(words(ask(bank, number_of(slip), code_of(slip))))

    assert ["已上传" in states[0], "已点交" in states[1], "已入账" in states[2]] == [True] * 3


def test_it_finds_the_right_one_of_two_branches_with_one_prefix(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)
    other = ("f" if slip.hash[0] != "f" else "0") + slip.hash[1:]
    with bank.app.app_context():
        create_branch("other", code="13", name="别处", institution="信用社", contact_phone="")
        with transaction("other", actor="test", cause="test") as tx:
            own = tx.session.get_one(ReceiptRow, (BRANCH, slip.hash))
            values = {column.name: getattr(own, column.name) for column in own.__table__.columns}
            changes = {"branch_id": "other", "event_hash": other, "amount_fen": 1_00}
            tx.session.add(ReceiptRow(**values | changes))

    ours = words(ask(bank, number_of(slip), code_of(slip)))
    theirs = words(ask(bank, number_of(slip), check_characters(other)))

    assert "¥600.00" in ours and "¥1.00" not in ours
    assert "¥1.00" in theirs and "¥600.00" not in theirs


def test_it_lets_a_thousand_guesses_at_one_number_come_to_nothing(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)
    no, code = number_of(slip), code_of(slip)
    guesses = (wrong(code)[:2] + a + b for a in ALPHABET for b in ALPHABET)
    others = [one for one in guesses if one != code][:1000]
    last = f"198.51.{others.index(others[-1]) // 200}.250"

    statuses = [
        ask(bank, no, one, f"198.51.{n // 200}.{n % 200}").status_code
        for n, one in enumerate(others)
    ]

    assert len(others) == 1000
    assert statuses == [404] * GUESSES_A_NUMBER_MAX + [429] * (1000 - GUESSES_A_NUMBER_MAX)
    shut = ask(bank, no, code, last)
    assert shut.status_code == 429 and "¥" not in words(shut)
    assert int(shut.headers["Retry-After"]) <= 3600
    unknown = ask(bank, "SJ000777", code, last)
    assert unknown.status_code == 404, "other numbers can be asked for meanwhile"
    bank.clock.pass_minutes(60)
    assert ask(bank, no, code, last).status_code == 200


def test_it_makes_one_address_that_tries_many_numbers_wait(bank: Bank, phone: Phone) -> None:
    slip = slip_of(bank, phone)

    statuses = [ask(bank, f"SJ{n:06d}", "K4QX").status_code for n in range(2000, 2040)]

    assert statuses == [404] * GUESSES_A_MINUTE_MAX + [429] * 10
    assert ask(bank, number_of(slip), code_of(slip)).status_code == 429
    assert ask(bank, number_of(slip), code_of(slip), "198.51.100.1").status_code == 200
    bank.clock.pass_minutes(1)
    assert ask(bank, number_of(slip), code_of(slip)).status_code == 200


def test_it_takes_a_network_of_ipv6_for_one_sender(one_bank: Bank) -> None:
    statuses = [
        ask(one_bank, f"SJ{n:06d}", "K4QX", f"2001:db8::{n:x}").status_code for n in range(1, 40)
    ]

    assert statuses.count(429) == 39 - GUESSES_A_MINUTE_MAX


def test_it_is_kept_nowhere_and_needs_no_script(one_bank: Bank) -> None:
    for answer in (one_bank.http.get("/r/"), ask(one_bank, "SJ000101", "K4QX")):
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert policy.startswith("default-src 'none';") and "unsafe" not in policy
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text and len(answer.data) < 5000
        assert "076300000" in answer.text, "the telephone of the branch, by the branch itself"


def test_it_gives_the_form_again_to_who_sends_something_else(one_bank: Bank) -> None:
    long = one_bank.http.post("/r/", data={"number": "x" * 5000})
    twisted = one_bank.http.put("/r/")

    assert (long.status_code, "<form" in long.text) == (413, True)
    assert twisted.status_code == 405
    assert one_bank.http.get("/r").headers["Location"].endswith("/r/")


def test_it_counts_the_address_that_its_proxy_reports(
    founded: Callable[[str], Founded], tmp_path: Path
) -> None:
    behind = create_app(
        Settings(data_dir=tmp_path, database_url=founded("sqlite").url, proxies=1), clock=Hands()
    ).test_client()

    def through(client: str, n: int) -> int:
        headers = {"X-Forwarded-For": f"192.0.2.{n}, {client}"}  # the first is what anybody claims
        return behind.get(f"/r/SJ{n:06d}-K4QX", headers=headers).status_code

    statuses = [through("203.0.113.9", n) for n in range(31)]

    assert (statuses[-1], through("203.0.113.10", 99)) == (429, 404)
