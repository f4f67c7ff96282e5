"""`doorstep init`: the data folder, the database, and the name of its history."""

from __future__ import annotations

import click

from server import create_app
from server.commands.readiness import check_data_dir
from server.services.installation import initialise
from server.settings import read_settings


@click.command("init")
def command() -> None:
    """Make the data folder and the database, or bring them up to date."""
    settings = read_settings()
    check_data_dir(settings.data_dir)
    with create_app(settings).app_context():
        initialise()
    click.echo(f"数据库已就绪：{settings.data_dir}")
    click.echo(f"The database is ready in {settings.data_dir}.")
