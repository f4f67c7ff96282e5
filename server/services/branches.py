"""A branch and its staff come into being."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import Tx, transaction
from server.keys import random_bytes
from server.office.roles import check_roles
from server.services import feed, office_events
from server.services.passwords import hash_password
from server.tables import Branch, Clock, Lane, Staff, StaffRole
from sync.events import ZERO_HASH

SYSTEM = "system"  # the actor of what nobody in particular does


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """A person to be added. The password is hashed and then forgotten."""

    id: str
    name: str
    username: str
    password: str
    roles: tuple[str, ...]


def create_branch(
    branch_id: str, *, code: str, name: str, institution: str, contact_phone: str
) -> None:
    """Make a branch: its row, its clock at tick 0, and its own lane, named B + code."""
    with transaction(branch_id, actor=SYSTEM, cause="create_branch") as tx:
        tx.session.add(
            Branch(
                branch_id=branch_id,
                code=code,
                name=name,
                institution=institution,
                contact_phone=contact_phone,
                created_at_ms=tx.now_ms,
            )
        )
        tx.session.add(Clock(branch_id=branch_id, tick=0))
        tx.session.add(
            Lane(
                branch_id=branch_id,
                id=random_bytes(16).hex(),
                code=f"B{code}",
                device_id=None,
                officer_id=None,
                head_seq=0,
                head_hash=ZERO_HASH,
                archived_seq=0,
            )
        )


def add_staff(branch_id: str, person: NewStaff, *, by: str = SYSTEM) -> None:
    """Add a person with roles. Refuses roles that exclude each other, and a weak password."""
    check_roles(person.roles)
    password_hash = hash_password(person.password)
    with transaction(branch_id, actor=by, cause="add_staff") as tx:
        _write_staff(tx, person, password_hash)
        body = {"staff": person.id, "roles": sorted(person.roles)}
        office_events.record(tx, "staff.added", body, actor=by)
        if "collector" in person.roles:
            feed.touch_me(tx, *collectors(tx.session, branch_id))


def _write_staff(tx: Tx, person: NewStaff, password_hash: str) -> None:
    tx.session.add(
        Staff(
            branch_id=tx.branch_id,
            id=person.id,
            name=person.name,
            username=person.username,
            password_hash=password_hash,
            is_active=True,
        )
    )
    tx.session.flush()
    tx.session.add_all(
        StaffRole(branch_id=tx.branch_id, staff_id=person.id, role=role)
        for role in sorted(set(person.roles))
    )
    tx.session.flush()


def collectors(session: Session, branch_id: str) -> list[str]:
    """The ids of all active officers of the branch."""
    return _with_role(session, branch_id, ["collector"])


def _with_role(session: Session, branch_id: str, roles: Iterable[str]) -> list[str]:
    return list(
        session.scalars(
            select(Staff.id)
            .join(
                StaffRole,
                (StaffRole.branch_id == Staff.branch_id) & (StaffRole.staff_id == Staff.id),
            )
            .where(Staff.branch_id == branch_id, Staff.is_active, StaffRole.role.in_(roles))
            .order_by(Staff.id)
            .distinct()
        )
    )
