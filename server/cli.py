"""The command `doorstep`: one file per subcommand in `server/commands`."""

from __future__ import annotations

import importlib

import click

# name on the command line -> module in server/commands; imported only when asked for,
# so that `doorstep --help` answers at once.
COMMANDS = {
    "add-branch": "add_branch",
    "add-staff": "add_staff",
    "backup": "backup",
    "beancount": "beancount",
    "check": "check",
    "demo": "demo",
    "enrol-code": "enrol_code",
    "export": "export",
    "import": "import_file",
    "init": "init",
    "open-bundles": "open_bundles",
    "rehearse": "rehearse",
    "restore": "restore",
    "rotate-seal": "rotate_seal",
    "serve": "serve",
    "takes-cash": "takes_cash",
    "tend": "tend",
    "verify": "verify",
}


class Doorstep(click.Group):
    """A group that finds its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"server.commands.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.command(cls=Doorstep)
def main() -> None:
    """Doorstep (上门): field visits for rural loan collection that work without a signal."""
