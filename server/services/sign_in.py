"""A person of the office signs in: user name, password, and patience with wrong ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db import snapshot
from server.services.passwords import password_fits
from server.tables import Branch, Staff, StaffRole
from sync.problems import Problem

# Five tries for a name that somebody half remembers; then a quarter of an hour of quiet.
WRONG_MAX = 5
# A whole office may sit behind one address.
WRONG_PER_ADDRESS_MAX = 30
QUIET_MS = 15 * 60_000
_KEYS_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who has signed in. Roles exclude each other as server.office.roles says."""

    branch_id: str
    branch_name: str
    id: str
    name: str
    roles: frozenset[str]


@dataclass(slots=True)
class Throttle:
    """Wrong passwords of the last quarter of an hour, by user name and by address.

    Kept in memory: a restart forgives, and a second process has a count of its own.
    """

    wrong: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lock: Lock = field(default_factory=Lock)

    def check(self, limits: Mapping[str, int], now_ms: int) -> None:
        """Refuse (`rate_limited`) when one of the keys has reached its limit."""
        with self.lock:
            for key, limit in limits.items():
                recent = [at for at in self.wrong.get(key, []) if at > now_ms - QUIET_MS]
                if len(recent) >= limit:
                    raise Problem("rate_limited", wait_s=(recent[0] + QUIET_MS - now_ms) // 1000)

    def note(self, keys: Mapping[str, int], now_ms: int) -> None:
        """One more wrong password."""
        with self.lock:
            if len(self.wrong) > _KEYS_MAX:
                self.wrong.clear()
            for key in keys:
                recent = [at for at in self.wrong[key] if at > now_ms - QUIET_MS]
                self.wrong[key] = [*recent, now_ms]

    def forgive(self, key: str) -> None:
        """The right password clears the name."""
        with self.lock:
            self.wrong.pop(key, None)


def sign_in(
    username: str, password: str, *, throttle: Throttle, address: str, now_ms: int
) -> Person:
    """The person with this user name and password.

    Refuses `sign_in_failed` in the same words and the same time for an unknown name, a wrong
    password and a person who has left; `rate_limited` after too many wrong ones.
    """
    name = username.strip()[:64]
    limits = {f"name {name}": WRONG_MAX, f"address {address}": WRONG_PER_ADDRESS_MAX}
    throttle.check(limits, now_ms)
    with snapshot() as session:
        row = session.scalars(select(Staff).where(Staff.username == name)).first()
        kept = row.password_hash if row and row.is_active else None
        fits = password_fits(kept, password[:1000])
        person = _find_person(session, row.branch_id, row.id) if row and fits else None
    if person is None:
        throttle.note(limits, now_ms)
        raise Problem("sign_in_failed")
    throttle.forgive(f"name {name}")
    return person


def person_of(branch_id: str, staff_id: str) -> Person | None:
    """Somebody who works here now, with the roles he has now; None if he has left."""
    with snapshot() as session:
        return _find_person(session, branch_id, staff_id)


def _find_person(session: Session, branch_id: str, staff_id: str) -> Person | None:
    row = session.get(Staff, (branch_id, staff_id))
    branch = session.get(Branch, branch_id)
    if row is None or branch is None or not row.is_active:
        return None
    roles = session.scalars(
        select(StaffRole.role).where(
            StaffRole.branch_id == branch_id, StaffRole.staff_id == staff_id
        )
    )
    return Person(
        branch_id=branch_id,
        branch_name=branch.name,
        id=row.id,
        name=row.name,
        roles=frozenset(roles),
    )
