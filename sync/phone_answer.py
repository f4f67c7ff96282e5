"""Reading an answer: all of it is checked before anything of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.answer import read_answer
from sync.problems import Problem
from sync.runs import Told, read_runs, read_took


@dataclass(frozen=True, slots=True)
class Asked:
    """The last request: an answer counts only for it.

    sent       The hashes of its batch.
    incidents  How many incidents were told, with it or before.
    """

    req_id: str
    cursor: str | None
    sent: tuple[str, ...]
    incidents: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer to our last request, under our mark.

    took  What became of the events of its batch; said what the page says of our own events.
    """

    page: dict[str, Any] | None
    envelope: dict[str, Any]
    took: dict[str, Told]
    said: dict[str, Told]

    @property
    def heads(self) -> list[tuple[str, int, str]]:
        """(lane, number, hash) of the head of each lane."""
        lanes = self.envelope["lanes"]
        return [(lane["lane"], lane["head_seq"], lane["head_hash"]) for lane in lanes]


def believe(
    answer: bytes, secret: bytes, asked: Asked | None, chains: Mapping[str, list[str]]
) -> Answered:
    """Read an answer whole. Refuses `answer_not_believed` if it is not ours, or not in order."""
    page, envelope = read_answer(answer, secret)
    if asked is None or envelope.get("req_id") != asked.req_id:
        raise Problem("answer_not_believed", rule="req_id_echo")
    try:
        took = envelope["took"]
        told = read_took(took, list(asked.sent)) if took is not None else {}
        said = read_runs(page, chains) if page is not None else {}
        _touch_envelope(envelope)
        if page is not None:
            _touch_page(page)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Problem("answer_not_believed", rule="shape") from None
    return Answered(page, envelope, told, said)


def _touch_envelope(envelope: Mapping[str, Any]) -> None:
    _ = envelope["epoch"], envelope["anchor"], envelope["error"]
    for lane in envelope["lanes"]:
        _ = lane["lane"], lane["head_hash"], lane["settled_hash"]
        if not lane["head_seq"] >= 0 or not lane["settled_seq"] >= 0:
            raise ValueError("places are counted from 1")


def _touch_page(page: Mapping[str, Any]) -> None:
    """A broken page fails here, before anything has changed."""
    _ = page["reset"], page["cursor"], page["complete"], page["digest"]
    for row in page["rows"]:
        _ = row["etype"], row["eid"], row["op"], row["tick"], row["row"]
    for buckets in (page["repair"] or {}).values():
        set(buckets)
