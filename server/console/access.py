"""Who is at the console, and what his roles let him do.

`reads` and `writes` name the roles of a page. The auditor reads every page and writes on none
(U42); nobody else gets a role he does not hold.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from server.services.sign_in import Person, person_of
from sync.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])

log = logging.getLogger(__name__)
login_manager = LoginManager()
login_manager.session_protection = "basic"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Somebody at the console."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the session cookie says: branch and staff number."""
        return f"{self.person.branch_id} {self.person.id}"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(session_id: str) -> SignedIn | None:
    """The person of a session, with the roles he has now; None if he has left."""
    branch_id, _, staff_id = session_id.partition(" ")
    known = person_of(branch_id, staff_id)
    return SignedIn(known) if known else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> Any:
    """Send somebody unknown to the sign-in page, and back afterwards if he only wanted to look."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.get_sign_in", next=wanted))


def person() -> Person:
    """Who asks. Only inside a view that `reads` or `writes` guards."""
    who: Person = current_user.person
    return who


def may(*roles: str) -> bool:
    """Does the person who asks hold one of these roles?"""
    return current_user.is_authenticated and not person().roles.isdisjoint(roles)


def reads(*roles: str) -> Callable[[View], View]:
    """A page for these roles, and for the auditor."""
    return _only((*roles, "auditor"))


def writes(*roles: str) -> Callable[[View], View]:
    """An act of these roles alone."""
    return _only(roles)


def _only(roles: tuple[str, ...]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if not may(*roles):
                who = person()
                log.info("refused staff=%s endpoint=%s", who.id, request.endpoint)
                held = ",".join(sorted(who.roles))
                raise Problem("not_permitted", role=held, roles=",".join(roles))
            return view(*args, **values)

        return guarded  # type: ignore[return-value]

    return guard
