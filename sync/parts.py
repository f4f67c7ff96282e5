"""The parts of a debt, by the names they have in bodies, rows and accounts."""

from __future__ import annotations

PARTS = ("principal", "interest", "penalty", "cost")
