"""A random month of twenty officers: exported, verified, and added up alike by Beancount.

Method: tests/month builds the database by playing a month through phones and server; its balances
are those of a model of plain dicts, of our ledger, and of Beancount's own loader.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.exports import export_of, rows_of, told, verified
from tests.audit.test_beancount import balances_by_beancount, check_with_beancount
from tests.month.play import build_month
from tests.small_bank import open_bank


@pytest.mark.slow
def test_it_verifies_a_month_of_twenty_officers(tmp_path: Path) -> None:
    month = build_month(tmp_path / "built", seed=2)
    bank = open_bank(month.url, month.folder)
    with bank.app.app_context():
        data, key = export_of(month.branch)
    bank.close()

    answer = verified(data, key)
    assert answer.holds, told(answer)
    assert answer.counters["lanes"] > 20
    assert {row["account"]: row["fen"] for row in rows_of(data, "account")} == month.played.balances
    ledger = check_with_beancount(data, tmp_path)
    assert balances_by_beancount(ledger) == month.played.balances
