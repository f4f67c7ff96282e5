"""The small bank on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_bank import Bank, found_bank


@pytest.fixture
def bank(migrated_url: str, tmp_path: Path) -> Iterator[Bank]:
    """One branch, the cast, four households with a loan each; once on each database."""
    bank = found_bank(migrated_url, tmp_path)
    yield bank
    bank.close()
