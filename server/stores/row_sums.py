"""The sums of rows that were built lately, so that a digest of a scope need not build it again.

A row does not change without a tick, so its sum is known by its tick. That is trusted for a day in
each process and no longer: a row that did change behind its tick would be found out the next day,
and a phone that starts anew makes its sums anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

# Some 300 kB for each officer of 300 households.
OFFICERS_MAX = 200

Sums = dict[tuple[str, str], tuple[int, str]]  # (etype, eid) -> (tick, sum)

_lock = threading.Lock()
_held: OrderedDict[tuple[str, str, str, str], tuple[str, Sums]] = OrderedDict()


def sums_of_officer(whose: tuple[str, str, str, str], day: str) -> Sums:
    """What is known of an officer's rows; the caller adds to it.

    whose  (database, epoch, branch, officer).
    """
    with _lock:
        known = _held.pop(whose, None)
        if known is None or known[0] != day:
            known = (day, {})
        _held[whose] = known
        while len(_held) > OFFICERS_MAX:
            _held.popitem(last=False)
        return known[1]
