"""I24: nobody sees or changes anything of another branch, by whatever address he asks.

Method: Li Wei has worked, a supervisor and a cashier of another branch of the same server ask for
every page and send every form with the real ids of the first branch.
"""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from server.services.branches import NewStaff, add_staff, create_branch
from server.services.count_cash import Counted, count_cash
from server.tables import Clock, CommitLog, Device, EventRow, LedgerLeg, Sweep, VerdictRow
from tests.console.fieldwork import li_wei_with_cash, sign_notice
from tests.console.test_permissions import VALUES, path_of, rules
from tests.console.visitors import Visitor, words
from tests.small_bank import BRANCH, LI_WEI, PASSWORD, ZHOU_LAN, Bank

OURS = ("李薇", "张敏", "王刚", "黄大山", "马头冲", "塘冲", "SJ0001", "L-W1", "T-1", "1,170.00")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cells(data: bytes) -> str:
    """All that a workbook says."""
    sheets = load_workbook(BytesIO(data)).worksheets
    rows = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    return " ".join(str(cell) for row in rows for cell in row if cell is not None)


@pytest.fixture
def ids(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first branch has data of every kind, and the addresses name them."""
    phone = li_wei_with_cash(bank)
    sign_notice(bank, phone)
    with bank.app.app_context():
        pieces = {100_00: 11, 50_00: 1, 20_00: 1}
        count_cash(BRANCH, LI_WEI, Counted(denominations=pieces, cause=None), by=ZHOU_LAN)
    phone.record("cash.receipt", {"receipt_no": "SJ000103", "household": "W1"}, unchecked=True)
    phone.sync(bank.send)
    real = {
        "device_id": bank.rows(Device)[0].id,
        "sweep_id": bank.rows(Sweep)[0].id,
        "notice_no": "T-1",
        "target": phone.log[-1].hash,
        "count_hash": next(e.hash for e in bank.rows(EventRow) if e.kind == "cash.counted"),
    }
    for name, value in real.items():
        monkeypatch.setitem(VALUES, name, value)


@pytest.fixture(params=["supervisor", "cashier"])
def stranger(bank: Bank, ids: None, request: pytest.FixtureRequest) -> Visitor:
    """Somebody of another branch, signed in."""
    with bank.app.app_context():
        create_branch("other", code="13", name="他社", institution="信用社", contact_phone="1")
        person = NewStaff(
            id="other-1", name="某人", username="nine", password=PASSWORD, roles=(request.param,)
        )
        add_staff("other", person)
    who = Visitor(bank.http)
    assert who.sign_in("nine").status_code == 302
    return who


def state(bank: Bank) -> list[object]:
    """What would show that anything was written."""
    mine = (table.branch_id == BRANCH for table in (CommitLog, EventRow, VerdictRow, LedgerLeg))
    counts = [bank.query(select(func.count()).where(one)) for one in mine]
    return [*counts, bank.query(select(Clock.tick).where(Clock.branch_id == BRANCH))]


def test_it_holds_i24_no_page_shows_another_branch(bank: Bank, stranger: Visitor) -> None:
    for endpoint, rule in rules(bank).items():
        if endpoint.startswith("get_"):
            page = stranger.get(path_of(rule))

            assert page.status_code < 500, endpoint
            if page.mimetype == "application/pdf":
                continue  # typeset from what get_report_json gives
            told = cells(page.data) if page.mimetype == XLSX else words(page)
            found = [word for word in OURS if word in told]
            assert not found, f"{endpoint} answers {page.status_code} with {found}"


def test_it_holds_i24_no_form_changes_another_branch(
    bank: Bank, stranger: Visitor, chen_jie: Visitor
) -> None:
    before = state(bank)
    for endpoint, rule in rules(bank).items():
        if endpoint.startswith("post_") and endpoint not in ("post_sign_in", "post_sign_out"):
            form = {"action": "release", "note": "x", "reason": "lost", "officer": LI_WEI}
            answer = stranger.post(path_of(rule), {**form, "amount": "1", "n10000": "11"})

            assert answer.status_code < 500, endpoint
            assert not [word for word in OURS if word in words(answer)], endpoint

    assert state(bank) == before
    chen_jie.post(f"/devices/{VALUES['device_id']}/revoke", {"reason": "lost"})
    assert state(bank) != before, "a change of the branch's own people would have been seen"
