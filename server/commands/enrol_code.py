"""`doorstep enrol-code OFFICER`: a code with which a phone becomes a device of that officer."""

from __future__ import annotations

import click

from server import create_app
from server.services.branches import SYSTEM, find_staff
from server.services.enrolment import issue_code
from server.settings import read_settings


@click.command("enrol-code")
@click.argument("officer")
@click.option("--branch", help="Needed only if two branches have an officer of this id.")
def command(officer: str, branch: str | None) -> None:
    """Print a new enrolment code for one phone of OFFICER (id or user name)."""
    settings = read_settings()
    with create_app(settings).app_context():
        branch_id, officer_id = _find(officer, branch)
        minutes = settings.enrol_code_minutes
        click.echo(issue_code(branch_id, officer_id, issued_by=SYSTEM, minutes=minutes))


def _find(officer: str, branch: str | None) -> tuple[str, str]:
    found = find_staff(officer, branch)
    if len(found) != 1:
        raise click.UsageError(f"{len(found)} active officers are called {officer}")
    return found[0]
