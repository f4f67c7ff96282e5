"""A town to visit: the small bank behind a real server process, on SQLite or on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bank_fixtures import bank, founded, one_bank
from tests.independent.town import Town
from tests.small_bank import Bank

__all__ = ["bank", "founded", "one_bank"]


@pytest.fixture
def town(one_bank: Bank, tmp_path: Path) -> Iterator[Town]:
    """On SQLite."""
    yield from _town(one_bank, tmp_path)


@pytest.fixture
def any_town(bank: Bank, tmp_path: Path) -> Iterator[Town]:
    """On SQLite, and on PostgreSQL."""
    yield from _town(bank, tmp_path)


def _town(bank: Bank, folder: Path) -> Iterator[Town]:
    bank.close()
    town = Town(bank.url, folder)
    yield town
    town.close()
