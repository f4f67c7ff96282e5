"""A database that cannot be locked: 503, nothing done, and the phone's next try succeeds.

Method: another connection holds the lock that a push needs, longer than the server waits.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from server.tables import EventRow
from sync.specimens import receipt_body
from tests.small_bank import LI_WEI, Bank, open_bank


def test_it_does_nothing_when_it_cannot_lock(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = bank.phone()
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))
    before = len(bank.rows(EventRow))
    limits = import_module("server.db")  # the name server.db is the object in it
    monkeypatch.setattr(limits, "LOCK_TIMEOUT_MS", 100)
    monkeypatch.setattr(limits, "BUSY_TIMEOUT_MS", 100)
    impatient = open_bank(bank.url, tmp_path)
    body = phone.build_sync()

    engine = create_engine(bank.url)
    with engine.connect() as holder:
        holder.execute(text("UPDATE lane SET archived_seq = 0"))
        answer = impatient.http.post("/v1/sync", data=body, headers=phone.headers(body))
        holder.rollback()
    engine.dispose()
    impatient.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json is not None and answer.json["code"] == "server_busy"
    assert len(bank.rows(EventRow)) == before
    phone.sync(bank.send)
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
