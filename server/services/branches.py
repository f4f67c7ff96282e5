"""A branch and its staff come into being."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import Tx, snapshot, transaction
from server.keys import random_bytes
from server.office.roles import check_roles
from server.services import feed, office_events
from server.services.passwords import hash_password
from server.tables import Branch, Clock, Lane, Staff, StaffRole
from sync.events import ZERO_HASH
from sync.problems import Problem

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
    """Make a branch: its row, its clock at tick 0, and its own lane, named B + code.

    Refuses `branch_exists` for an id or a code that is taken.
    """
    with transaction(branch_id, actor=SYSTEM, cause="create_branch") as tx:
        taken = (Branch.branch_id == branch_id) | (Branch.code == code)
        if tx.session.scalars(select(Branch).where(taken)).first():
            raise Problem("branch_exists", branch=branch_id, number=code)
        tx.session.add(
            Branch(
                branch_id=branch_id,
                code=code,
                name=name,
                institution=institution,
                contact_phone=contact_phone,
                takes_cash=True,
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


def set_takes_cash(branch_id: str, takes_cash: bool, *, by: str = SYSTEM) -> None:
    """Let the officers of a branch take cash, or transfers and cheques only; phones hear of it.

    Cash that is taken all the same is kept, counted and flagged. Refuses `branch_unknown`.
    """
    with transaction(branch_id, actor=by, cause="takes_cash") as tx:
        branch = tx.session.get(Branch, branch_id)
        if branch is None:
            raise Problem("branch_unknown", branch=branch_id)
        branch.takes_cash = takes_cash
        feed.touch_me(tx, *collectors(tx.session, branch_id))


def add_staff(branch_id: str, person: NewStaff, *, by: str = SYSTEM) -> None:
    """Add a person with roles.

    Refuses `role_conflict` for roles that exclude each other, `password_weak`, `branch_unknown`,
    and `staff_exists` for an id or a user name that is taken.
    """
    check_roles(person.roles)
    password_hash = hash_password(person.password)
    with transaction(branch_id, actor=by, cause="add_staff") as tx:
        if tx.session.get(Branch, branch_id) is None:
            raise Problem("branch_unknown", branch=branch_id)
        same = (Staff.branch_id == branch_id) & (Staff.id == person.id)
        if tx.session.scalars(
            select(Staff).where(same | (Staff.username == person.username))
        ).first():
            raise Problem("staff_exists", staff=person.id, username=person.username)
        _write_staff(tx, person, password_hash)
        body = {"staff": person.id, "roles": sorted(person.roles)}
        office_events.record(tx, "staff.added", body, actor=by)
        if {"collector", "cashier"} & {*person.roles}:
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


def the_branch(given: str | None) -> str:
    """The branch that is meant: the one named, or the only one. Refuses `branch_unknown`."""
    with snapshot() as session:
        known = list(session.scalars(select(Branch.branch_id).order_by(Branch.branch_id)))
    if given is None and len(known) == 1:
        return known[0]
    if given not in known:
        raise Problem("branch_unknown", branch=given or f"--branch {'|'.join(known) or '—'}")
    return given


def find_staff(name: str, branch_id: str | None) -> list[tuple[str, str]]:
    """(branch, id) of the active people with this id or user name, in one branch or in all."""
    with snapshot() as session:
        rows = session.execute(
            select(Staff.branch_id, Staff.id).where(
                Staff.is_active, (Staff.id == name) | (Staff.username == name)
            )
        ).all()
    return [(row.branch_id, row.id) for row in rows if branch_id in (None, row.branch_id)]


def collectors(session: Session, branch_id: str) -> list[str]:
    """The ids of all active officers of the branch."""
    return _with_role(session, branch_id, ["collector"])


def cashiers(session: Session, branch_id: str) -> list[str]:
    """The ids of all active cashiers of the branch."""
    return _with_role(session, branch_id, ["cashier"])


def has_role(session: Session, branch_id: str, staff_id: str, role: str) -> bool:
    """Is this an active person of the branch with the role?"""
    return staff_id in _with_role(session, branch_id, [role])


def roles_of(session: Session, branch_id: str, staff_id: str) -> frozenset[str]:
    """The roles of an active person of the branch; none for anybody else."""
    staff = session.get(Staff, (branch_id, staff_id))
    if staff is None or not staff.is_active:
        return frozenset()
    held = select(StaffRole.role).where(
        StaffRole.branch_id == branch_id, StaffRole.staff_id == staff_id
    )
    return frozenset(session.scalars(held))


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
