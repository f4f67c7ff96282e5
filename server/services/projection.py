"""From events to the rows that the office reads: which handler writes which kind.

Handlers are `on_` + kind. They write what an applied event says; a receipt gets its row whatever
its verdict, for its cash is somebody's. They never judge: `sync/judge.py` has done that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from server.db import Tx
from server.services import feed, holes
from server.services.apply_attachment import on_attachment_added
from server.services.apply_cash import on_cash_receipt, on_cash_void, on_void_refused
from server.services.apply_custody import on_custody_handed, on_custody_taken
from server.services.apply_lane import on_lane_opened
from server.services.apply_notice import on_notice_made, on_notice_served, on_notice_unsigned
from server.services.apply_promise import on_intention_recorded, on_promise_made
from server.services.apply_visit import on_visit_outcome, on_visit_started
from server.services.body import clipped
from server.services.outbox import tell
from server.services.refunds import follow_refunds
from server.tables import Loan, ReceiptRow
from sync.events import Envelope
from sync.store import Recorded
from sync.verdicts import Verdict

Handler = Callable[[Tx, Recorded, Verdict], None]

HANDLERS: dict[str, Handler] = {
    "attachment.added": on_attachment_added,
    "cash.receipt": on_cash_receipt,
    "cash.void": on_cash_void,
    "custody.handed": on_custody_handed,
    "custody.taken": on_custody_taken,
    "intention.recorded": on_intention_recorded,
    "lane.opened": on_lane_opened,
    "notice.made": on_notice_made,
    "notice.served": on_notice_served,
    "notice.unsigned": on_notice_unsigned,
    "promise.made": on_promise_made,
    "visit.outcome": on_visit_outcome,
    "visit.started": on_visit_started,
}

# A receipt that waits for a human is still a slip in somebody's hand, and so is an offered one.
_WHATEVER_THE_VERDICT = frozenset({"cash.receipt", "custody.handed"})

# What may change the cash in an officer's hand.
_CASH = frozenset({"cash.receipt", "cash.void", "custody.taken"})

# The field in which an event names the receipt that it changes.
_OF_A_SLIP = {"cash.void": "target", "attachment.added": "about"}


@dataclass(slots=True)
class Projection:
    """Writes rows for one transaction, and tells the phones at its end what changed."""

    tx: Tx
    _households: set[str] = field(default_factory=set)
    _loans: set[str] = field(default_factory=set)
    _hands: set[str] = field(default_factory=set)
    _slips: set[tuple[str, str]] = field(default_factory=set)  # lane and number of each
    _books: set[str] = field(default_factory=set)
    _is_key_new: bool = False
    _paid: dict[str, str] = field(default_factory=dict)  # loan -> the last cash event about it

    def __call__(self, recorded: Recorded, verdict: Verdict) -> None:
        """Write the rows of one event, inside its savepoint."""
        event = recorded.event
        is_applied = verdict.verdict == "applied"
        if event.kind in HANDLERS and (is_applied or event.kind in _WHATEVER_THE_VERDICT):
            HANDLERS[event.kind](self.tx, recorded, verdict)
            self.tx.rows.settle()
        if event.kind in _CASH:
            self._hands.add(recorded.holder)
        if event.kind == "cash.receipt":
            self._slips.add((event.lane, clipped(event.body, "receipt_no")))
        if event.kind == "custody.taken":
            self._note(event.body.get("from"), self._hands)
        if event.kind == "cash.void" and verdict.verdict == "voided":
            if on_void_refused(self.tx, recorded) is not None:
                is_applied = True  # for those who look at the loan: its slip stands again
        self._note_slip(event, is_applied=is_applied)
        self._is_key_new |= is_applied and event.kind == "key.rotated"
        if is_applied:
            body = self._receipt_of(event) if event.kind == "cash.void" else event.body
            self._note(body.get("household"), self._households)
            self._note(body.get("loan"), self._loans)
            if event.kind in ("cash.receipt", "cash.void"):
                self._paid[str(body.get("loan"))] = event.hash

    def close(self) -> None:
        """Tell every officer who holds one of the changed rows; look for numbers left out."""
        feed.touch_household(self.tx, *self._households)
        feed.touch_loan(self.tx, *self._loans)
        feed.touch_hand(self.tx, *self._hands)
        if self._slips:
            holes.look(self.tx, self._slips)
        feed.touch_marks(self.tx, *self._books)
        if self._is_key_new:
            feed.touch_phone_holders(self.tx)
        self._tell_of_credits()

    def _tell_of_credits(self) -> None:
        """More was paid than was due: a task to pay it back, and the borrower hears of it."""
        for loan, credit_fen in follow_refunds(self.tx, self._paid).items():
            household = self.tx.session.get_one(Loan, (self.tx.branch_id, loan)).household_id
            said = {"household": household, "amount_fen": credit_fen}
            tell(self.tx, "sms.overpaid", self._paid[loan], said)
        self.tx.rows.flush()

    def _receipt_of(self, void: Envelope) -> Mapping[str, object]:
        """A void says only which slip it undoes; it concerns what that slip concerned."""
        slip = self.tx.rows.get_one(ReceiptRow, self.tx.branch_id, void.body["target"])
        return {"household": slip.household_id, "loan": slip.loan_id}

    def _note_slip(self, event: Envelope, *, is_applied: bool) -> None:
        """The book of the receipt that this event changes: itself, its void, a photo of it."""
        if event.kind == "cash.receipt":
            of: object = event.hash
        elif is_applied and event.kind in _OF_A_SLIP:
            of = event.body[_OF_A_SLIP[event.kind]]
        else:
            return
        slip = self.tx.rows.get(ReceiptRow, self.tx.branch_id, of) if of else None
        if slip is not None and slip.book_id is not None:
            self._books.add(slip.book_id)

    @staticmethod
    def _note(eid: object, into: set[str]) -> None:
        if isinstance(eid, str):
            into.add(eid)
