"""The seed of every random test here: new each run, printed, and taken from UNIT_SEED to repeat."""

from __future__ import annotations

import os
import secrets

import pytest


@pytest.fixture(name="seed")
def fixture_seed() -> int:
    """A seed that is printed when its test fails."""
    seed = int(os.environ.get("UNIT_SEED") or secrets.randbits(32))
    print(f"UNIT_SEED={seed}")
    return seed
