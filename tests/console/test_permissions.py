"""Who may open which page and who may do what: the whole map of the console, not a sample.

Method: every endpoint of the console is asked for by everybody of the cast. The table below is
the promise; an endpoint that is not in it fails the test.
"""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from tests.console.visitors import Visitor, words
from tests.small_bank import Bank

FIELD = {"supervisor", "auditor"}
CASH = {"cashier", "supervisor", "auditor"}
BOOKS = {"bookkeeper", "auditor"}

# endpoint -> who may. What is not a page for everybody.
READERS = {
    "get_villages": FIELD,
    "get_households": FIELD,
    "get_household": FIELD,
    "get_loans": FIELD,
    "get_import": FIELD,
    "get_plans": FIELD,
    "get_plan": FIELD,
    "get_hand_over": FIELD,
    "get_devices": FIELD,
    "get_device": FIELD,
    "get_leaving": FIELD,
    "get_evidence": FIELD,
    "get_held": CASH,
    "get_reviews": FIELD,
    "get_review": FIELD,
    "get_photo": FIELD,
    "get_requests": FIELD,
    "get_quarantine": CASH,
    "get_bundles": CASH,
    "get_reports": CASH,
    "get_report": CASH,
    "get_report_json": CASH,
    "get_report_pdf": CASH,
    "get_books": CASH,
    "get_kept": CASH,
    "get_cash": CASH,
    "get_count": CASH,
    "get_counted": CASH,
    "get_today": CASH,
    "get_day": CASH,
    "get_ledgers": CASH | BOOKS,
    "get_ledger": CASH | BOOKS,
    "get_ledger_pdf": CASH | BOOKS,
    "get_ledger_xlsx": CASH | BOOKS,
    "get_core": CASH | BOOKS,
    "get_batch_csv": CASH | BOOKS,
    "get_batch_xlsx": CASH | BOOKS,
    "get_sheets": CASH | BOOKS | {"collector"},
    "get_sheet": CASH | BOOKS | {"collector"},
    "get_sheet_pdf": CASH | BOOKS | {"collector"},
    "get_sheet_xlsx": CASH | BOOKS | {"collector"},
    "get_trace": CASH | BOOKS,
    "get_trace_report": CASH | BOOKS,
    "get_money": CASH,
    "get_refund": CASH,
}
WRITERS = {
    "post_deposit_rule": {"supervisor"},
    "post_extend": {"supervisor"},
    "post_import": {"supervisor"},
    "post_plan": {"supervisor"},
    "post_stops": {"supervisor"},
    "post_hand_over": {"supervisor"},
    "post_settle_hand_over": {"supervisor"},
    "post_code": {"supervisor"},
    "post_revoke": {"supervisor"},
    "post_incident": {"supervisor"},
    "post_ruling": {"supervisor"},
    "post_review": {"supervisor"},
    "post_help": {"supervisor"},
    "post_service": {"supervisor"},
    "post_plan_line": {"supervisor"},
    "post_issue": {"supervisor"},
    "post_correct": {"supervisor"},
    "post_book": {"cashier"},
    "post_book_state": {"cashier"},
    "post_holes": {"cashier"},
    "post_kept": {"cashier", "supervisor"},
    "post_kept_move": {"cashier", "supervisor"},
    "post_count": {"cashier"},
    "post_sum": CASH,  # adds up what was typed, and changes nothing
    "post_deposit": {"cashier"},
    "post_close": {"cashier"},
    "post_preview": {"bookkeeper"},
    "post_match": {"bookkeeper"},
    "post_exception": {"bookkeeper", "supervisor"},
    "post_batch": {"bookkeeper", "cashier"},
    "post_sheet": {"supervisor", "bookkeeper"},
    "post_audit": {"auditor"},  # his word on a recovery sheet; he changes no record
    "post_release": {"supervisor"},
    "post_refund": {"cashier"},
    "post_reversal": {"cashier"},
    "post_transfer": {"cashier"},
    "post_bounced": {"supervisor"},
    "post_decision": {"supervisor"},
}
EVERYBODY = {"get_home", "get_sign_in", "post_sign_in", "post_sign_out", "static"}
CAST = {"chenjie": "supervisor", "zhoulan": "cashier", "wuping": "auditor", "liwei": "collector"}
VALUES = {
    "household_id": "W1",
    "loan_id": "none",
    "undoing": "none",
    "receipt": "none",
    "sweep_id": "S-none",
    "device_id": "none",
    "incident_id": "none",
    "target": "0" * 64,
    "notice_no": "none",
    "first_day": "2026-03-02",
    "officer_id": "officer-1",
    "book_id": "none",
    "item_id": "none",
    "count_hash": "0" * 64,
    "day": "2026-03-02",
    "event_hash": "0" * 64,
    "batch_id": "none",
    "number": "none",
    "name": "journal",
    "period": "2026-03",
}


