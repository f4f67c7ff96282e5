"""Limitation (诉讼时效) of one debt: date arithmetic over reviewed events, never typed (R10).

Sources: Civil Code art. 188, 189, 192, 195, 201-203; the interpretations 法释〔2020〕17号 (what
interrupts), 法释〔2018〕12号 (old law) and 法释〔2022〕6号 art. 35 (twenty years). Dates are
'YYYY-MM-DD' in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from datetime import date

from sync.dates import add_days, add_years, days_between, parse_date
from sync.events import may_sign

IsRestDay = Callable[[str], bool]

# Since the General Provisions came into force the period is three years, before that two. What
# had run out by then stays out (法释〔2018〕12号 art. 2-3).
THREE_YEARS_SINCE = date(2017, 10, 1)
YEARS, YEARS_BEFORE, LONGSTOP_YEARS = 3, 2, 20

# Colours of a running period, in days left. Settings of the house, not of the law.
AMBER_DAYS, RED_DAYS = 180, 60

# A run of rest days is at most a holiday of eight days with its weekends.
REST_RUN_MAX = 31

# Kinds that restart the period once a reviewer has accepted the evidence. SIGNED_NOTICE also
# asks who signed; PROCEDURE (suit, arbitration, payment order) stops the clock until it ends.
KINDS = (
    "SIGNED_NOTICE",
    "REFUSED_WITH_WITNESS",
    "LETTER",
    "DATA_MESSAGE",
    "DEDUCTION",
    "ANNOUNCEMENT",
    "PARTIAL_PAYMENT",
    "AGREED_TO_PERFORM",
    "PROCEDURE",
    "WAIVER",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """One fact that may restart the period.

    on            The day it happened; of a procedure, the day it was begun.
    ended_on      The day a procedure ended; None while it runs. Unused otherwise.
    signer_role, lives_here, adult, relation
                  Of a SIGNED_NOTICE: who signed it, see events.may_sign.
    review        "ACCEPTED", "REFUSED" or "PENDING". Only what was accepted moves the clock.
    ref           What the answer calls it: an event hash or a line of the import.
    """

    on: str
    kind: str
    review: str = "PENDING"
    signer_role: str = "debtor"
    lives_here: bool = False
    adult: bool = True
    relation: str | None = None
    ended_on: str | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that did not move the clock, and why."""

    event: Interruption
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """Where the period stands on a day, and what made it so.

    status        RUNNING, IN_PROCEDURE, EXPIRED, WAIVED, LONGSTOP_PASSED or UNKNOWN.
    ends_on       Last day without the roll over rest days. Warnings use it, being the earlier.
    rolled_on     Last day in law: the next working day if ends_on is a rest day (art. 203).
    longstop_on   Last day of the twenty years, which nothing interrupts.
    days_left     Days from today to ends_on while RUNNING, 0 at least; None otherwise.
    colour        green, amber or red while RUNNING; None otherwise.
    legal_review  Codes of what a lawyer must look at; empty if nothing.
    """

    status: str
    ends_on: str | None = None
    rolled_on: str | None = None
    longstop_on: str | None = None
    used: tuple[Interruption, ...] = ()
    refused: tuple[Refused, ...] = ()
    days_left: int | None = None
    colour: str | None = None
    legal_review: tuple[str, ...] = ()


def limitation(
    due_on: str | None,
    *,
    loan_on: str | None,
    events: Iterable[Interruption],
    today: str,
    is_rest_day: IsRestDay,
) -> Limitation:
    """The limitation of a debt on a day. The order in which events come does not matter.

    due_on       Final due date, extended; of instalments the last (art. 189). None is UNKNOWN.
    loan_on      Events before it are refused; None if not known.
    events       Of all joint debtors: an interruption against one works against all.
    is_rest_day  Statutory rest days by the holiday notices, as dates.

    An event counts if its kind may interrupt, its evidence was accepted, its signer may sign,
    and it is not after the last day. A part payment after the end revives nothing: only an
    accepted WAIVER, which is a lawyer's act, leads to WAIVED.
    """
    ordered = sorted(events, key=_order)
    if due_on is None:
        refused = tuple(Refused(event, "due_date_unknown") for event in ordered)
        return Limitation(status="UNKNOWN", refused=refused, legal_review=("due_date_unknown",))
    walk = _Walk(parse_date(due_on), is_rest_day)
    for event in ordered:
        walk.take(event, _entry_fault(event, loan_on, today), parse_date(today))
    return walk.result(parse_date(today))


def last_instalment(due_dates: Iterable[str]) -> str | None:
    """The due date that starts the period of one debt paid in instalments (art. 189)."""
    return max(due_dates, default=None)


