"""`doorstep add-branch ID`: a branch of real work comes into being."""

from __future__ import annotations

import click

from server import create_app
from server.commands.readiness import NotReady, check_data_dir
from server.services.branches import create_branch
from server.services.installation import initialise
from server.settings import read_settings
from sync.problems import Problem


@click.command("add-branch")
@click.argument("branch_id")
@click.option("--code", required=True, help="Digits that its papers carry, such as 001.")
@click.option("--name", required=True, help="As it is printed, such as 涡水分社.")
@click.option("--institution", required=True, help="The lender, as it is printed.")
@click.option("--phone", required=True, help="Where a borrower may ask or complain.")
def command(branch_id: str, code: str, name: str, institution: str, phone: str) -> None:
    """Make a branch (分社) with its own staff, cash and clock. 建立网点。"""
    settings = read_settings()
    check_data_dir(settings.data_dir)
    with create_app(settings).app_context():
        initialise()
        try:
            create_branch(
                branch_id, code=code, name=name, institution=institution, contact_phone=phone
            )
        except Problem as problem:
            raise NotReady(problem.zh, problem.en) from None
    click.echo(f"网点 {branch_id} 已建立。Branch {branch_id} is ready.")
