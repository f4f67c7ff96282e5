"""The console as people see it: the small bank, and visitors who sign in with the real form."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.console.visitors import Visitor, words
from tests.small_bank import Bank, found_bank


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with its least cost: five people and a sign-in in every test would take a second."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("server.services.passwords._HASHER", quick)


@pytest.fixture
def bank(make_template: Callable[[str], str], tmp_path: Path) -> Iterator[Bank]:
    """One branch, the cast, four households with a loan each. What a page says does not depend
    on the database; what does is tested with `each_bank`."""
    template = Path(make_template("sqlite").removeprefix("sqlite:///"))
    shutil.copyfile(template, tmp_path / "doorstep.db")
    bank = found_bank(f"sqlite:///{tmp_path / 'doorstep.db'}", tmp_path)
    yield bank
    bank.close()


@pytest.fixture
def each_bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    """The same bank, once on each database."""
    bank = found_bank(migrated_url, tmp_path)
    yield bank
    bank.close()


@pytest.fixture
def visitor(bank: Bank) -> Callable[[str], Visitor]:
    """Somebody of the cast, signed in by user name."""

    def signed_in(username: str) -> Visitor:
        who = Visitor(bank.http)
        answer = who.sign_in(username)
        assert answer.status_code == 302, words(answer)
        return who

    return signed_in


@pytest.fixture
def chen_jie(visitor: Callable[[str], Visitor]) -> Visitor:
    """The supervisor."""
    return visitor("chenjie")


@pytest.fixture
def zhou_lan(visitor: Callable[[str], Visitor]) -> Visitor:
    """The cashier."""
    return visitor("zhoulan")


@pytest.fixture
def wu_ping(visitor: Callable[[str], Visitor]) -> Visitor:
    """The auditor."""
    return visitor("wuping")
