"""Plays a week: days offline, one exchange at the end of each, the cashier, then the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

from server.clock import at_hour
from server.office.report_document import Document
from server.office.report_facts import Period
from server.rehearsal import office, papers
from server.rehearsal.script import Call, Day, collectors, script_of
from server.rehearsal.slips import slips_of
from server.rehearsal.stage import (
    BRANCH,
    CASHIER,
    SUPERVISOR,
    Stage,
    add_people,
    load,
    open_stage,
)
from server.rehearsal.week import Week, WeekReceipt
from server.services import weekly_report
from server.services.issue_book import issue_book
from sync.client import Phone
from sync.dates import add_days, parse_date

# Visits are allowed from 08:00 to 20:00 (R6); the calls of a day are spread over eleven hours.
FIRST_HOUR = 8
FIELD_MS = 11 * 60 * 60_000

# More acts than one call ever has, so that the next call begins after the last of them.
ACTS_A_CALL = 1_000


class Player:
    """One week on one stage."""

    def __init__(self, stage: Stage, week: Week) -> None:
        self.stage, self.week = stage, week
        self.days = script_of(week)
        self.slips = slips_of(self.days)
        self._given: dict[str, tuple[str, str]] = {}
        self._made: dict[str, str] = {}
        self._blank: Counter[str] = Counter()

    @property
    def period(self) -> Period:
        """The sweep days are the period; what is dated later belongs to the next one (NV7)."""
        days = self.week.sweep_days
        return Period(starts_on=days[0], ends_on=days[-1], report_on=self.week.report_on)

    def play(self) -> Document:
        """The whole week and its issued report."""
        self.prepare()
        last = len(self.week.sweep_days) - 1
        late = [day for day in self.days if day.index > last]
        for day in self.days[: last + 1]:
            self.morning(day)
            self.field(day)
            self.evening(day)
        self.hand_out(late)
        for day in late:
            self.field(day)
        self.report_day(late)
        return self.issue()

    def prepare(self) -> None:
        """Before the first visit: people, balances of the day before, routes, phones."""
        first = parse_date(self.week.sweep_days[0])
        officers = collectors(self.week)
        add_people(self.stage, officers)
        load(self.stage, self.week.master, as_of=add_days(first, -1).isoformat())
        with self.stage.app.app_context():
            office.publish_routes(self.week)
        for officer in officers:
            self.stage.enrol(officer)

    def morning(self, day: Day) -> None:
        """At the branch: new slips where they are needed, and the work of the day."""
        self.stage.hands.set(self.week.day(day.index), 7, 30)
        self.hand_out([day])

    def hand_out(self, days: list[Day]) -> None:
        """The cashier issues the books for these days, and every phone fetches what is new."""
        needed = Counter(
            call.officer for day in days for call in day.calls for _ in self._fresh(call)
        )
        for officer in self.stage.phones:
            books = self.slips.books.get(officer, [])
            while self._blank[officer] < needed[officer]:
                book = books.pop(0)
                with self.stage.app.app_context():
                    issue_book(BRANCH, book, officer_id=officer, by=CASHIER)
                self._blank[officer] += book.to_no - book.from_no + 1
            self.stage.exchange(officer)

    def field(self, day: Day) -> None:
        """Away from any signal: the phones record, the server hears nothing."""
        date = self.week.day(day.index)
        self.stage.hands.set(date, FIRST_HOUR)
        start_ms = at_hour(date, FIRST_HOUR)
        for officer, phone in self.stage.phones.items():
            calls = [call for call in day.calls if call.officer == officer]
            step_ms = FIELD_MS // max(1, len(calls))
            for number, call in enumerate(calls):
                clock = count(start_ms + number * step_ms, max(1, step_ms // ACTS_A_CALL))
                self._play_call(phone, call, date, clock)

    def evening(self, day: Day) -> None:
        """One exchange, then the cashier and the supervisor; the day is closed."""
        date = self.week.day(day.index)
        self.stage.hands.set(date, 20, 5)
        self._exchange_all(day.retries)
        self.stage.hands.set(date, 20, 30)
        with self.stage.app.app_context():
            office.close(self.week, [day.index], date)
            office.review_notices()
            if day.index == len(self.week.sweep_days) - 1:
                office.note_requests(self.week, date)

    def report_day(self, late: list[Day]) -> None:
        """What was recorded after the sweep arrives on the day of the report (NV7)."""
        self.stage.hands.set(self.week.report_on, 20, 5)
        self._exchange_all({officer for day in late for officer in day.retries})
        with self.stage.app.app_context():
            if late and self.week.report_on > self.week.sweep_days[-1]:
                office.close(self.week, [day.index for day in late], self.week.report_on)
                office.review_notices()

    def issue(self) -> Document:
        """The supervisor issues the report; the document as it is frozen."""
        with self.stage.app.app_context():
            weekly_report.issue(BRANCH, self.period, by=SUPERVISOR)
            return office.last_report(self.period)

    def _exchange_all(self, retries: set[str]) -> None:
        for officer in self.stage.phones:
            if officer in retries:
                self.stage.exchange_with_a_lost_answer(officer)
            else:
                self.stage.exchange(officer)

    def _fresh(self, call: Call) -> list[WeekReceipt]:
        """The slips of a call that take a new number: a conflict uses the number there is."""
        known = {*self._given}
        fresh = []
        for receipt in call.receipts:
            keys = {f"client {receipt.client_id}", f"number {receipt.receipt_no}"}
            if not keys & known:
                fresh.append(receipt)
            known |= keys
        return fresh

    def _play_call(self, phone: Phone, call: Call, date: str, clock: Iterator[int]) -> None:
        """One household on one day: there, papers, cash, what was said, and how it ended."""
        household = call.household

        def record(kind: str, body: papers.Body, *, unchecked: bool = False) -> str:
            return phone.record(kind, body, at_ms=next(clock), unchecked=unchecked).hash

        if call.has_visit:
            seconds = [receipt.second_person for receipt in call.receipts]
            record("visit.started", papers.visit_started(household, next(iter(seconds), None)))
        for notice in call.made:
            body = papers.notice_made(notice, household, date, _loan(phone, notice.loan))
            self._made[notice.id] = record("notice.made", body)
        for notice in call.served:
            made = self._made[notice.id]
            record("notice.served", papers.notice_served(notice, household, made, date))
        for receipt in call.receipts:
            is_conflict = f"client {receipt.client_id}" in self._given
            slip = self._slip(phone, receipt)
            body = papers.cash_receipt(receipt, household, slip, _loan(phone, receipt.loan))
            record("cash.receipt", body, unchecked=is_conflict)
        for said in call.intentions:
            record(*papers.intention(said, household))
        for unsigned in call.unsigned:
            record("notice.unsigned", papers.notice_unsigned(household, unsigned))
        if call.has_visit:
            agreed = bool(call.served or call.receipts or call.intentions)
            record("visit.outcome", papers.visit_outcome(household, came_to_terms=agreed))

    def _slip(self, phone: Phone, receipt: WeekReceipt) -> tuple[str, str]:
        """The next slip of the phone's books; of a conflict, the one it was given before."""
        keys = (f"client {receipt.client_id}", f"number {receipt.receipt_no}")
        held = next((self._given[key] for key in keys if key in self._given), None)
        if held is None:
            held = phone.next_receipt()
            assert phone.identity is not None, "an officer in the field has a phone"
            self._blank[phone.identity["officer"]["id"]] -= 1
        for key in keys:
            self._given.setdefault(key, held)
        return held


def _loan(phone: Phone, loan_id: str) -> papers.Row:
    """The loan as the phone has it; another officer's case is not on it."""
    held = phone.rows.get(("loan", loan_id))
    return None if held is None else held["row"]


def rehearse(week: Week) -> Document:
    """Play a week on a stage of its own; the report as it was issued."""
    with open_stage(week.sweep_days[0]) as stage:
        return Player(stage, week).play()
