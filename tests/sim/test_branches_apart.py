"""Branches never wait for each other: the tick is of the branch (design 3).

Method: on PostgreSQL one connection holds the clock row of one branch, as a slow transaction of
that branch does; a push to another branch must go through meanwhile, and one to the same branch
must wait, or the test would prove nothing. SQLite has one writer for all and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text

from server.services.branches import create_branch
from sync.client import Phone
from sync.specimens import receipt_body
from tests.small_bank import BRANCH, LI_WEI, Bank

OTHER = "huanggang"


@contextmanager
def holding_clock(bank: Bank, branch_id: str) -> Iterator[Connection]:
    """Somebody is in the middle of a transaction of this branch."""
    engine = create_engine(bank.url)
    with engine.connect() as holder:
        holder.execute(
            text("UPDATE clock SET tick = tick WHERE branch_id = :branch"), {"branch": branch_id}
        )
        yield holder
        holder.rollback()
    engine.dispose()


def ready_phone(bank: Bank) -> Phone:
    """Li Wei's phone with a receipt to send, and a second branch beside hers."""
    phone = bank.phone()
    with bank.app.app_context():
        create_branch(OTHER, code="13", name="黄岗分社", institution="信用社", contact_phone="1")
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    return phone


@pytest.mark.parametrize("bank", ["postgresql"], indirect=True)
def test_it_takes_in_a_push_while_another_branch_is_busy(bank: Bank) -> None:
    phone = ready_phone(bank)

    with holding_clock(bank, OTHER):
        phone.sync(bank.send)

    assert bank.balance(f"hand:{LI_WEI}") == 600_00


@pytest.mark.parametrize("bank", ["postgresql"], indirect=True)
def test_it_waits_for_its_own_branch(bank: Bank) -> None:
    phone = ready_phone(bank)
    body = phone.build_sync()
    headers = phone.headers(body)

    with ThreadPoolExecutor(1) as pool:
        with holding_clock(bank, BRANCH):
            pushing = pool.submit(bank.send, body, headers)
            with pytest.raises(StillWaiting):
                pushing.result(timeout=1)
        assert pushing.result(timeout=20)[0] == 200

    assert bank.balance(f"hand:{LI_WEI}") == 600_00
