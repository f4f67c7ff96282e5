"""POST /v1/sync: one exchange of a phone with its branch.

Method: real phones of the Python client talk to the real application over its test client, on
SQLite and on PostgreSQL; each test looks at the answer and at what is stored.
"""

from __future__ import annotations

from sync.specimens import outcome_body, receipt_body, visit_body
from tests.small_bank import LI_WEI, Bank


def test_it_stores_each_event_once_and_moves_the_books(bank: Bank) -> None:
    phone = bank.phone()
    bank.publish(LI_WEI, ["W1", "W2"])
    phone.sync(bank.send)
    phone.record("visit.started", visit_body())
    phone.record("visit.outcome", outcome_body())
    phone.record("cash.receipt", receipt_body(phone.next_receipt()))

    phone.sync(bank.send)

    assert {item["verdict"] for item in phone.verdicts.values()} == {"applied"}
    assert bank.balance(f"hand:{LI_WEI}") == 600_00
    assert bank.balance("loan:L-W1:principal") == 4500_00
    assert bank.balance("loan:L-W1:interest") == 200_00
    assert phone.rows["loan", "L-W1"]["row"]["principal_fen"] == 4500_00
    assert phone.rows["household", "W1"]["row"]["state"]["outcome"] == "CASH"
    assert phone.incidents == []
    assert sum(bank.balances().values()) == 0
