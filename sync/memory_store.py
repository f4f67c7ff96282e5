"""A Store in memory: one branch, for tests and for trying things out. It passes `testing.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sync.books import Leg, balances
from sync.digest import sums_of
from sync.events import Envelope
from sync.lane import Head
from sync.memory_state import State
from sync.parts import PARTS
from sync.store import (
    Beside,
    FeedLine,
    LaneKey,
    LaneState,
    Recorded,
    Span,
    Stint,
    VerdictLine,
)
from sync.upcast import restated
from sync.verdicts import VOIDED, Verdict

EPOCH = "memory"


class MemoryStore:
    """One branch with one officer's feed: both halves of a Store, and transactions over them.

    fail_on  Called with every event that is projected: a test makes it raise.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.now_ms = now_ms
        self.state = State()
        self.fail_on: Callable[[Recorded], None] = lambda recorded: None
        self.reports: list[str] = []
        self.horizon_tick = 0
        self._fresh: set[str] = set()
        self._touched: set[tuple[str, str]] = set()

    @contextmanager
    def transaction(self) -> Iterator[MemoryStore]:
        """Leaving keeps everything under one tick, raising nothing."""
        before = self.state.copy()
        self._fresh, self._touched = set(), set()
        try:
            yield self
        except BaseException:
            self.state = before
            raise
        if self._fresh or self._touched:
            self.state.ticks.append(self.now_ms())
            tick = self.tick()
            self.state.verdict_ticks |= dict.fromkeys(self._fresh, tick)
            self.state.feed |= dict.fromkeys(self._touched & set(self.state.feed), (tick, "upsert"))

    def give(self, etype: str, eid: str) -> None:
        """Put a row into the officer's scope, inside a transaction."""
        self.state.feed[etype, eid] = (0, "upsert")
        self._touched.add((etype, eid))

    # The lane and its log

    def lane(self, lane_id: str) -> LaneState | None:
        """See PushStore."""
        return self.state.lanes.get(lane_id)

    def expect(self, events: Sequence[Envelope]) -> None:
        """See PushStore."""

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """See PushStore."""
        before = self.state.copy(), set(self._fresh), set(self._touched)
        try:
            yield
        except BaseException:
            self.state, self._fresh, self._touched = before
            raise

    def put(self, recorded: Recorded) -> None:
        """See PushStore."""
        assert recorded.event.hash not in self.state.events, "an event is stored once"
        self.state.events[recorded.event.hash] = recorded

    def find(self, event_hash: str) -> Recorded | None:
        """See PushStore."""
        held = self.state.events.get(event_hash)
        return self._vouched(held) if held else None

    def _vouched(self, recorded: Recorded) -> Recorded:
        recorded = replace(recorded, event=restated(recorded.event))
        verdict = self.state.verdicts.get(recorded.event.hash)
        if recorded.is_signed or verdict is None or verdict.reason == "bad_signature":
            return recorded
        lane = self.state.lanes[recorded.event.lane]
        return replace(recorded, is_signed=True, holder=lane.officer)

    def verdicts(self, hashes: Collection[str]) -> dict[str, Verdict]:
        """See PushStore."""
        held = self.state.verdicts
        return {each: held[each] for each in hashes if each in held}

    def conclude(self, recorded: Recorded, verdict: Verdict) -> None:
        """See PushStore."""
        self.state.verdicts[recorded.event.hash] = verdict
        self._fresh.add(recorded.event.hash)

    def waiting(self, need: str) -> list[Recorded]:
        """See PushStore."""
        hashes = [each for each, verdict in self.state.verdicts.items() if verdict.needs == need]
        return [self._vouched(self.state.events[each]) for each in sorted(hashes)]

    def overdue(self, before_ms: int) -> list[Recorded]:
        """See PushStore."""
        held = self._judged("parked")
        return [each for each in held if each.recorded_at_ms <= before_ms]

    def kept_for(self, reason: str) -> list[Recorded]:
        """See PushStore."""
        held = self._judged("quarantined")
        return [each for each in held if self.state.verdicts[each.event.hash].reason == reason]

    def _judged(self, word: str) -> list[Recorded]:
        judged = {each for each, verdict in self.state.verdicts.items() if verdict.verdict == word}
        return [self._vouched(self.state.events[each]) for each in sorted(judged)]

    def holds_seq(self, lane_id: str, seq: int) -> bool:
        """See PushStore."""
        held = self.state.events.values()
        return any((each.event.lane, each.event.seq) == (lane_id, seq) for each in held)

    def beside(self, event: Envelope) -> Beside:
        """See PushStore."""
        before = self.state.events.get(event.prev)
        after = [each.event for each in self.state.events.values() if each.event.prev == event.hash]
        claim = before.event.occurred_at if before else None
        return Beside(claim, tuple(each.occurred_at for each in after))

    def follower(self, lane_id: str, head: Head) -> Head | None:
        """See PushStore."""
        for each in self.state.events.values():
            event = each.event
            follows = (event.lane, event.seq, event.prev) == (lane_id, head.seq + 1, head.hash)
            if follows and self._vouched(each).is_signed:
                return Head(event.seq, event.hash)
        return None

    def move_head(self, lane_id: str, head: Head) -> None:
        """See PushStore."""
        self.state.lanes[lane_id] = replace(self.state.lanes[lane_id], head=head)

    def add_key(self, lane: LaneState, key: LaneKey) -> None:
        """See PushStore."""
        held = self.state.lanes[lane.id]
        self.state.lanes[lane.id] = replace(held, keys=(*held.keys, key))

    def open_lane(self, lane_id: str, old: LaneState) -> LaneState:
        """See PushStore."""
        keys = tuple(replace(key, from_seq=1) for key in old.keys)
        self.state.lanes[lane_id] = replace(old, id=lane_id, head=Head(), keys=keys)
        self.state.replaces[lane_id] = old.id
        return self.state.lanes[lane_id]

    # What is so

    def tick_at(self, tick: int) -> int | None:
        """See PushStore."""
        return self.state.ticks[tick - 1] if 1 <= tick <= len(self.state.ticks) else None

    def loan_household(self, loan: str) -> str | None:
        """See PushStore."""
        return self.state.loans.get(loan)

    def has_household(self, household: str) -> bool:
        """See PushStore."""
        return household in self.state.loans.values()

    def stints(self, household: str, officer: str) -> list[Stint]:
        """See PushStore."""
        return list(self.state.stints.get((household, officer), ()))

    def is_shut(self, day: str) -> bool:
        """See PushStore."""
        return day in self.state.shut

    def takes_cash(self) -> bool:
        """See PushStore."""
        return "cash" not in self.state.not_taken

    def has_number(self, lane_id: str, receipt_no: str) -> bool:
        """See PushStore."""
        heirs = [lane for lane, old in self.state.replaces.items() if old == lane_id]
        own = any(book.contains(receipt_no) for book in self.state.books.get(lane_id, ()))
        return own or any(self.has_number(heir, receipt_no) for heir in heirs)

    def is_given_back(self, lane_id: str, receipt_no: str) -> bool:
        """See PushStore."""
        return receipt_no in self.state.given_back

    def number_user(self, receipt_no: str) -> str | None:
        """See PushStore."""
        for event_hash, (number, state) in self.state.receipts.items():
            counts = self.state.verdicts.get(event_hash, VOIDED).verdict == "applied"
            if number == receipt_no and (state == "applied" or (state == "voided" and counts)):
                return event_hash
        return None

    def notice_user(self, notice_no: str) -> str | None:
        """See PushStore."""
        return self.state.notices.get(notice_no)

    def visit(self, visit_id: str) -> tuple[str, str] | None:
        """See PushStore."""
        return self.state.visits.get(visit_id)

    def is_voided(self, receipt_hash: str) -> bool:
        """See PushStore."""
        return self.state.receipts.get(receipt_hash, ("", ""))[1] == "voided"

    def is_counted(self, receipt_hash: str) -> bool:
        """See PushStore."""
        return receipt_hash in self.state.counted

    def has_handed(self, slip: Envelope, until: Envelope | None = None) -> bool:
        """See PushStore."""
        return any(
            each.event.kind == "custody.handed"
            and each.is_signed
            and each.event.lane == slip.lane
            and slip.seq < each.event.seq
            and (until is None or (until.lane == slip.lane and each.event.seq < until.seq))
            and self.state.verdicts[each.event.hash].verdict != "voided"
            for each in self.state.events.values()
        )

    def taken_by(self, handed_hash: str) -> str | None:
        """See PushStore."""
        for each, recorded in self.state.events.items():
            if recorded.event.kind == "custody.taken":
                applied = self.state.verdicts.get(each, VOIDED).verdict == "applied"
                if applied and recorded.event.body["handed"] == handed_hash:
                    return each
        return None

    def is_cashier(self, officer: str) -> bool:
        """See PushStore."""
        return officer in self.state.cashiers

    def legs(self, event_hash: str) -> list[Leg]:
        """See PushStore."""
        return list(self.state.legs.get(event_hash, ()))

    def loan_sums(self, loan: str) -> tuple[int, int]:
        """See PushStore."""
        held = self.balances()
        due_fen = sum(held.get(f"loan:{loan}:{part}", 0) for part in PARTS)
        return due_fen, held.get(f"loan:{loan}:over", 0)

    # What becomes so

    def post(self, recorded: Recorded, legs: Iterable[Leg]) -> None:
        """See PushStore."""
        movement = tuple(legs)
        assert sum(leg.amount_fen for leg in movement) == 0, "a movement sums to zero"
        if movement:
            before = self.state.legs.get(recorded.event.hash, ())
            self.state.legs[recorded.event.hash] = before + movement

    def project(self, recorded: Recorded, verdict: Verdict) -> None:
        """See PushStore."""
        self.fail_on(recorded)
        event, is_applied = recorded.event, verdict.verdict == "applied"
        if event.kind == "cash.receipt":
            said = str(event.body.get("receipt_no"))
            number = self.state.receipts.get(event.hash, (said, ""))[0]
            state = verdict.verdict if verdict.verdict in ("applied", "voided") else "quarantined"
            self.state.receipts[event.hash] = (number, state)
        if event.kind == "cash.void" and verdict.verdict == "voided":
            self.state.stands_again(event.hash)
        if not is_applied:
            return
        if event.kind == "cash.void":
            target = str(event.body["target"])
            self.state.undid[event.hash] = target
            self.state.receipts[target] = (self.state.receipts[target][0], "voided")
            event = self.state.events[target].event
        self._project_other(event)
        for etype in ("household", "loan"):
            self._touched.add((etype, str(event.body.get(etype))))

    def _project_other(self, event: Envelope) -> None:
        replaced = event.body.get("replaces")
        if event.kind == "notice.made":
            self.state.notices[str(event.body["notice_no"])] = event.hash
        elif event.kind.startswith("visit.") and event.visit is not None:
            is_first = event.kind == "visit.started" or event.visit not in self.state.visits
            if is_first:
                self.state.visits[event.visit] = (event.hash, str(event.body["household"]))
        elif event.kind == "lane.opened" and isinstance(replaced, str):
            self.state.move_books(replaced, event.lane)

    def renumber(self, receipt_hash: str, receipt_no: str) -> None:
        """See PushStore."""
        held = self.state.receipts[receipt_hash]
        self.state.receipts[receipt_hash] = (receipt_no, held[1])

    def report(self, recorded: Recorded, error: Exception) -> None:
        """See PushStore."""
        self.reports.append(f"{recorded.event.kind}: {type(error).__name__}")

    # The reading half

    def epoch(self) -> str:
        """See PullStore."""
        return EPOCH

    def tick(self) -> int:
        """See PullStore."""
        return len(self.state.ticks)

    def horizon(self) -> int:
        """See PullStore."""
        return self.horizon_tick

    def feed_in(self, span: Span) -> list[FeedLine]:
        """See PullStore."""
        lines = [FeedLine(at, etype, eid, op) for (etype, eid), (at, op) in self.state.feed.items()]
        told = [line for line in lines if line.op == "upsert" or line.tick > span.known]
        return [line for line in sorted(told, key=_place) if _lies_in(line, span)][: span.limit]

    def verdicts_in(self, span: Span) -> list[VerdictLine]:
        """See PullStore."""
        lines = []
        for event_hash, at in self.state.verdict_ticks.items():
            event, verdict = self.state.events[event_hash].event, self.state.verdicts[event_hash]
            line = VerdictLine(
                tick=at,
                lane=event.lane,
                seq=event.seq,
                hash=event_hash,
                verdict=verdict.verdict,
                reason=verdict.reason,
                needs=verdict.needs,
                is_on_chain=self._is_on_chain(event),
            )
            is_left_out = span.is_from_nothing and self._is_settled(event, verdict)
            if _lies_in(line, span) and not is_left_out:
                lines.append(line)
        lines.sort(key=lambda line: (line.tick, line.lane, line.seq, line.hash))
        return lines[: span.limit]

    def _is_on_chain(self, event: Envelope) -> bool:
        places = [(held.event.lane, held.event.seq) for held in self.state.events.values()]
        lane = self.state.lanes.get(event.lane)
        is_within = lane is not None and event.seq <= lane.head.seq
        return is_within and places.count((event.lane, event.seq)) == 1

    def _is_settled(self, event: Envelope, verdict: Verdict) -> bool:
        if event.seq > self.state.settled.get(event.lane, 0):
            return False
        return verdict.verdict == "applied" and "fork" not in (verdict.risk or "")

    def rows(self, lines: Sequence[FeedLine]) -> dict[tuple[str, str], dict[str, Any]]:
        """See PullStore."""
        sums = self.balances()
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for line in lines:
            row: dict[str, Any] = {"id": line.eid}
            if line.etype == "loan":
                row |= {f"{part}_fen": sums.get(f"loan:{line.eid}:{part}", 0) for part in PARTS}
            found[line.etype, line.eid] = row
        return found

    def sums(self, lines: Sequence[FeedLine]) -> dict[tuple[str, str], str]:
        """See PullStore."""
        return sums_of(self.rows(lines))

    def scope(self) -> list[FeedLine]:
        """See PullStore."""
        return self.feed_in(Span(after=-1, upto=self.tick(), known=self.tick()))

    def balances(self) -> dict[str, int]:
        """Every account that is not zero, in fen."""
        return balances(leg for legs in self.state.legs.values() for leg in legs)


def _place(line: FeedLine) -> tuple[int, str, str]:
    return line.tick, line.etype, line.eid


def _lies_in(line: FeedLine | VerdictLine, span: Span) -> bool:
    return span.after < line.tick <= span.upto
