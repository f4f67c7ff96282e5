"""`doorstep open-bundles`: what could not be opened when it came is tried again."""

from __future__ import annotations

import click

from server import create_app
from server.services.open_bundles import open_bundles
from server.settings import read_settings


@click.command("open-bundles")
def command() -> None:
    """Try every kept bundle again, after a lost key was put back or the program was updated."""
    with create_app(read_settings()).app_context():
        opened, stay = open_bundles()
        click.echo(f"{opened} opened, {stay} kept as they came")
