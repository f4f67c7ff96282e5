"""Verdicts as runs: what was said of many events in a row is said once.

`took` speaks of the events of one batch in their order. The verdicts of a page speak of stretches
of a lane's chain, and one by one of events beside it (docs/protocol.md sections 4 and 6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from sync.verdicts import Verdict

HASH_CHARS = 16

Told = dict[str, Any]


class Taken(Protocol):
    """What became of one event of a batch; sync.push.Result is one."""

    @property
    def verdict(self) -> Verdict:
        """The verdict that stands."""

    @property
    def is_repeat(self) -> bool:
        """The event was here before."""


class Line(Protocol):
    """The latest verdict of an event at its place; sync.store.VerdictLine is one."""

    @property
    def tick(self) -> int:
        """At which tick it was reached."""

    @property
    def lane(self) -> str:
        """The lane of the event."""

    @property
    def seq(self) -> int:
        """Its place there."""

    @property
    def hash(self) -> str:
        """The event."""

    @property
    def verdict(self) -> str:
        """What became of it."""

    @property
    def reason(self) -> str | None:
        """Why it is in quarantine."""

    @property
    def needs(self) -> str | None:
        """What it waits for."""

    @property
    def is_on_chain(self) -> bool:
        """It lies on the lane's chain, and no other event at its place."""


def took(results: Iterable[Taken]) -> list[list[object]]:
    """[[count, verdict, reason, needs, is_repeat], …] for the events of a batch."""
    runs: list[list[object]] = []
    for result in results:
        said = result.verdict
        word = [said.verdict, said.reason, said.needs, result.is_repeat]
        if runs and runs[-1][1:] == word:
            runs[-1][0] = int(str(runs[-1][0])) + 1
        else:
            runs.append([1, *word])
    return runs


def read_took(runs: Iterable[Any], hashes: list[str]) -> dict[str, Told]:
    """What `took` says of each event of the batch that was sent, by hash.

    Raises ValueError if it speaks of more or fewer events.
    """
    said: list[Told] = []
    for count, verdict, reason, needs, _ in runs:
        if not isinstance(count, int) or not 1 <= count <= len(hashes) - len(said):
            raise ValueError("took speaks of other events")
        said += [_told(verdict, reason, needs)] * count
    return dict(zip(hashes, said, strict=True))


def page_runs(lines: Iterable[Line]) -> tuple[list[list[object]], list[list[object]]]:
    """`verdicts` and `alone` of a page: [[lane, [run, …]], …] and one entry an event."""
    lanes: dict[str, list[list[Any]]] = {}
    alone: list[list[object]] = []
    for line in sorted(lines, key=lambda line: (line.lane, line.seq, line.hash)):
        word = [line.tick, line.verdict, line.reason, line.needs]
        if not line.is_on_chain:
            alone.append([line.hash, *word])
            continue
        runs = lanes.setdefault(line.lane, [])
        if runs and runs[-1][1] == line.seq - 1 and runs[-1][3:] == word:
            runs[-1][1:3] = [line.seq, line.hash[:HASH_CHARS]]
        else:
            runs.append([line.seq, line.seq, line.hash[:HASH_CHARS], *word])
    return [[lane, runs] for lane, runs in lanes.items()], alone


def read_runs(
    page: Mapping[str, Any], chains: Mapping[str, list[str]], stored: Collection[str] = ()
) -> dict[str, Told]:
    """What a page says of the phone's own events, by hash.

    chains  Lane -> the hashes of its events, from number 1.
    stored  Those that are acknowledged: a run at their place speaks of them, for the server holds
            no other there. Of the rest it speaks if its last event is at its place in the chain;
            otherwise these are somebody else's, as after a copied profile.
    """
    found: dict[str, Told] = {}
    for lane, runs in page["verdicts"]:
        chain = chains.get(lane, [])
        for first, last, start, tick, verdict, reason, needs in runs:
            is_ours = 1 <= first <= last <= len(chain) and chain[last - 1].startswith(start)
            meant = [each for each in chain[first - 1 : last] if is_ours or each in stored]
            found |= dict.fromkeys(meant, _told(verdict, reason, needs) | {"tick": tick})
    own = {each for chain in chains.values() for each in chain}
    for event_hash, tick, verdict, reason, needs in page["alone"]:
        if event_hash in own:
            found[event_hash] = _told(verdict, reason, needs) | {"tick": tick}
    return found


def _told(verdict: str, reason: str | None, needs: str | None) -> Told:
    return {"verdict": verdict, "reason": reason, "needs": needs}
