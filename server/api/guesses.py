"""Counts wrong enrolment codes by the minute, in the memory of this process; so with kiosks.

A code has 40 bits and lives ten minutes. With thirty guesses a minute in each of a few processes
nobody finds one; a table would give a stranger a way to make the database write.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from flask import current_app

from sync.problems import Problem

GUESSES_A_MINUTE_MAX = 30
SENDERS_MAX = 1000  # beyond this all senders count as one: many addresses are no way around
MINUTE_MS = 60_000


@dataclass(slots=True)
class Guesses:
    """The wrong codes of the present minute, by sender."""

    minute: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def check(self, sender: str, now_ms: int) -> None:
        """Refuse (`rate_limited`) a sender who has guessed too often in this minute."""
        with self.lock:
            self._turn(now_ms)
            crowded = len(self.wrong) >= SENDERS_MAX
            if crowded or self.wrong[sender] >= GUESSES_A_MINUTE_MAX:
                raise Problem("rate_limited", wait_s=60 - now_ms % MINUTE_MS // 1000)

    def pass_once(self, sender: str, now_ms: int) -> None:
        """Let a sender through, and count it: what costs us work has the same limit as guesses."""
        self.check(sender, now_ms)
        self.note(sender, now_ms)

    def note(self, sender: str, now_ms: int) -> None:
        """A wrong code came from this sender."""
        with self.lock:
            self._turn(now_ms)
            self.wrong[sender] += 1

    def _turn(self, now_ms: int) -> None:
        if now_ms // MINUTE_MS != self.minute:
            self.minute = now_ms // MINUTE_MS
            self.wrong.clear()


def guesses() -> Guesses:
    """The counter of the running application."""
    counter: Guesses = current_app.extensions["guesses"]
    return counter


def couriers() -> Guesses:
    """The counter of bundles that came from a kiosk."""
    counter: Guesses = current_app.extensions["couriers"]
    return counter
