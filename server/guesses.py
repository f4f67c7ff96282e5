"""Counts wrong guesses for a while, in the memory of this process; and what else costs us work.

An enrolment code has 40 bits and lives ten minutes: with thirty guesses a minute in each of a few
processes nobody finds one. The code of a receipt has 20 bits and lives for ever: so wrong ones are
counted for the number, too, whoever sends them. A table would give a stranger a way to make the
database write.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from threading import Lock
from zlib import crc32

from flask import current_app, request

from sync.problems import Problem

GUESSES_A_MINUTE_MAX = 30
SENDERS_MAX = 1000  # beyond this all senders count as one: many addresses are no way around
MINUTE_MS = 60_000

# 20 an hour for one number: half of its million codes take three years of trying, day and night.
GUESSES_A_NUMBER_MAX = 20
HOUR_MS = 3_600_000
# Numbers share so many counters, so that trying many of them neither fills the memory nor shuts
# out everyone.
NUMBER_COUNTERS = 4096


@dataclass(slots=True)
class Guesses:
    """The wrong codes of the present span of time, by sender.

    most     So many in one span, and the sender waits for its end.
    span_ms  Length of a span.
    """

    most: int = GUESSES_A_MINUTE_MAX
    span_ms: int = MINUTE_MS
    senders_max: int = SENDERS_MAX
    span: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def check(self, sender: str, now_ms: int) -> None:
        """Refuse (`rate_limited`) a sender who has guessed too often in this span."""
        with self.lock:
            self._turn(now_ms)
            crowded = len(self.wrong) >= self.senders_max
            if crowded or self.wrong[sender] >= self.most:
                raise Problem("rate_limited", wait_s=(self.span_ms - now_ms % self.span_ms) // 1000)

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
        if now_ms // self.span_ms != self.span:
            self.span = now_ms // self.span_ms
            self.wrong.clear()


@dataclass(frozen=True, slots=True)
class ReceiptGuesses:
    """Wrong codes of receipts: thirty a minute for an address, twenty an hour for a number."""

    senders: Guesses = field(default_factory=Guesses)
    numbers: Guesses = field(
        default_factory=lambda: Guesses(GUESSES_A_NUMBER_MAX, HOUR_MS, NUMBER_COUNTERS + 1)
    )

    def check(self, sender: str, number: str, now_ms: int) -> None:
        """Refuse (`rate_limited`) who guesses, and a number at which somebody guesses."""
        self.senders.check(sender, now_ms)
        self.numbers.check(_counter(number), now_ms)

    def note(self, sender: str, number: str, now_ms: int) -> None:
        """A code was wrong, or there is no such number: nobody must learn which."""
        self.senders.note(sender, now_ms)
        self.numbers.note(_counter(number), now_ms)


def _counter(number: str) -> str:
    return str(crc32(number.encode()) % NUMBER_COUNTERS)


def sender() -> str:
    """Who asks: an address; of IPv6 the network, for a house has a million million addresses."""
    given = request.remote_addr or ""
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return given


def guesses() -> Guesses:
    """The counter of the running application."""
    counter: Guesses = current_app.extensions["guesses"]
    return counter


def couriers() -> Guesses:
    """The counter of bundles that came from a kiosk."""
    counter: Guesses = current_app.extensions["couriers"]
    return counter


def receipt_guesses() -> ReceiptGuesses:
    """The counter of codes of receipts."""
    counter: ReceiptGuesses = current_app.extensions["receipt_guesses"]
    return counter
