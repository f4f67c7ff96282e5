"""The small bank on each database."""

from __future__ import annotations

from tests.bank_fixtures import bank, founded, one_bank

__all__ = ["bank", "founded", "one_bank"]
