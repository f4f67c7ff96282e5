"""Numbers of receipts in few words: SJ000101–SJ000105 for five that follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"(.*?)([0-9]+)")


def as_runs(numbers: Iterable[str]) -> list[str]:
    """The numbers in order, those that follow each other as first–last. A repeated one stays."""
    runs: list[list[str]] = []
    for number in sorted(numbers):
        if runs and number == _after(runs[-1][-1]):
            runs[-1].append(number)
        else:
            runs.append([number])
    return [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _after(number: str) -> str | None:
    found = _NUMBER.fullmatch(number)
    if found is None:
        return None
    return f"{found[1]}{int(found[2]) + 1:0{len(found[2])}d}"
