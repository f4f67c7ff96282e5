"""`doorstep add-staff BRANCH ID`: a person gets a role and a first password."""

from __future__ import annotations

import click
from sqlalchemy import select

from server import create_app
from server.commands.readiness import NotReady
from server.db import snapshot
from server.office.roles import ROLES
from server.services.branches import NewStaff, add_staff
from server.services.passwords import first_password
from server.settings import read_settings
from server.tables import Branch, Staff
from sync.problems import Problem


@click.command("add-staff")
@click.argument("branch_id")
@click.argument("staff_id")
@click.option("--name", required=True, help="As it is printed.")
@click.option("--username", required=True, help="For the sign-in; unique in the installation.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice(sorted(ROLES)),
    help="Repeat it for several; roles that exclude each other are refused.",
)
def command(
    branch_id: str, staff_id: str, name: str, username: str, roles: tuple[str, ...]
) -> None:
    """Add a person to a branch and print a first password, once. 添加人员。"""
    with create_app(read_settings()).app_context():
        _check(branch_id, staff_id, username)
        password = first_password()
        person = NewStaff(id=staff_id, name=name, username=username, password=password, roles=roles)
        try:
            add_staff(branch_id, person)
        except Problem as problem:
            raise NotReady(problem.zh, problem.en) from None
    click.echo(f"{staff_id} {username} {password}")


def _check(branch_id: str, staff_id: str, username: str) -> None:
    with snapshot() as session:
        branches = set(session.scalars(select(Branch.branch_id)))
        taken = session.execute(
            select(Staff.id).where(
                ((Staff.branch_id == branch_id) & (Staff.id == staff_id))
                | (Staff.username == username)
            )
        ).first()
    if branch_id not in branches:
        raise NotReady(
            f"没有网点 {branch_id}，请先用 doorstep add-branch 建立。",
            f"There is no branch {branch_id}; make it with doorstep add-branch first.",
        )
    if taken is not None:
        raise NotReady(
            f"编号 {staff_id} 或用户名 {username} 已有人使用，没有添加任何人。",
            f"The id {staff_id} or the user name {username} is taken; nobody was added.",
        )
