"""What the exchange needs from a database, and nothing more.

`testing.py` holds the suite that every Store must pass, and a MemoryStore that passes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sync.books import Leg
from sync.events import Envelope
from sync.lane import Head
from sync.verdicts import Verdict


class Busy(Exception):
    """The database cannot work now (lock, serialisation, disk). Nothing of the batch is done."""


class Clash(Exception):
    """Somebody else wrote the same key at the same time; look again, and judge again."""


@dataclass(frozen=True, slots=True)
class LaneKey:
    """A public key (base64url of the point) and the place in the lane from which it signs."""

    from_seq: int
    alg: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """A lane as the store holds it, locked until the transaction ends."""

    id: str
    device: str
    officer: str
    is_revoked: bool
    head: Head
    keys: tuple[LaneKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as the server holds it.

    holder           Officer who answers for its cash: of the lane, or of the sending device if
                     the signature does not hold.
    effective_at_ms  The claim, clamped to what the server can vouch for; effective_on its date.
    is_signed        The signature over it, or over a later event of its batch, holds.
    sig              Its own signature if the batch brought one.
    """

    event: Envelope
    holder: str
    effective_at_ms: int
    effective_on: str
    recorded_at_ms: int
    is_signed: bool
    sig: str | None = None
    via: str = "https"
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Stint:
    """An officer held a household from one tick on; to_tick is when it went to somebody else."""

    from_tick: int
    to_tick: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """The claimed instants of the stored events before and after one in its chain, ms UTC."""

    before: int | None
    after: tuple[int, ...]


