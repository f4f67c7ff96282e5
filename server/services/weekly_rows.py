"""The rows that a weekly report is made of, one query each, as facts in the order of printing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.office.report_facts import (
    AssistFact,
    IntentionFact,
    MergerFact,
    Period,
    PlanFact,
    ReasonFact,
    ReceiptFact,
    ServiceFact,
    SignatureFact,
    VarianceFact,
)
from server.tables import (
    Area,
    AssistRequest,
    CashCount,
    EventRow,
    Household,
    Intention,
    Loan,
    NoticeRow,
    PlanItem,
    ReceiptRow,
    ServiceRequest,
    Staff,
    Stop,
    Sweep,
    UnitChange,
    UnsignedReason,
    Visit,
)


class WeekRows:
    """The records of one branch in one period, each read when asked for."""

    def __init__(self, session: Session, branch_id: str, period: Period) -> None:
        self.session, self.branch_id, self.period = session, branch_id, period
        self._households: list[Household] | None = None

    def areas(self) -> list[Area]:
        """Every area of the branch, in order."""
        query = select(Area).where(Area.branch_id == self.branch_id).order_by(Area.position)
        return list(self.session.scalars(query))

    def households(self) -> list[Household]:
        """Every household of the branch, in order."""
        if self._households is None:
            query = select(Household).where(Household.branch_id == self.branch_id)
            self._households = list(
                self.session.scalars(query.order_by(Household.position, Household.id))
            )
        return self._households

    def loans(self) -> list[Loan]:
        """Every loan of the branch, in the order of import."""
        query = select(Loan).where(Loan.branch_id == self.branch_id).order_by(Loan.id)
        return list(self.session.scalars(query))

    def planned(self) -> set[str]:
        """The households that a published route had in the period."""
        query = (
            select(Stop.household_id)
            .join(Sweep, (Sweep.branch_id == Stop.branch_id) & (Sweep.id == Stop.sweep_id))
            .where(
                Stop.branch_id == self.branch_id,
                Sweep.state == "published",
                Stop.day.between(self.period.starts_on, self.period.ends_on),
            )
        )
        return set(self.session.scalars(query))

    def last_visits(self) -> dict[str, str]:
        """Household -> the day of its last visit in the period."""
        query = select(Visit.household_id, func.max(Visit.started_on)).where(
            Visit.branch_id == self.branch_id,
            Visit.started_on.between(self.period.starts_on, self.period.ends_on),
        )
        rows = self.session.execute(query.group_by(Visit.household_id))
        return {household_id: day for household_id, day in rows}

    def active_households(self) -> set[str]:
        """The households with a stop or a record in the period."""
        return {
            *self.planned(),
            *self.last_visits(),
            *(one.household_id for one in self.receipts() if self.period.holds(one.effective_on)),
            *(one.household_id for one in self.signatures()),
            *(one.household_id for one in self.reasons()),
            *(one.household_id for one in self.intentions()),
        }

    def receipts(self) -> tuple[ReceiptFact, ...]:
        """Receipts dated from the first day to the report day, voids left out, in time order."""
        query = (
            select(ReceiptRow)
            .where(
                ReceiptRow.branch_id == self.branch_id,
                ReceiptRow.state != "voided",
                ReceiptRow.effective_on.between(self.period.starts_on, self.period.report_on),
            )
            .order_by(ReceiptRow.effective_at_ms, ReceiptRow.receipt_no, ReceiptRow.event_hash)
        )
        return tuple(_receipt(row) for row in self.session.scalars(query))

    def signatures(self) -> tuple[SignatureFact, ...]:
        """Notices that came back signed in the period, by the date on the paper (A22)."""
        query = (
            select(NoticeRow)
            .where(
                NoticeRow.branch_id == self.branch_id,
                NoticeRow.served_hash.is_not(None),
                NoticeRow.signed_on.between(self.period.starts_on, self.period.ends_on),
            )
            .order_by(NoticeRow.signed_on, NoticeRow.notice_no)
        )
        return tuple(_signature(row) for row in self.session.scalars(query))

    def reasons(self) -> tuple[ReasonFact, ...]:
        """The last reason of the period for each household."""
        query = select(UnsignedReason).where(
            UnsignedReason.branch_id == self.branch_id,
            UnsignedReason.on_day.between(self.period.starts_on, self.period.ends_on),
        )
        ordered = query.order_by(UnsignedReason.effective_at_ms, UnsignedReason.event_hash)
        last = {row.household_id: row for row in self.session.scalars(ordered)}
        return tuple(
            ReasonFact(household_id=row.household_id, reason=row.reason, away_place=row.away_place)
            for row in last.values()
        )

    def intentions(self) -> tuple[IntentionFact, ...]:
        """Intentions and promises of the period."""
        query = select(Intention).where(
            Intention.branch_id == self.branch_id,
            Intention.on_day.between(self.period.starts_on, self.period.ends_on),
        )
        return tuple(
            IntentionFact(household_id=row.household_id, loan_id=row.loan_id)
            for row in self.session.scalars(query.order_by(Intention.event_hash))
        )

    def assists(self) -> tuple[AssistFact, ...]:
        """Help asked for in the period and not settled, in the order it was recorded."""
        query = (
            select(AssistRequest)
            .join(
                EventRow,
                (EventRow.branch_id == AssistRequest.branch_id)
                & (func.substr(EventRow.hash, 1, 32) == AssistRequest.id),
            )
            .where(
                AssistRequest.branch_id == self.branch_id,
                AssistRequest.state != "CLOSED",
                AssistRequest.noted_on.between(self.period.starts_on, self.period.ends_on),
            )
            .order_by(EventRow.seq)
        )
        return tuple(
            AssistFact(about=tuple(json.loads(row.about)), asked_of=tuple(json.loads(row.asked_of)))
            for row in self.session.scalars(query)
        )

    def services(self) -> tuple[ServiceFact, ...]:
        """Wishes noted in the period, in the order they were recorded."""
        query = (
            select(ServiceRequest)
            .join(
                EventRow,
                (EventRow.branch_id == ServiceRequest.branch_id)
                & (func.substr(EventRow.hash, 1, 32) == ServiceRequest.id),
            )
            .where(
                ServiceRequest.branch_id == self.branch_id,
                ServiceRequest.noted_on.between(self.period.starts_on, self.period.ends_on),
            )
            .order_by(EventRow.seq)
        )
        return tuple(
            ServiceFact(
                requester=row.requester,
                kind=row.kind,
                purpose=row.purpose,
                forwarded_to=row.forwarded_to,
                state=row.state,
            )
            for row in self.session.scalars(query)
        )

    def plan(self, week_starts_on: str) -> tuple[PlanFact, ...]:
        """The plan of the week in which the report is written."""
        query = (
            select(PlanItem)
            .where(PlanItem.branch_id == self.branch_id, PlanItem.week_starts_on == week_starts_on)
            .order_by(PlanItem.position, PlanItem.id)
        )
        return tuple(
            PlanFact(kind=row.kind, area=row.area, times=row.times)
            for row in self.session.scalars(query)
        )

    def mergers(self) -> tuple[MergerFact, ...]:
        """Mergers of units that were so on the report day."""
        query = select(UnitChange).where(
            UnitChange.branch_id == self.branch_id,
            UnitChange.kind == "MERGED",
            or_(
                UnitChange.effective_on.is_(None),
                UnitChange.effective_on <= self.period.report_on,
            ),
        )
        return tuple(
            MergerFact(from_unit=row.from_unit, into_unit=row.into_unit)
            for row in self.session.scalars(query.order_by(UnitChange.id))
        )

    def denominations(self) -> Sequence[str]:
        """What the cashier counted in the period, count by count, as JSON."""
        query = select(CashCount.denominations).where(
            CashCount.branch_id == self.branch_id,
            CashCount.day.between(self.period.starts_on, self.period.ends_on),
        )
        return list(self.session.scalars(query))

    def variances(self) -> tuple[VarianceFact, ...]:
        """Counts of the period that were over or short, in the order of time."""
        query = (
            select(CashCount, Staff.name)
            .join(
                Staff,
                (Staff.branch_id == CashCount.branch_id) & (Staff.id == CashCount.officer_id),
            )
            .where(
                CashCount.branch_id == self.branch_id,
                CashCount.variance_fen != 0,
                CashCount.day.between(self.period.starts_on, self.period.ends_on),
            )
            .order_by(CashCount.at_ms, CashCount.event_hash)
        )
        return tuple(
            VarianceFact(
                day=row.day, officer=name, variance_fen=row.variance_fen, cause=row.cause or "—"
            )
            for row, name in self.session.execute(query)
        )


def _receipt(row: ReceiptRow) -> ReceiptFact:
    return ReceiptFact(
        receipt_no=row.receipt_no,
        household_id=row.household_id,
        loan_id=row.loan_id,
        effective_on=row.effective_on,
        amount_fen=row.amount_fen,
        principal_fen=row.principal_fen,
        interest_fen=row.interest_fen,
        penalty_fen=row.penalty_fen,
        cost_fen=row.cost_fen,
        is_valid=row.state == "applied",
    )


def _signature(row: NoticeRow) -> SignatureFact:
    assert row.signed_on is not None, "the query asks for signed notices"
    return SignatureFact(
        household_id=row.household_id,
        signed_on=row.signed_on,
        signer_role=row.signer_role or "other",
        lives_here=bool(row.lives_here),
        adult=bool(row.adult),
        relation=row.relation,
        addressee_role=row.addressee_role,
        is_refused=row.review == "refused",
    )
