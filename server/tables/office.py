"""The office: reviews, requests, plans, tasks, issued reports."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, Hash, HashKey, Id, IdKey, Instant, Json, Name


class Review(Base):
    """A supervisor's decision on a piece of evidence. Nobody reviews his own (U22)."""

    __tablename__ = "review"

    branch_id: Mapped[IdKey]
    target_hash: Mapped[HashKey]
    event_hash: Mapped[Hash]
    decision: Mapped[Code]  # accepted, refused
    reason: Mapped[Name | None]
    by_id: Mapped[Id]
    at_ms: Mapped[Instant]


class AssistRequest(Base):
    """Help asked from leaders or units about collective debts (协助事项)."""

    __tablename__ = "assist_request"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    about: Mapped[Json]  # list of household ids
    asked_of: Mapped[Json]  # list of names of offices
    state: Mapped[Code]
    noted_on: Mapped[Day]


class ServiceRequest(Base):
    """A wish that is no debt, such as a dedicated account (S54)."""

    __tablename__ = "service_request"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    requester: Mapped[Name]
    kind: Mapped[Code]
    purpose: Mapped[Name]
    forwarded_to: Mapped[Name | None]
    state: Mapped[Code]
    noted_on: Mapped[Day]


class PlanItem(Base):
    """A line of the plan for the week after a sweep (S56)."""

    __tablename__ = "plan_item"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    week_starts_on: Mapped[Day]  # the week in which the report is issued
    kind: Mapped[Code]  # FOLLOW_UP_INTENTIONS, SWEEP
    area: Mapped[Name | None]
    times: Mapped[int]
    position: Mapped[int]


class Task(Base):
    """Something a person must settle: missing reason, legal review, refused paper."""

    __tablename__ = "task"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    kind: Mapped[Code]  # reason_missing, legal_review, number_hole, ...
    about: Mapped[Id]
    opened_on: Mapped[Day]
    state: Mapped[Code]  # open, done


class ReportRow(Base):
    """An issued weekly report, frozen. A correction is a new row that names the one it corrects."""

    __tablename__ = "report"

    branch_id: Mapped[IdKey]
    report_no: Mapped[Code] = mapped_column(primary_key=True)
    event_hash: Mapped[Hash]
    starts_on: Mapped[Day]
    ends_on: Mapped[Day]
    issued_on: Mapped[Day]
    issued_at_ms: Mapped[Instant]
    issued_by: Mapped[Id]
    figures: Mapped[Json]
    text: Mapped[str] = mapped_column(Text)
    corrects: Mapped[Code | None]
