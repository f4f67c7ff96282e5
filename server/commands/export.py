"""`doorstep export`: a branch in one file that an auditor can verify without this program's server.

Exit codes: 0 it is written and sealed; 1 it is not, and no file was left.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from server import create_app
from server.commands.refused import Refused
from server.db import db
from server.services.branches import the_branch
from server.services.export_branch import Exported, export_branch
from server.settings import read_settings
from sync.problems import Problem


@click.command("export")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--branch", help="The branch; not needed if there is only one.")
def command(out: Path, branch: str | None) -> None:
    """Write everything of a branch to OUT, sealed by the office. 导出供稽核。"""
    os.umask(0o077)  # it says who owes what: nobody else's business
    with create_app(read_settings()).app_context():
        try:
            made = export_branch(the_branch(branch), out)
        except Problem as problem:
            raise Refused(problem) from None
        except OSError as error:
            message = f"无法写入 {out}：{error.strerror}。\nCannot write {out}."
            raise click.ClickException(message) from None
        finally:
            db.engine.dispose()
    _say(out, made)


def _say(out: Path, made: Exported) -> None:
    megabytes = made.size / 1_000_000
    click.echo(
        f"已导出到 {out}：{made.lines} 行，{megabytes:.1f} MB。密钥指纹 {made.fingerprint}。"
    )
    click.echo(f"Exported to {out}: {made.lines} lines, {megabytes:.1f} MB.")
    click.echo(f"Fingerprint of the office's key: {made.fingerprint}")
