"""The events of one transaction, one after the other: stored, judged, and what follows written.

Each event has a savepoint of its own. What had waited for one of them is judged again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sync.books import (
    Leg,
    balances,
    cash_of,
    handover_legs,
    loans_of,
    over_legs,
    receipt_legs,
    reversal,
    suspense_legs,
    without_credit,
)
from sync.judge import Hearing, judge, waits_for
from sync.store import Busy, Clash, LaneState, PushStore, Recorded
from sync.upcast import restated
from sync.verdicts import APPLIED, VOIDED, Verdict, quarantined

# Flags that stay with an event when it is judged again.
_LASTING = frozenset({"fork", "clock", "released"})


@dataclass(slots=True)
class Intake:
    """What is being taken in, or judged again, in one transaction.

    lane     Of the events that are taken in; each other event is judged with its own.
    secret   The server's own, under its anchors.
    results  Hash -> (verdict, it was here before).
    arrived  What has been judged finally, and may be what others wait for.
    """

    store: PushStore
    lane: LaneState | None
    secret: bytes
    results: dict[str, tuple[Verdict, bool]] = field(default_factory=dict)
    arrived: deque[str] = field(default_factory=deque)

    def take(self, hearing: Hearing) -> None:
        """Store and judge an event, unless it was here before."""
        recorded, known = hearing.recorded, hearing.prior
        event_hash = recorded.event.hash
        if event_hash in self.results:
            return
        if known is not None and not (known.reason == "bad_signature" and recorded.is_signed):
            self.results[event_hash] = (known, True)
            return
        if known is not None:  # the bad signature came under this number too: that is no fork
            hearing = replace(hearing, flags=hearing.flags - {"fork"} | known.flags & _LASTING)
        verdict = self.settle(hearing)
        self.results[event_hash] = (verdict, False)
        self.note_arrival(recorded, verdict)

    def retry(self) -> None:
        """Judge again what was kept until something came that is here now."""
        while self.arrived:
            for waiting in self.store.waiting(self.arrived.popleft()):
                verdict = self.again(waiting)
                if waiting.event.hash in self.results:
                    self.results[waiting.event.hash] = (verdict, False)

    def again(
        self, waiting: Recorded, *, pardons: frozenset[str] = frozenset(), force: bool = False
    ) -> Verdict:
        """Judge a stored event of any lane of the branch once more.

        What a supervisor has released stays released from the revocation of its phone.
        """
        event_hash = waiting.event.hash
        prior = self.store.verdicts([event_hash])[event_hash]
        flags = prior.flags & _LASTING | ({"released"} if pardons else set())
        hearing = Hearing(
            recorded=waiting,
            prior=prior,
            secret=self.secret,
            flags=flags,
            pardons=pardons | ({"revoked_device"} if "released" in flags else set()),
            force=force,
        )
        own = self.lane is not None and waiting.event.lane == self.lane.id
        intake = self if own else replace(self, lane=self.store.lane(waiting.event.lane))
        verdict = intake.settle(hearing)
        self.note_arrival(waiting, verdict)
        return verdict

    def decree(self, recorded: Recorded, prior: Verdict, verdict: Verdict) -> Verdict:
        """Write a verdict that nobody judged: a supervisor has given it."""
        with self.store.savepoint():
            self.write(Hearing(recorded=recorded, prior=prior, secret=self.secret), verdict)
        self.note_arrival(recorded, verdict)
        return verdict

    def note_arrival(self, recorded: Recorded, verdict: Verdict) -> None:
        """What has been judged may be what another event waits for.

        An offered handover is that although it waits itself: each side waits for the other.
        """
        event = recorded.event
        if verdict.is_final or event.kind == "custody.handed":
            self.arrived.append(event.hash)
        if verdict.is_final and event.kind == "visit.started" and event.visit:
            self.arrived.append(f"visit:{event.visit}")
        if verdict.verdict == APPLIED.verdict and event.kind == "custody.taken":
            self.arrived.append(waits_for(str(event.body["handed"])))

    def settle(self, hearing: Hearing) -> Verdict:
        """Store an event if it is new, judge it, and write what follows; never fail for it."""
        recorded = hearing.recorded
        for _ in range(2):  # a clash with another lane is looked at once more
            try:
                with self.store.savepoint():
                    return self.write(hearing)
            except Busy:
                raise
            except Clash:
                stored = self.store.verdicts([recorded.event.hash])
                if hearing.prior is None and stored:  # it came over another connection
                    return stored[recorded.event.hash]
            except Exception as error:
                self.store.report(recorded, error)
                break
        return self.keep(hearing)

    def keep(self, hearing: Hearing) -> Verdict:
        """Our own mistake: event, verdict and cash are kept, with its rows if those can be made."""
        failed = quarantined("internal_error").with_risk(*hearing.flags)
        try:
            with self.store.savepoint():
                return self.write(hearing, failed)
        except Busy:
            raise
        except Exception as error:
            self.store.report(hearing.recorded, error)
        with self.store.savepoint():
            return self.write(hearing, failed, with_rows=False)

    def write(
        self, hearing: Hearing, verdict: Verdict | None = None, *, with_rows: bool = True
    ) -> Verdict:
        """Inside a savepoint: the event, its verdict, its legs and its rows."""
        store, recorded = self.store, hearing.recorded
        if hearing.prior is None:
            store.put(recorded)
        event = restated(recorded.event)  # stored as it came, judged as of today
        recorded = replace(recorded, event=event)
        verdict = verdict or judge(store, self.lane, replace(hearing, recorded=recorded))
        movement = movement_of(store, recorded, verdict)
        is_open = verdict.verdict not in (APPLIED.verdict, VOIDED.verdict)
        if event.kind == "cash.receipt" and is_open and cash_of(event.body) is None:
            verdict = verdict.with_risk("cash_uncounted")
        store.post(recorded, movement)
        store.post(recorded, credit_of(store, movement))
        store.conclude(recorded, verdict)
        if with_rows:
            store.project(recorded, verdict)
        return verdict


def movement_of(store: PushStore, recorded: Recorded, verdict: Verdict) -> tuple[Leg, ...]:
    """The legs that a verdict leads to, on top of the undoing of those posted before."""
    event, is_applied = recorded.event, verdict.verdict == "applied"
    if event.kind == "custody.taken" and is_applied:
        return handover_legs(str(event.body["from"]), event.body, recorded.holder)
    if event.kind not in ("cash.receipt", "cash.void"):
        return ()
    undone = reversal(_standing(store.legs(event.hash)))
    if event.kind == "cash.void":
        if not is_applied:  # never applied, or refused: then its receipt stands again
            return undone
        return undone + reversal(_standing(store.legs(str(event.body["target"]))))
    if verdict.verdict == VOIDED.verdict:
        return undone
    if is_applied:
        return undone + receipt_legs(event.body, recorded.holder)
    return undone + suspense_legs(event.body, recorded.holder)


def credit_of(store: PushStore, movement: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs that bring over-collection and credit up to date behind a posted movement."""
    legs: tuple[Leg, ...] = ()
    for loan in loans_of(movement):
        legs += over_legs(loan, *store.loan_sums(loan))
    return legs


def _standing(legs: Iterable[Leg]) -> list[Leg]:
    return [Leg(account, fen) for account, fen in balances(without_credit(legs)).items()]