class PushStore(Protocol):
    """The writing half: one transaction of one branch."""

    def lane(self, lane_id: str) -> LaneState | None:
        """The lane, locked; None if it was never enrolled."""

    def expect(self, events: Sequence[Envelope]) -> None:
        """These events come next: fetch at once what judging them will ask for."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Leaving keeps what was done inside, raising undoes it. Raises Busy and Clash."""

    def put(self, recorded: Recorded) -> None:
        """Store an event that is not stored yet."""

    def find(self, event_hash: str) -> Recorded | None:
        """A stored event, in today's words (sync.upcast.restated)."""

    def verdicts(self, hashes: Collection[str]) -> dict[str, Verdict]:
        """The latest verdict of each of these events that is stored."""

    def conclude(self, recorded: Recorded, verdict: Verdict) -> None:
        """Note a verdict; the latest counts."""

    def waiting(self, need: str) -> list[Recorded]:
        """The events whose latest verdict needs this: parked, or set aside after 48 hours."""

    def overdue(self, before_ms: int) -> list[Recorded]:
        """The parked events that were recorded here at this instant or before."""

    def kept_for(self, reason: str) -> list[Recorded]:
        """The events that are quarantined for this reason now."""

    def holds_seq(self, lane_id: str, seq: int) -> bool:
        """Is any event stored under this number of the lane?"""

    def beside(self, event: Envelope) -> Beside:
        """What the neighbours of an event that was expected claim about their time."""

    def follower(self, lane_id: str, head: Head) -> Head | None:
        """The stored event that follows a head with a good signature, if there is one."""

    def move_head(self, lane_id: str, head: Head) -> None:
        """The contiguous prefix of the lane now ends here."""

    def add_key(self, lane: LaneState, key: LaneKey) -> None:
        """The device of the lane signs with a new key from a place on."""

    def open_lane(self, lane_id: str, old: LaneState) -> LaneState:
        """A new lane in the place of another one of the same device; it has the other's keys."""

    def tick_at(self, tick: int) -> int | None:
        """The instant of a tick of this branch, ms UTC."""

    def loan_household(self, loan: str) -> str | None:
        """The household that owes a loan; None if there is no such loan."""

    def has_household(self, household: str) -> bool:
        """Is this a household of the branch?"""

    def stints(self, household: str, officer: str) -> list[Stint]:
        """When an officer has held a household, in any order; none if never."""

    def is_shut(self, day: str) -> bool:
        """Has the branch closed the cash of this day?"""

    def takes_cash(self) -> bool:
        """May the officers of the branch take cash? If not, what they take is kept and flagged."""

    def has_number(self, lane_id: str, receipt_no: str) -> bool:
        """Is this number in a book that was issued to the lane, or to one that replaced it?"""

    def is_given_back(self, lane_id: str, receipt_no: str) -> bool:
        """Was this number of the lane's books given back to the cashier as a blank slip?"""

    def number_user(self, receipt_no: str) -> str | None:
        """The hash of the receipt that holds this number: applied, and perhaps voided later."""

    def notice_user(self, notice_no: str) -> str | None:
        """The hash of the applied notice.made of this number."""

    def visit(self, visit_id: str) -> tuple[str, str] | None:
        """(hash of the event that made it, household) of an applied visit."""

    def is_voided(self, receipt_hash: str) -> bool:
        """Has an applied cash.void undone this receipt?"""

    def is_counted(self, receipt_hash: str) -> bool:
        """Has the cashier taken over the cash of this receipt? Locks it against a count."""

    def has_handed(self, slip: Envelope, until: Envelope | None = None) -> bool:
        """Did the lane of a slip offer its cash to somebody, before this later event of it?"""

    def taken_by(self, handed_hash: str) -> str | None:
        """The hash of the applied custody.taken that confirms this handover."""

    def is_cashier(self, officer: str) -> bool:
        """Does cash that this person takes lie in the vault?"""

    def legs(self, event_hash: str) -> list[Leg]:
        """All legs posted for an event."""

    def loan_sums(self, loan: str) -> tuple[int, int]:
        """What the parts of a loan come to (books.due_fen), and its `over`, in fen. Locks it."""

    def post(self, recorded: Recorded, legs: Iterable[Leg]) -> None:
        """Post a movement of an event; its legs sum to zero."""

    def project(self, recorded: Recorded, verdict: Verdict) -> None:
        """Write the rows that the office reads: of an applied event, and of any receipt."""

    def renumber(self, receipt_hash: str, receipt_no: str) -> None:
        """The row of a receipt bears another number from now on."""

    def report(self, recorded: Recorded, error: Exception) -> None:
        """An engineer must look: judging this event failed. No personal data goes to the log."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One row of an officer's feed: at this tick it last changed, or left his scope."""

    tick: int
    etype: str
    eid: str
    op: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """The latest verdict of one of the officer's own events, and the event's place in its lane.

    is_on_chain  The event lies on the chain that ends in the lane's head, and no other event was
                 stored under its number.
    """

    tick: int
    lane: str
    seq: int
    hash: str
    verdict: str
    reason: str | None
    needs: str | None = None
    is_on_chain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of ticks to be read: beyond `after`, up to `upto`, at most `limit` lines.

    known  Of what left the scope up to here nothing need be said: whoever asks starts from
           nothing, in a history that was at this tick when he began. Else it equals `after`.
    """

    after: int
    upto: int
    known: int
    limit: int | None = None

    @property
    def is_from_nothing(self) -> bool:
        """A scope is given out from its start, not what has changed in it."""
        return self.known > self.after


class PullStore(Protocol):
    """The reading half: one snapshot, seen by one officer."""

    def epoch(self) -> str:
        """The name of the history."""

    def tick(self) -> int:
        """The latest tick of the branch."""

    def horizon(self) -> int:
        """Evictions at this tick or before it have been forgotten."""

    def feed_in(self, span: Span) -> list[FeedLine]:
        """The officer's feed in a span, ordered by tick, kind and id."""

    def verdicts_in(self, span: Span) -> list[VerdictLine]:
        """Verdicts of the officer's lanes in a span, ordered by tick, lane and place.

        From nothing without those of events that are settled: a lane's settled pair speaks for
        them once the scope is whole. What has changed is told with the rows that it is in.
        """

    def rows(self, lines: Sequence[FeedLine]) -> Mapping[tuple[str, str], dict[str, Any]]:
        """The rows of these lines by (etype, eid), in a handful of queries."""

    def sums(self, lines: Sequence[FeedLine]) -> Mapping[tuple[str, str], str]:
        """The SHA-256 of each canonical row of these lines, by (etype, eid)."""

    def scope(self) -> list[FeedLine]:
        """All that the officer sees, in the order of the feed."""
