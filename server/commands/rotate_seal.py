"""`doorstep rotate-seal`: bundles of phones are sealed to a new key from now on."""

from __future__ import annotations

import click

from server import create_app
from server.services.rotate_seal import rotate_seal
from server.settings import read_settings


@click.command("rotate-seal")
def command() -> None:
    """Make a new key for the bundles that colleagues carry. The keys before it stay and open them.

    Phones take the new one with their next exchange. Prints its public half.
    """
    with create_app(read_settings()).app_context():
        click.echo(rotate_seal())