def period_end(start: date) -> date:
    """The last day of a period that starts on a day, which itself is not counted (art. 201).

    Two years if they end before 2017-10-01, else three.
    """
    two_years = add_years(start, YEARS_BEFORE)
    return two_years if two_years < THREE_YEARS_SINCE else add_years(start, YEARS)


def rolled(day: date, is_rest_day: IsRestDay) -> date:
    """The day itself, or the next working day if it is a statutory rest day (art. 203)."""
    for _ in range(REST_RUN_MAX):
        if not is_rest_day(day.isoformat()):
            return day
        day = add_days(day, 1)
    raise AssertionError("a run of rest days has an end")


def colour_of(days_left: int, *, amber_days: int = AMBER_DAYS, red_days: int = RED_DAYS) -> str:
    """green above amber_days, red at or below red_days, amber between."""
    if days_left <= red_days:
        return "red"
    return "amber" if days_left <= amber_days else "green"


class _Walk:
    """The clock of one debt while its events are walked in date order."""

    def __init__(self, due: date, is_rest_day: IsRestDay) -> None:
        self.is_rest_day = is_rest_day
        self.longstop = add_years(due, LONGSTOP_YEARS)
        self.state = "RUNNING"
        self.used: list[Interruption] = []
        self.refused: list[Refused] = []
        self.review: set[str] = set()
        self.restart(due)

    def restart(self, start: date) -> None:
        self.start, self.end = start, period_end(start)
        self.rolled = rolled(self.end, self.is_rest_day)
        if add_years(start, YEARS_BEFORE) == THREE_YEARS_SINCE:
            self.review.add("ended_on_change_of_law")

    def take(self, event: Interruption, fault: str | None, today: date) -> None:
        reason = fault or self.refusal(event)
        if reason:
            self.refused.append(Refused(event, reason))
            if reason == "after_end":
                self.review.add("event_after_end")
            return
        self.used.append(event)
        if event.kind == "WAIVER":
            self.state = "WAIVED"
        elif event.kind != "PROCEDURE":
            self.restart(parse_date(event.on))
        elif event.ended_on is None or parse_date(event.ended_on) > today:
            self.state = "IN_PROCEDURE"
        else:
            self.restart(parse_date(event.ended_on))

    def refusal(self, event: Interruption) -> str | None:
        """Why an event with good evidence does not move the clock, or None if it does."""
        on = parse_date(event.on)
        if on > self.longstop:
            return "after_longstop"
        if self.state != "RUNNING":
            return "in_procedure" if self.state == "IN_PROCEDURE" else "after_waiver"
        if event.kind == "WAIVER":
            return None if on > self.rolled else "waiver_in_advance"
        if on > self.rolled:
            return "after_end"
        if event.kind == "PROCEDURE":
            # One that still runs reaches past any start; one that has ended counts by its end.
            until = parse_date(event.ended_on) if event.ended_on else self.longstop
        else:
            until = on
        # Before the due date nothing runs; inside a procedure that has ended nothing ran.
        return "before_period" if until < self.start else None

    def result(self, today: date) -> Limitation:
        state = self.state
        if state == "RUNNING" and today > self.rolled:
            state = "EXPIRED"
        if today > self.longstop:
            state = "LONGSTOP_PASSED"
            self.review.add("longstop_passed")
        open_ended = self.state == "IN_PROCEDURE"
        left = max(0, days_between(today, self.end)) if state == "RUNNING" else None
        return Limitation(
            status=state,
            ends_on=None if open_ended else self.end.isoformat(),
            rolled_on=None if open_ended else self.rolled.isoformat(),
            longstop_on=self.longstop.isoformat(),
            used=tuple(self.used),
            refused=tuple(self.refused),
            days_left=left,
            colour=None if left is None else colour_of(left),
            legal_review=tuple(sorted(self.review)),
        )


def _order(event: Interruption) -> tuple[str, ...]:
    """Date order; on one day by everything else, so that the order of arrival cannot matter."""
    return tuple("" if value is None else str(value) for value in astuple(event))


def _entry_fault(event: Interruption, loan_on: str | None, today: str) -> str | None:
    if event.on > today:
        return "after_today"
    if loan_on is not None and event.on < loan_on:
        return "before_loan"
    if event.kind not in KINDS:
        return "kind_not_accepted"
    if event.ended_on is not None and event.ended_on < event.on:
        return "ends_before_it_begins"
    signed = event.kind != "SIGNED_NOTICE" or may_sign(
        event.signer_role,
        lives_here=event.lives_here,
        adult=event.adult,
        relation=event.relation,
    )
    if not signed:
        return "signer_may_not_sign"
    return None if event.review == "ACCEPTED" else "not_accepted"
