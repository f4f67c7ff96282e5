"""What goes wrong, and how often. Each seed draws its own rates, so that seeds differ (swarm)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

# Name -> the highest rate that a seed may draw for it.
NETWORK = {
    "lost_request": 0.3,
    "lost_answer": 0.3,
    "cut_request": 0.2,
    "cut_answer": 0.3,
    "twice": 0.3,
    "portal": 0.15,
    "old_answer": 0.1,
    "altered_answer": 0.1,
    "server_error": 0.15,
    "poison_event": 0.05,
    "server_dies_before": 0.15,
    "server_dies_after": 0.15,
    "server_dies_between": 0.1,
    "server_dies_later": 0.1,
}
PHONE = {
    "page_dies": 0.12,
    "power_cut": 0.6,
    "held": 0.3,
}
WORLD = {
    "reload": 0.02,
    "second_tab": 0.03,
    "wipe_database": 0.04,
    "lose_journal": 0.03,
    "connection_drops": 0.03,
    "disk_full": 0.03,
    "silent_database": 0.02,
    "image": 0.04,
    "roll_back": 0.03,
    "clone": 0.01,
    "clock_jump": 0.03,
    "server_clock_jump": 0.01,
    "long_pause": 0.05,
    "backup": 0.03,
    "restore": 0.02,
    "restore_with_journal": 0.02,
    "reassign": 0.06,
    "revoke": 0.008,
}
ALL = {**NETWORK, **PHONE, **WORLD}


@dataclass(slots=True)
class Faults:
    """The rates of one seed, and how often each kind has happened."""

    rates: dict[str, float]
    tally: Counter[str] = field(default_factory=Counter)
    calm: bool = False

    def happens(self, name: str, chance: Random) -> bool:
        """Draw whether it happens now. After faults have stopped nothing does."""
        drawn = chance.random() < self.rates[name]
        if drawn and not self.calm:
            self.tally[name] += 1
            return True
        return False


def draw_rates(chance: Random) -> dict[str, float]:
    """Each kind is left out of half of the seeds; in the others it has a rate of its own."""
    return {
        name: highest * chance.random() if chance.random() < 0.5 else 0.0
        for name, highest in ALL.items()
    }
