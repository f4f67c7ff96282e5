"""Names and lists as they stand in a sentence of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from server.office.report_facts import HouseholdFact
from sync.amounts import format_yuan

COMMITTEE = "村委"

# Nobody reads more names than this in one sentence; all of them are in the console's lists.
NAMES_MAX = 40


def printed_names(
    households: Sequence[HouseholdFact], notes: Sequence[str] | None = None
) -> list[str]:
    """The name of each household, told apart where two in one sentence are equal (NV6).

    Equal names get their village, then their natural village, and at last their number behind
    them: two people are never one. notes are put behind a name in the same brackets.
    """
    notes = notes or [""] * len(households)
    by_name = [(one.name,) for one in households]
    keys: list[tuple[str, ...]] = [*by_name]
    for part in ("village", "natural_village", "id"):
        counts = Counter(keys)
        keys = [
            (*key, getattr(one, part) or "") if counts[key] > 1 else key
            for key, one in zip(keys, households, strict=True)
        ]
    return [_bracketed(key[0], [*key[1:], note]) for key, note in zip(keys, notes, strict=True)]


def names_with_places(households: Sequence[HouseholdFact]) -> list[str]:
    """内田村委内新村的测石头: where each lives, then the name; the number where both are equal."""
    told = [_place_of(one) + one.name for one in households]
    counts = Counter(told)
    return [
        f"{words}（{one.id}）" if counts[words] > 1 else words
        for words, one in zip(told, households, strict=True)
    ]


def _bracketed(name: str, parts: Iterable[str]) -> str:
    """The name with what is known behind it; nothing in brackets means no brackets."""
    inner = "，".join(part for part in parts if part)
    return f"{name}（{inner}）" if inner else name


def enumerated(names: Sequence[str]) -> str:
    """A、B、C; of a long list the first ones and 等, for the count stands beside it."""
    etc = "等" if len(names) > NAMES_MAX else ""
    return "、".join(names[:NAMES_MAX]) + etc


def listed(names: Sequence[str]) -> str:
    """Names as the predicate of a sentence: 是A for one, 分别是A、B for more."""
    return f"{'分别是' if len(names) > 1 else '是'}{enumerated(names)}"


def joined(names: Sequence[str]) -> str:
    """Offices asked for help: A; A和B; A、B和C."""
    if len(names) < 2:
        return "".join(names)
    return f"{'、'.join(names[:-1])}和{names[-1]}"


def committee(village: str) -> str:
    """The name of a village committee: 内田 is 内田村委."""
    return village if village.endswith((COMMITTEE, "村委会")) else f"{village}{COMMITTEE}"


def _place_of(household: HouseholdFact) -> str:
    """Where a household lives, to be put before its name: 内田村委内新村的, or nothing."""
    village = committee(household.village) if household.village else ""
    place = village + (household.natural_village or "")
    return f"{place}的" if place else ""


def yuan(fen: int) -> str:
    """An amount as the report writes it: 600元, 600.50元."""
    return f"{format_yuan(fen)}元"
