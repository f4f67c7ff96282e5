"""Master data: areas, villages, households and loans, as imported from the core system."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Day, Fen, Id, IdKey, Instant, Json, Name


class Area(Base):
    """A town or a sub-area (片区) that reports speak of."""

    __tablename__ = "area"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    name: Mapped[Name]
    level: Mapped[Code]  # TOWN, SUB_AREA
    population: Mapped[int | None]
    economy: Mapped[Name | None]
    committees: Mapped[Json]  # list of names of village committees, in the order to print
    counts_household_total: Mapped[bool]
    position: Mapped[int]


class Village(Base):
    """A village committee's territory (村委), the unit of a route."""

    __tablename__ = "village"
    __table_args__ = (UniqueConstraint("branch_id", "area_id", "name"),)

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    area_id: Mapped[Id]
    name: Mapped[Name]
    position: Mapped[int]


class UnitChange(Base):
    """One unit passed into another from a date on (合并)."""

    __tablename__ = "unit_change"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    from_unit: Mapped[Name]
    into_unit: Mapped[Name]
    kind: Mapped[Code]  # MERGED
    effective_on: Mapped[Day | None]


class Household(Base):
    """The people behind one gate (农户), or a collective borrower (村组、村委).

    kind FARM_HOUSEHOLD is counted by sweeps; other kinds never are (U16).
    """

    __tablename__ = "household"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "village_id"], ["village.branch_id", "village.id"]),
    )

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    name: Mapped[Name]
    kind: Mapped[Code]
    area_id: Mapped[Id]
    village_id: Mapped[Id | None]
    natural_village: Mapped[Name | None]
    successor_unit: Mapped[Name | None]
    phone: Mapped[Code | None]
    position: Mapped[int]  # order of import, for printing


class Loan(Base):
    """One loan. Balances are never kept here: they are sums over the ledger (design 4)."""

    __tablename__ = "loan"
    __table_args__ = (
        ForeignKeyConstraint(
            ["branch_id", "household_id"], ["household.branch_id", "household.id"]
        ),
    )

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    household_id: Mapped[Id]
    contract_no: Mapped[Code]
    borrower_name: Mapped[Name]
    guarantor_name: Mapped[Name | None]
    loan_on: Mapped[Day | None]
    due_on: Mapped[Day | None]  # with extension; null: limitation is UNKNOWN (LV15)
    as_of: Mapped[Day]  # the day of the core system's balance
    interest_known: Mapped[bool]
    state: Mapped[Code]  # open, closed


class PriorInterruption(Base):
    """An interruption of the limitation period before this system, accepted at import."""

    __tablename__ = "prior_interruption"

    branch_id: Mapped[IdKey]
    loan_id: Mapped[IdKey]
    on_day: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[Code] = mapped_column(primary_key=True)


class ImportBatch(Base):
    """One import of master data: what was said to be in it, and what was."""

    __tablename__ = "import_batch"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]  # hash of its event
    file_sha256: Mapped[Id]
    as_of: Mapped[Day]
    loans: Mapped[int]
    control_total_fen: Mapped[Fen]
    by_id: Mapped[Id]
    at_ms: Mapped[Instant]
