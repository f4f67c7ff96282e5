"""`doorstep takes-cash BRANCH yes|no`: whether the officers of a branch take cash."""

from __future__ import annotations

import click

from server import create_app
from server.commands.readiness import NotReady
from server.services.branches import set_takes_cash
from server.settings import read_settings
from sync.problems import Problem


@click.command("takes-cash")
@click.argument("branch_id")
@click.argument("answer", type=click.Choice(["yes", "no"]))
def command(branch_id: str, answer: str) -> None:
    """May the officers of a branch take cash? 网点是否收现金。"""
    with create_app(read_settings()).app_context():
        try:
            set_takes_cash(branch_id, answer == "yes")
        except Problem as problem:
            raise NotReady(problem.zh, problem.en) from None
    zh, en = ("收现金", "takes cash") if answer == "yes" else ("不收现金", "takes no cash")
    click.echo(f"网点 {branch_id} {zh}。Branch {branch_id} {en}.")
