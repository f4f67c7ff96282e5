"""What happened, line by line, and one hash of all of it."""

from __future__ import annotations

import hashlib
from collections import deque


class Trace:
    """Keeps the last lines for a person and the hash of all for a comparison."""

    def __init__(self) -> None:
        self.last: deque[str] = deque(maxlen=40)
        self.sum = hashlib.sha256()
        self.aloud = False
        self.step = 0

    def say(self, line: str) -> None:
        """Note one line."""
        told = f"{self.step:4} {line}"
        self.last.append(told)
        if self.aloud:
            print(told, flush=True)
        self.sum.update(told.encode() + b"\n")

    @property
    def hash(self) -> str:
        """Equal for two runs exactly when every line was."""
        return self.sum.hexdigest()


class Broken(AssertionError):
    """An invariant does not hold."""

    def __init__(self, invariant: str, details: str) -> None:
        super().__init__(f"{invariant}: {details}")
        self.invariant, self.details = invariant, details
