"""What a phone has recorded, and what it knows became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.events import ZERO_HASH, Envelope

Told = dict[str, Any]


class PhoneLog:
    """Every event of a phone in the order of recording, over all its lanes. It only grows.

    verdicts  hash -> {"verdict", "reason", "needs", "tick"}: with a tick as the feed brought it,
              which the overlay goes by; without one as `took` did, which is for the eye only.
    acked     The hashes that the server of the present epoch has stored for ever.
    """

    def __init__(self) -> None:
        self.events: list[Envelope] = []
        self.sigs: dict[str, str] = {}
        self.acked: set[str] = set()
        self.verdicts: dict[str, Told] = {}
        self.chains: dict[str, list[str]] = {}

    def append(self, event: Envelope, sig: str) -> None:
        """One more event at the end of its lane."""
        chain = self.chains.setdefault(event.lane, [])
        assert (event.seq, event.prev) == (len(chain) + 1, self.head_hash(event.lane))
        chain.append(event.hash)
        self.events.append(event)
        self.sigs[event.hash] = sig

    def head_hash(self, lane: str) -> str:
        """The hash of the last event of a lane; zeros for an empty one."""
        chain = self.chains.get(lane)
        return chain[-1] if chain else ZERO_HASH

    @property
    def unacked(self) -> list[Envelope]:
        """The events that only this phone holds, as far as it knows."""
        return [event for event in self.events if event.hash not in self.acked]

    def prove(self, lane: str, seq: int, head_hash: str) -> bool:
        """The server's chain ends here: all up to it are stored, if it is ours. Is it ours?"""
        chain = self.chains.get(lane, [])
        if seq == 0:
            return True
        if seq > len(chain) or chain[seq - 1] != head_hash:
            return False
        self.acked.update(chain[:seq])
        return True

    def note_took(self, told: Mapping[str, Told]) -> None:
        """Verdicts that came with the push: stored, and for the eye until the feed speaks."""
        self.acked.update(told)
        for event_hash, verdict in told.items():
            if "tick" not in self.verdicts.get(event_hash, {}):
                self.verdicts[event_hash] = verdict

    def replace_verdicts(self, told: Mapping[str, Told]) -> None:
        """Verdicts of a whole scope: what the feed said before counts no more."""
        kept = {each: said for each, said in self.verdicts.items() if "tick" not in said}
        self.verdicts = {**kept, **told}

    def settle(self, lanes: Iterable[Mapping[str, Any]]) -> None:
        """Of events up to a settled place nothing more is told: they were applied long ago."""
        for lane in lanes:
            chain, seq = self.chains.get(lane["lane"], []), lane["settled_seq"]
            if not 1 <= seq <= len(chain) or chain[seq - 1] != lane["settled_hash"]:
                continue
            for event_hash in chain[:seq]:
                if "tick" not in self.verdicts.get(event_hash, {}):
                    applied = {"verdict": "applied", "reason": None, "needs": None, "tick": 0}
                    self.verdicts[event_hash] = applied