def rules(bank: Bank) -> dict[str, Rule]:
    """Every endpoint of the console with its address."""
    return {
        rule.endpoint.removeprefix("console."): rule
        for rule in bank.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
    }


def path_of(rule: Rule) -> str:
    """The address with example values, below /console."""
    path = rule.rule.removeprefix("/console")
    for name, value in VALUES.items():
        path = path.replace(f"<{name}>", value)
    return path


def test_it_has_decided_for_every_endpoint(bank: Bank) -> None:
    assert set(rules(bank)) == {*READERS, *WRITERS, *EVERYBODY}


@pytest.mark.parametrize("username", CAST)
def test_it_lets_each_role_do_what_the_table_says(
    bank: Bank, username: str, request: pytest.FixtureRequest
) -> None:
    visitor: Visitor = request.getfixturevalue("visitor")(username)
    for endpoint, rule in rules(bank).items():
        allowed = READERS.get(endpoint) or WRITERS.get(endpoint)
        if allowed is None:
            continue
        send = visitor.post if endpoint in WRITERS else visitor.get

        status = send(path_of(rule)).status_code

        assert (status == 403) == (CAST[username] not in allowed), (endpoint, status)


def test_it_says_who_may_do_it(bank: Bank, request: pytest.FixtureRequest) -> None:
    zhou_lan: Visitor = request.getfixturevalue("visitor")("zhoulan")

    answer = zhou_lan.get("/plan")

    assert answer.status_code == 403
    assert "出纳不能做这件事" in words(answer)
    assert "可以办理的岗位：主管、稽核" in words(answer)


def test_it_sends_strangers_to_the_sign_in(bank: Bank) -> None:
    stranger = Visitor(bank.http)
    for endpoint, rule in rules(bank).items():
        if endpoint in READERS:
            answer = stranger.get(path_of(rule))

            assert answer.status_code == 302, endpoint
            assert answer.headers["Location"].startswith("/console/sign-in"), endpoint


def test_it_refuses_every_form_without_its_token(bank: Bank, chen_jie: Visitor) -> None:
    chen_jie.token = ""
    for endpoint, rule in rules(bank).items():
        if endpoint in WRITERS or endpoint.startswith("post_"):
            answer = chen_jie.post(path_of(rule))

            assert answer.status_code == 400, endpoint
            assert "页面已过期" in words(answer)


def test_it_asks_no_phone_for_a_token(bank: Bank) -> None:
    bank.app.config["WTF_CSRF_ENABLED"] = True

    assert bank.http.post("/v1/sync", data=b"{}").status_code != 403
    assert "csrf" not in bank.http.post("/v1/sync", data=b"{}").text


def test_it_closes_the_door_behind_every_page(chen_jie: Visitor) -> None:
    answer = chen_jie.get("/loans")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in answer.text and "<style" not in answer.text
    assert "<script>" not in answer.text


def test_it_writes_no_names_into_addresses(chen_jie: Visitor) -> None:
    page = chen_jie.post("/households", {"words": "王刚"})

    assert "王刚" in words(page)
    assert "%E7%8E%8B" not in page.text  # 王, as it would stand in an address
