"""What a mutant is: a broken variant of our own code, and what it takes to see that it is broken.

A mutant is a change of text; if the text is gone, that is an error. `seeds` is the number of seeds
within which the simulation must catch it; `rates` are the faults that provoke it, with everything
else at rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One change: in a file, this text becomes that."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A variant, what is wrong with it, and what it takes to see it."""

    name: str
    wrong: str
    patches: tuple[Patch, ...]
    seeds: int = 20
    rates: Mapping[str, float] = field(default_factory=dict)


LOSSY = {"lost_request": 0.2, "lost_answer": 0.4, "twice": 0.3, "reload": 0.05}
FORGETFUL = {"restore": 0.05, "backup": 0.05, "lost_answer": 0.2}
KILLS = {"page_dies": 0.2, "reload": 0.1}
