"""Which roles one person may have together (R20, U43)."""

from __future__ import annotations

from collections.abc import Iterable

from sync.problems import Problem

ROLES = (
    "collector",
    "supervisor",
    "cashier",
    "bookkeeper",
    "void_approver",
    "auditor",
    "admin",
)

# Whoever takes the cash neither counts it, books it, approves its void nor audits it; whoever
# looks after the system has no business in it at all. A supervisor may approve voids, and may go
# along to the villages: what keeps him honest is that nobody reviews his own record (U22).
_ALONE = ("auditor", "admin")
_APART = ("collector", "cashier", "bookkeeper", "void_approver")
_SUPERVISOR_NOT = ("cashier", "bookkeeper")

EXCLUSIONS: frozenset[frozenset[str]] = frozenset(
    [
        *(frozenset({one, other}) for one in _ALONE for other in ROLES if other != one),
        *(frozenset({one, other}) for one in _APART for other in _APART if other != one),
        *(frozenset({"supervisor", other}) for other in _SUPERVISOR_NOT),
    ]
)


def check_roles(roles: Iterable[str]) -> None:
    """Refuse (`role_conflict`) two roles that exclude each other, and a word that is no role."""
    held = sorted(set(roles))
    for index, role in enumerate(held):
        if role not in ROLES:
            raise Problem("role_conflict", role=role, held="—")
        for other in held[:index]:
            if frozenset({role, other}) in EXCLUSIONS:
                raise Problem("role_conflict", role=role, held=other)
