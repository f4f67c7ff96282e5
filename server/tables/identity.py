"""Who there is: branches, staff and their roles, devices, lanes, enrolment codes."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.tables.columns import Code, Hash, Id, IdKey, Instant, Name, Seq, Tick


class Branch(Base):
    """An outlet (分社): the lowest unit with a cashier and a vault."""

    __tablename__ = "branch"

    branch_id: Mapped[IdKey]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    institution: Mapped[Name]
    contact_phone: Mapped[Code]
    takes_cash: Mapped[bool]  # False: its officers offer transfers only
    created_at_ms: Mapped[Instant]


class Staff(Base):
    """A person who works for the branch. The id is never reused; the name may change."""

    __tablename__ = "staff"

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    name: Mapped[Name]
    username: Mapped[Code] = mapped_column(unique=True)
    password_hash: Mapped[Name]  # Argon2id
    is_active: Mapped[bool]


class StaffRole(Base):
    """One role of one person. Roles that exclude each other are kept apart (R20)."""

    __tablename__ = "staff_role"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "staff_id"], ["staff.branch_id", "staff.id"]),
    )

    branch_id: Mapped[IdKey]
    staff_id: Mapped[IdKey]
    role: Mapped[Code] = mapped_column(primary_key=True)


class Device(Base):
    """One browser profile enrolled for one officer. Its private key never leaves it."""

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "officer_id"], ["staff.branch_id", "staff.id"]),
        Index("device_by_id", "id"),  # a phone names itself, not its branch
    )

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    officer_id: Mapped[Id]
    alg: Mapped[Code]
    public_key: Mapped[Name]  # base64url of the raw point
    ack_secret: Mapped[Name]  # base64url of 32 bytes, known to this device and the server
    status: Mapped[Code]  # active, revoked
    enrolled_at_ms: Mapped[Instant]
    revoked_at_ms: Mapped[Instant | None]
    last_seen_at_ms: Mapped[Instant | None]
    seen_tick: Mapped[Tick] = mapped_column(server_default="0")  # of its newest cursor


class DeviceKey(Base):
    """A key of a device and the place in its lane from which it signs.

    The first comes from the enrolment. A phone whose memory was wiped makes a new one; events
    from before are still verified with the key of their time.

    lane_id  The lane in which it was made; null for the first. A lane that takes the place of
             another begins with the keys of the other.
    """

    __tablename__ = "device_key"

    branch_id: Mapped[IdKey]
    device_id: Mapped[IdKey]
    public_key: Mapped[str] = mapped_column(String(200), primary_key=True)  # base64url of the point
    alg: Mapped[Code]
    from_seq: Mapped[Seq]
    lane_id: Mapped[Id | None]


class Lane(Base):
    """One append-only chain of events. device_id is null for the lane of the branch itself.

    head_seq, head_hash        End of the contiguous stored prefix with good signatures.
    archived_seq               End of the prefix that lies in a restored and checked backup.
    settled_seq, settled_hash  End of the prefix that is archived and whose verdicts are final.
    replaces                   The lane that its phone gave up, after its memory had gone backwards.
    """

    __tablename__ = "lane"
    __table_args__ = (UniqueConstraint("branch_id", "code"),)

    branch_id: Mapped[IdKey]
    id: Mapped[IdKey]
    code: Mapped[Code]
    device_id: Mapped[Id | None] = mapped_column(index=True)
    officer_id: Mapped[Id | None]
    head_seq: Mapped[Seq]
    head_hash: Mapped[Hash]
    archived_seq: Mapped[Seq]
    settled_seq: Mapped[Seq] = mapped_column(server_default="0")
    settled_hash: Mapped[Hash] = mapped_column(server_default="0" * 64)
    replaces: Mapped[Id | None]
    closed_at_ms: Mapped[Instant | None]


class EnrolCode(Base):
    """A one-time code with which a phone becomes a device of an officer."""

    __tablename__ = "enrol_code"
    __table_args__ = (
        ForeignKeyConstraint(["branch_id", "officer_id"], ["staff.branch_id", "staff.id"]),
        Index("enrol_code_by_hash", "code_hash"),
    )

    branch_id: Mapped[IdKey]
    code_hash: Mapped[Hash] = mapped_column(primary_key=True)
    officer_id: Mapped[Id]
    issued_by: Mapped[Id]
    issued_at_ms: Mapped[Instant]
    expires_at_ms: Mapped[Instant]
    used_by_device: Mapped[Id | None]
