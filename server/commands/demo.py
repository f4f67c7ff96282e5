"""`doorstep demo`: a branch with invented people and the golden week's cases, made once."""

from __future__ import annotations

import click

from server import create_app
from server.commands.readiness import NotReady, check_data_dir
from server.demo.set_up import OtherData, set_up
from server.services.installation import initialise
from server.settings import read_settings

HOUSEHOLDS_MAX = 3_000


@click.command("demo")
@click.option(
    "--households",
    type=click.IntRange(5, HOUSEHOLDS_MAX),
    help="So many invented households instead of those of the golden week.",
)
def command(households: int | None) -> None:
    """Make the demonstration branch; a second time nothing changes. 建立演示网点。"""
    settings = read_settings()
    check_data_dir(settings.data_dir)
    with create_app(settings).app_context():
        initialise()
        try:
            people = set_up(settings.data_dir, households)
        except OtherData:
            raise NotReady(
                "数据库里已有正式网点，不能再建演示网点；请用 DOORSTEP_DATA_DIR 另指定数据文件夹。",
                "The database holds a branch of real work; name another folder for the"
                " demonstration with DOORSTEP_DATA_DIR.",
            ) from None
    click.echo("演示网点已就绪。The demonstration branch is ready.")
    for one in people:
        click.echo(f"  {one.name}  {one.role:<11} {one.username:<10} {one.password}")
