"""The ledger as services use it: post a movement, read a balance."""

from __future__ import annotations

from server.stores.ledger import balance, balances, balances_of, legs_of, post

__all__ = ["balance", "balances", "balances_of", "legs_of", "post"]
