"""`doorstep add-staff BRANCH ID`: a person gets a role and a first password."""

from __future__ import annotations

import click

from server import create_app
from server.commands.readiness import NotReady
from server.office.roles import ROLES
from server.services.branches import NewStaff, add_staff
from server.services.passwords import first_password
from server.settings import read_settings
from sync.problems import Problem


@click.command("add-staff")
@click.argument("branch_id")
@click.argument("staff_id")
@click.option("--name", required=True, help="As it is printed.")
@click.option("--username", required=True, help="For the sign-in; unique in the installation.")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(sorted(ROLES)))
def command(
    branch_id: str, staff_id: str, name: str, username: str, roles: tuple[str, ...]
) -> None:
    """Add a person to a branch and print a first password, once. 添加人员。

    Give --role again for a second role; roles that exclude each other are refused.
    """
    password = first_password()
    person = NewStaff(id=staff_id, name=name, username=username, password=password, roles=roles)
    with create_app(read_settings()).app_context():
        try:
            add_staff(branch_id, person)
        except Problem as problem:
            raise NotReady(problem.zh, problem.en) from None
    click.echo(f"{staff_id} {username} {password}")
