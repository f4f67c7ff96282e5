"""The small bank on each database, and people of the office at its console."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bank_fixtures import bank, founded, one_bank
from tests.console.conftest import quick_passwords
from tests.console.visitors import Visitor
from tests.small_bank import Bank

__all__ = ["bank", "founded", "one_bank", "quick_passwords"]


@pytest.fixture
def console(bank: Bank) -> Callable[[str], Visitor]:
    """Somebody of the cast at the console of `bank`, signed in by user name."""

    def signed_in(username: str) -> Visitor:
        who = Visitor(bank.http)
        assert who.sign_in(username).status_code == 302
        return who

    return signed_in
